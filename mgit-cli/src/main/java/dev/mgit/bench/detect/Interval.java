package dev.mgit.bench.detect;

import java.util.Locale;

/** The 95% confidence interval of a share that was counted (Wilson, 1927), which is sound for shares near 0 and 1, too. */
record Interval(double low, double high) {
    private static final double Z = 1.959964;

    static Interval of(int part, int whole) {
        if (whole == 0) {
            return new Interval(0, 1);
        }
        double share = (double) part / whole;
        double square = Z * Z / whole;
        double middle = (share + square / 2) / (1 + square);
        double half = Z * Math.sqrt(share * (1 - share) / whole + square / whole / 4) / (1 + square);
        return new Interval(Math.max(0, middle - half), Math.min(1, middle + half));
    }

    @Override
    public String toString() {
        return String.format(Locale.ROOT, "95%% interval %.2f to %.2f%%", 100 * low, 100 * high);
    }
}
