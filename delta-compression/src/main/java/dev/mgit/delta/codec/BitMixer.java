package dev.mgit.delta.codec;

import java.util.Arrays;

/**
 * Joins what several contexts say of a decision: their chances, as logarithms of odds, are added with weights that are
 * learnt from how wrong the sum was (Mahoney, "Adaptive weighing of context models for lossless data compression", 2005).
 */
final class BitMixer {
    private static final int MOST_ODDS = 2047;
    private static final int SURE = 16;
    private static final int FIRST_WEIGHT = 19_660;
    private static final int RATE_BITS = 18;
    /** {@code 256 ln(p / (1 - p))} for p in 4096ths and a half. */
    private static final short[] ODDS = new short[1 << 12];
    /** The chance, in 65536ths, for such odds, {@value #MOST_ODDS} and one more than they are. */
    private static final char[] CHANCES = new char[1 << 12];

    static {
        for (int i = 0; i < ODDS.length; i++) {
            double p = (i + 0.5) / ODDS.length;
            long odds = Math.round(256 * StrictMath.log(p / (1 - p)));
            ODDS[i] = (short) Math.max(-MOST_ODDS, Math.min(MOST_ODDS, odds));
            long chance = Math.round(ArithmeticCoder.ONE / (1 + StrictMath.exp((MOST_ODDS + 1 - i) / 256.0)));
            CHANCES[i] = (char) Math.max(SURE, Math.min(ArithmeticCoder.ONE - SURE, chance));
        }
    }

    private final BitCounters counters;
    private final int rate;
    private final int[] weights;
    private final int[] odds;

    /** Index of the counter of each context. */
    final int[] contexts;

    /**
     * @param contexts how many say something of a decision
     * @param sets of weights there are
     * @param rate at which weights are learnt
     */
    BitMixer(BitCounters counters, int contexts, int sets, int rate) {
        this.counters = counters;
        this.contexts = new int[contexts];
        this.odds = new int[contexts];
        this.weights = new int[contexts * sets];
        this.rate = rate;
        Arrays.fill(weights, FIRST_WEIGHT);
    }

    /** Codes a decision in the {@link #contexts}, weighed by a set of weights. */
    int code(ArithmeticCoder coder, int set, int bit) {
        int first = set * contexts.length;
        long sum = 0;
        for (int i = 0; i < contexts.length; i++) {
            int seen = counters.seen(contexts[i]);
            odds[i] = ODDS[counters.coarseChance(contexts[i])] * seen / (seen + 1);
            sum += (long) weights[first + i] * odds[i];
        }
        int joined = (int) Math.max(-MOST_ODDS, Math.min(MOST_ODDS, sum >> 16));
        int chance = CHANCES[joined + MOST_ODDS + 1];
        int coded = coder.code(bit, chance);
        int wrong = coded * ArithmeticCoder.ONE - chance;
        for (int i = 0; i < contexts.length; i++) {
            weights[first + i] += (int) ((long) odds[i] * wrong * rate + (1 << RATE_BITS - 1) >> RATE_BITS);
            counters.learn(contexts[i], coded);
        }
        return coded;
    }
}
