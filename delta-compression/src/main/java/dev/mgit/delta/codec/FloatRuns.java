package dev.mgit.delta.codec;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Finds arrays of floats in bytes nothing is known about. In windows of such an array, bytes a word apart are more alike
 * than neighbours are: the entropy of the bytes by their place in the word is below that of all bytes.
 */
final class FloatRuns {
    /** Words of one form: bytes {@code from} to {@code from + length}, whole words. */
    record Run(int from, int length, WordForm form) {}

    private static final int WINDOW = 1 << 14;
    /** Shorter arrays do not repay streams of their own. */
    private static final int LEAST = 2 * WINDOW;
    /** What telling places apart has to save to be no chance; words of twice as many bytes, again. */
    private static final double LESS = 0.97;

    private static final int WIDEST = 8;

    private final int[] counts = new int[WIDEST * 256];
    private final int[] joined = new int[256];
    private final double[] planes = new double[WIDEST];

    /** A window's words: their size, and where in the block, modulo that size, their first byte lies. */
    private record Phase(int width, int start) {
        static final Phase NONE = new Phase(1, 0);
    }

    List<Run> find(byte[] raw, int length, Estimator estimator) {
        List<Run> runs = new ArrayList<>();
        int from = 0;
        Phase phase = Phase.NONE;
        for (int at = 0; at + WINDOW <= length; at += WINDOW) {
            Phase here = phase(raw, at);
            if (!here.equals(phase)) {
                add(runs, raw, from, at, phase, estimator);
                from = at;
                phase = here;
            }
        }
        int end = length - length % WINDOW;
        add(runs, raw, from, phase.equals(Phase.NONE) ? end : length, phase, estimator);
        return runs;
    }

    private static void add(List<Run> runs, byte[] raw, int from, int to, Phase phase, Estimator estimator) {
        if (phase.width() == 1 || to - from < LEAST) {
            return;
        }
        int first = from + Math.floorMod(phase.start() - from, phase.width());
        int length = (to - first) / phase.width() * phase.width();
        runs.add(new Run(first, length, form(raw, first, length, phase.width(), estimator)));
    }

    /** Of the float formats of that size the one with the cheaper planes. */
    private static WordForm form(byte[] raw, int from, int length, int width, Estimator estimator) {
        int log = Integer.numberOfTrailingZeros(width);
        if (width != 2) {
            return new WordForm(log, width == 8 ? 11 : 8);
        }
        byte[] words = Arrays.copyOfRange(raw, from, from + Math.min(length, LEAST));
        WordForm half = new WordForm(log, 5);
        WordForm brain = new WordForm(log, 8);
        return estimator.bytes(words, words.length, new Residual(half, 0), null)
                        <= estimator.bytes(words, words.length, new Residual(brain, 0), null)
                ? half
                : brain;
    }

    private Phase phase(byte[] raw, int at) {
        Arrays.fill(counts, 0);
        for (int i = at; i < at + WINDOW; i++) {
            counts[(i & (WIDEST - 1)) << 8 | (raw[i] & 0xff)]++;
        }
        double least = bits(1);
        Phase best = Phase.NONE;
        for (int width = 2; width <= WIDEST; width *= 2) {
            double bits = bits(width);
            if (bits < LESS * least) {
                least = bits;
                best = new Phase(width, (top(width) + 1) % width);
            }
        }
        return best;
    }

    /** Entropy of the window's bytes given their place modulo {@code width}, in bits. */
    private double bits(int width) {
        double all = 0;
        for (int place = 0; place < width; place++) {
            Arrays.fill(joined, 0);
            for (int row = place; row < WIDEST; row += width) {
                for (int value = 0; value < 256; value++) {
                    joined[value] += counts[row << 8 | value];
                }
            }
            planes[place] = Entropy.bits(joined, 0, 256);
            all += planes[place];
        }
        return all;
    }

    /** The place of the most regular byte, which holds the exponent: the last of a little-endian word. */
    private int top(int width) {
        int top = 0;
        for (int place = 1; place < width; place++) {
            top = planes[place] < planes[top] ? place : top;
        }
        return top;
    }
}
