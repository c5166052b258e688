package dev.mgit.bench;

import java.util.Map;
import java.util.SortedMap;

/**
 * How much of some work one core has to do alone: wall-clock time on n cores taken for {@code alone + shared / n}
 * (Amdahl, 1967), fitted by least squares.
 *
 * @param alone seconds that more cores do not shorten
 * @param shared seconds on one core of what they share
 */
record AmdahlFit(double alone, double shared) {
    /** @param seconds by number of cores, at two numbers or more */
    static AmdahlFit of(SortedMap<Integer, Double> seconds) {
        if (seconds.size() < 2) {
            throw new IllegalArgumentException("one number of cores tells nothing of others");
        }
        double n = seconds.size();
        double x = 0;
        double y = 0;
        double xx = 0;
        double xy = 0;
        for (Map.Entry<Integer, Double> each : seconds.entrySet()) {
            double part = 1.0 / each.getKey();
            x += part;
            y += each.getValue();
            xx += part * part;
            xy += part * each.getValue();
        }
        double shared = (n * xy - x * y) / (n * xx - x * x);
        return new AmdahlFit((y - shared * x) / n, shared);
    }

    /** Of the time on one core; below 0 where more cores helped by more than their number, as noise can have it. */
    double serialFraction() {
        return alone / (alone + shared);
    }

    /** Seconds expected on so many cores. */
    double seconds(int cores) {
        return alone + shared / cores;
    }
}
