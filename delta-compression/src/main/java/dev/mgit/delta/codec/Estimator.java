package dev.mgit.delta.codec;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Guesses coded sizes from a sample: the order-0 entropy of residual tokens given the class, or of planes alone. */
final class Estimator {
    private static final int SAMPLE = 1 << 13;
    private static final int MOST_VALUES = 256;
    /** Of 256 values seldom so many are among the first {@link BlockSampling#RUN}. */
    private static final int VARIED = 60;

    private static final double BIAS_BITS = 0.72;

    private final int[] counts = new int[16 * 256];
    private final long[] palette = new long[MOST_VALUES];
    private final long[] words = new long[BlockSampling.RUN];
    private final long[] guesses = new long[BlockSampling.RUN];
    private final long[] magnitudes = new long[BlockSampling.RUN];

    /** Bytes that {@code length} bytes of raw words are likely to take. */
    double bytes(byte[] raw, int length, Residual residual, byte @Nullable [] prediction) {
        int count = length >> residual.form().log2Bytes();
        if (count == 0) {
            return length;
        }
        double bitsPerWord =
                prediction == null ? aloneBits(raw, count, residual) : tokenBits(raw, prediction, count, residual);
        return Math.min(length, bitsPerWord / 8 * count);
    }

    private double tokenBits(byte[] raw, byte[] prediction, int count, Residual residual) {
        Tokens alphabet = Tokens.choose(residual.bits(), SAMPLE - 1);
        WordForm form = residual.form();
        boolean isFloat = form.isFloat();
        int keyShift = isFloat ? residual.magnitudeBits() - form.exponentBits() : 63;
        // exponents that lie 16 apart seldom occur together, so four bits of them make a class
        Arrays.fill(counts, 0);
        int runs = BlockSampling.runs(SAMPLE, count);
        int sampled = 0;
        double bits = 0;
        for (int run = 0; run < runs; run++) {
            int first = BlockSampling.first(run, runs, count);
            int length = BlockSampling.length(first, count);
            int longs = load(raw, form, first, length, words);
            load(prediction, form, first, length, guesses);
            residual.magnitudes(guesses, magnitudes, longs);
            residual.forward(words, guesses, magnitudes, longs);
            for (int i = 0; i < length; i++) {
                long value = LittleEndianWords.lane(words, form, i);
                int c = isFloat ? (int) (LittleEndianWords.lane(magnitudes, form, i) >>> keyShift) & 15 : 0;
                counts[(c << 8) + alphabet.token(value)]++;
                bits += alphabet.extraBits(value);
            }
            sampled += length;
        }
        for (int c = 0; c < 16; c++) {
            bits += Entropy.bits(counts, c << 8, 256) + BIAS_BITS * Entropy.distinct(counts, c << 8, 256);
        }
        return bits / sampled;
    }

    private static int load(byte[] source, WordForm form, int first, int length, long[] target) {
        int log = form.log2Bytes();
        int longs = ((length << log) + 7) >> 3;
        LittleEndianWords.loadLongs(source, first << log, (first + length) << log, longs, target);
        return longs;
    }

    /** By planes or, for words of few values, by their numbers. */
    private double aloneBits(byte[] raw, int count, Residual residual) {
        double planes = planeBits(raw, count, residual);
        return residual.form().log2Bytes() == 0 ? planes : Math.min(planes, paletteBits(raw, count, residual.form()));
    }

    /** Infinite where there are more values than a palette has. */
    private double paletteBits(byte[] raw, int count, WordForm form) {
        Arrays.fill(counts, 0, 256, 0);
        int runs = BlockSampling.runs(SAMPLE, count);
        int values = 0;
        int sampled = 0;
        for (int run = 0; run < runs; run++) {
            int first = BlockSampling.first(run, runs, count);
            int length = BlockSampling.length(first, count);
            load(raw, form, first, length, words);
            for (int i = 0; i < length; i++) {
                long value = LittleEndianWords.lane(words, form, i);
                int at = 0;
                while (at < values && palette[at] != value) {
                    at++;
                }
                if (at == MOST_VALUES) {
                    return Double.POSITIVE_INFINITY;
                }
                if (at == values) {
                    palette[values++] = value;
                }
                counts[at]++;
            }
            if (run == 0 && values >= VARIED) {
                return Double.POSITIVE_INFINITY;
            }
            sampled += length;
        }
        return Entropy.bits(counts, 0, 256) / sampled + 8.0 * values * form.bytes() / count;
    }

    private double planeBits(byte[] raw, int count, Residual residual) {
        WordForm form = residual.form();
        Arrays.fill(counts, 0);
        int runs = BlockSampling.runs(SAMPLE, count);
        int sampled = 0;
        for (int run = 0; run < runs; run++) {
            int first = BlockSampling.first(run, runs, count);
            int length = BlockSampling.length(first, count);
            residual.rotate(words, load(raw, form, first, length, words));
            for (int i = 0; i < length; i++) {
                long value = LittleEndianWords.lane(words, form, i);
                for (int plane = 0; plane < form.bytes(); plane++) {
                    counts[(plane << 8) + ((int) (value >>> (8 * plane)) & 0xff)]++;
                }
            }
            sampled += length;
        }
        double bits = 0;
        for (int plane = 0; plane < form.bytes(); plane++) {
            double planeBits =
                    Entropy.bits(counts, plane << 8, 256) + BIAS_BITS * Entropy.distinct(counts, plane << 8, 256);
            bits += Math.min(8.0 * sampled, planeBits);
        }
        return bits / sampled;
    }
}
