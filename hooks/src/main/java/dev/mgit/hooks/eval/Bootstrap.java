package dev.mgit.hooks.eval;

import java.util.Arrays;
import java.util.SplittableRandom;

/**
 * The paired bootstrap: pairs are drawn again with replacement, and the mean difference computed for each draw.
 *
 * @param p two-sided: twice the share of draws on the other side of zero, at least 1 / (draws + 1)
 * @param low the 2.5th percentile of the mean difference
 * @param high the 97.5th
 */
record Bootstrap(double p, double low, double high) {
    private static final int DRAWS = 10_000;

    /** @param differences how much better each instance became */
    static Bootstrap of(double[] differences, long seed) {
        int n = differences.length;
        if (n == 0) {
            return new Bootstrap(1, 0, 0);
        }
        var random = new SplittableRandom(seed);
        double[] means = new double[DRAWS];
        int atMost = 0;
        int atLeast = 0;
        for (int draw = 0; draw < DRAWS; draw++) {
            double sum = 0;
            for (int i = 0; i < n; i++) {
                sum += differences[random.nextInt(n)];
            }
            means[draw] = sum / n;
            atMost += means[draw] <= 0 ? 1 : 0;
            atLeast += means[draw] >= 0 ? 1 : 0;
        }
        Arrays.sort(means);
        double p = Math.min(1, 2.0 * (Math.min(atMost, atLeast) + 1) / (DRAWS + 1));
        return new Bootstrap(p, means[DRAWS / 40], means[DRAWS - 1 - DRAWS / 40]);
    }
}
