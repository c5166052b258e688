package dev.mgit.hooks.eval;

/** Whether more pairs got worse than chance would make, were better and worse equally likely; ties are left out. */
final class SignTest {
    private SignTest() {}

    /**
     * The exact two-sided p-value: the chance that of {@code better + worse} fair coins at least as many fall on one
     * side as on the fuller one here.
     */
    static double p(long better, long worse) {
        long n = better + worse;
        long few = Math.min(better, worse);
        if (n == 0) {
            return 1;
        }
        double logTerm = -n * Math.log(2);
        double tail = Math.exp(logTerm);
        for (long k = 1; k <= few; k++) {
            logTerm += Math.log((double) (n - k + 1) / k);
            tail += Math.exp(logTerm);
        }
        return Math.min(1, 2 * tail);
    }
}
