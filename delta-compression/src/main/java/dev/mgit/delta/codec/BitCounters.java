package dev.mgit.delta.codec;

import java.util.Arrays;

/**
 * Chances of decisions, each learnt in its own context: the more decisions were seen there, up to a limit, the less the
 * next one moves it. In a counter's int are the chance in the upper 22 bits and how many were seen in the lower 10.
 */
final class BitCounters {
    private static final int COUNT_BITS = 10;
    private static final int COUNT = (1 << COUNT_BITS) - 1;
    private static final int CERTAIN = (1 << 22) - 1;
    /** What a chance is moved by, as a share of 65536 of its distance. */
    private static final int[] SHARES = new int[COUNT];
    /** A single counter never takes a decision for surer than this, out of 65536. */
    private static final int LEAST = 32;

    static {
        for (int seen = 0; seen < COUNT; seen++) {
            SHARES[seen] = 655_360 / (10 * seen + 16);
        }
    }

    private final int[] counters;
    private final int limit;

    /** @param limit most decisions a counter counts */
    BitCounters(int size, int limit) {
        this.counters = new int[size];
        this.limit = limit;
        Arrays.fill(counters, 1 << 31);
    }

    /** Out of 4096. */
    int coarseChance(int index) {
        return counters[index] >>> 20;
    }

    int seen(int index) {
        return counters[index] & COUNT;
    }

    void learn(int index, int bit) {
        int counter = counters[index];
        int seen = counter & COUNT;
        int chance = counter >>> COUNT_BITS;
        chance += (int) ((long) ((bit == 1 ? CERTAIN : 0) - chance) * SHARES[seen] >> 16);
        counters[index] = chance << COUNT_BITS | (seen < limit ? seen + 1 : seen);
    }

    /** Codes a number of so many bits, the highest first, each by those before it. Takes {@code 1 << bits} counters. */
    int code(ArithmeticCoder coder, int from, int bits, int value) {
        int prefix = 1;
        for (int i = bits - 1; i >= 0; i--) {
            int index = from + prefix;
            int chance = Math.max(LEAST, Math.min(ArithmeticCoder.ONE - LEAST, counters[index] >>> 16));
            int bit = coder.code(value >>> i & 1, chance);
            learn(index, bit);
            prefix = prefix << 1 | bit;
        }
        return prefix - (1 << bits);
    }
}
