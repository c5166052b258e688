package dev.mgit.lineage.detect;

import java.util.Arrays;

/**
 * Which elements of a tensor are looked at. Sample {@code k} of an axis of length {@code n} lies at {@code jump(k, n)},
 * the jump consistent hash of Lamping and Veach ("A Fast, Minimal Memory, Consistent Hash Algorithm", 2014): uniform
 * over the axis, and the same for nearly all {@code k} when the axis grows a little. The positions of a matrix are the
 * grid of the positions of its axes, and all axes use the same keys; so the samples of a transposed matrix are the
 * transposed samples, and a vocabulary with a few more rows is sampled where it was before.
 */
final class SamplePositions {
    /** Rows and columns of a matrix's grid. */
    static final int GRID = 16;

    /** Elements sampled of a long vector. */
    static final int LONG = 256;

    private SamplePositions() {}

    /** Positions of the first {@code count} samples of an axis, each in [0, length). */
    static long[] of(long length, int count) {
        long[] positions = new long[count];
        for (int k = 0; k < count; k++) {
            positions[k] = jump(mix(k), length);
        }
        return positions;
    }

    /** Which of the first {@code count} samples lie at the same place of an axis of either length. */
    static boolean[] shared(long length, long otherLength, int count) {
        boolean[] shared = new boolean[count];
        if (length == otherLength) {
            Arrays.fill(shared, true);
            return shared;
        }
        long[] positions = of(length, count);
        long[] others = of(otherLength, count);
        for (int k = 0; k < count; k++) {
            shared[k] = positions[k] == others[k];
        }
        return shared;
    }

    private static long jump(long hash, long buckets) {
        long key = hash;
        long bucket = -1;
        long next = 0;
        while (next < buckets) {
            bucket = next;
            key = key * 2862933555777941757L + 1;
            next = (long) ((bucket + 1) * ((double) (1L << 31) / ((key >>> 33) + 1)));
        }
        return bucket;
    }

    /** The finaliser of SplitMix64 (Steele, Lea, Flood, "Fast Splittable Pseudorandom Number Generators", 2014). */
    static long mix(long value) {
        long z = value + 0x9e3779b97f4a7c15L;
        z = (z ^ (z >>> 30)) * 0xbf58476d1ce4e5b9L;
        z = (z ^ (z >>> 27)) * 0x94d049bb133111ebL;
        return z ^ (z >>> 31);
    }
}
