package dev.mgit.delta.codec;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Guesses coded sizes from a sample: the order-0 entropy of residual tokens given the class, or of planes alone. */
final class Estimator {
    private static final int SAMPLE = 1 << 13;
    private static final double BIAS_BITS = 0.72;

    private final Classes classes = new Classes();
    private final int[] keyCounts = new int[Classes.KEYS];
    private final int[] counts = new int[Classes.MOST * 256];
    private final long[] words = new long[SAMPLE + Sampling.RUN];
    private final long[] guesses = new long[SAMPLE + Sampling.RUN];

    /** Bytes that {@code length} bytes of raw words are likely to take. */
    double bytes(byte[] raw, int length, Residual residual, byte @Nullable [] prediction) {
        int log = residual.form().log2Bytes();
        int count = length >> log;
        if (count == 0) {
            return length;
        }
        int runs = Sampling.runs(SAMPLE, count);
        int sampled = 0;
        for (int run = 0; run < runs; run++) {
            int first = Sampling.first(run, runs, count);
            int size = Sampling.length(first, count);
            load(raw, log, first, size, words, sampled);
            if (prediction != null) {
                load(prediction, log, first, size, guesses, sampled);
            }
            sampled += size;
        }
        double bits = prediction == null ? planeBits(sampled, residual) : tokenBits(sampled, residual);
        return Math.min(length, bits / 8 * count / sampled);
    }

    private static void load(byte[] source, int log, int first, int size, long[] target, int to) {
        long[] run = new long[size];
        Words.load(source, log, first, size, run);
        System.arraycopy(run, 0, target, to, size);
    }

    private double tokenBits(int sampled, Residual residual) {
        residual.forward(words, guesses, sampled);
        int m = Tokens.significantBits(residual.bits(), 2);
        boolean isFloat = residual.form().isFloat();
        int keyShift = residual.magnitudeBits() - residual.form().exponentBits();
        classes.single();
        if (isFloat) {
            Arrays.fill(keyCounts, 0);
            for (int i = 0; i < sampled; i++) {
                keyCounts[(int) (guesses[i] >>> keyShift)]++;
            }
            classes.cut(keyCounts, sampled);
        }
        Arrays.fill(counts, 0, classes.size() * 256, 0);
        double bits = 0;
        for (int i = 0; i < sampled; i++) {
            int c = isFloat ? classes.ofKey()[(int) (guesses[i] >>> keyShift)] : 0;
            counts[(c << 8) + Tokens.token(words[i], m)]++;
            bits += Tokens.shift(words[i], m);
        }
        for (int c = 0; c < classes.size(); c++) {
            bits += Entropy.bits(counts, c << 8, 256) + BIAS_BITS * Entropy.distinct(counts, c << 8, 256);
        }
        return bits;
    }

    private double planeBits(int sampled, Residual residual) {
        PlaneCoder.rotate(words, sampled, residual);
        double bits = 0;
        for (int down = 0; down < residual.bits(); down += 8) {
            Arrays.fill(counts, 0, 256, 0);
            for (int i = 0; i < sampled; i++) {
                counts[(int) (words[i] >>> down) & 0xff]++;
            }
            double plane = Entropy.bits(counts, 0, 256) + BIAS_BITS * Entropy.distinct(counts, 0, 256);
            bits += Math.min(8.0 * sampled, plane);
        }
        return bits;
    }
}
