package dev.mgit.hooks.cost;

import dev.mgit.delta.MgitException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Fits a {@link RuntimeProfile} as the notebook of 2305.02440 does: F(p) is what was measured for one output token, and β
 * the slope of T(p, o) − F(p) over o − 1 by ordinary least squares, pooled over all p.
 *
 * @param residual the root of the mean squared residual, seconds
 * @param r2 the share of the variance that the slope explains
 */
public record RuntimeFit(RuntimeProfile profile, int measurements, double residual, double r2) {
    /** How repeated measurements become one. */
    public enum Repeats {
        /** Their mean: what a dedicated machine takes. */
        MEAN,
        /** The least: what is left of a shared service's runtimes without contention, the denoised runtime. */
        DENOISED
    }

    /** Seconds that a request took. */
    public record Measurement(long prompt, long output, double seconds) {}

    private record Key(long prompt, long output) implements Comparable<Key> {
        @Override
        public int compareTo(Key other) {
            int order = Long.compare(prompt, other.prompt);
            return order == 0 ? Long.compare(output, other.output) : order;
        }
    }

    /** @throws MgitException if the measurements do not determine both parts */
    public static RuntimeFit of(List<Measurement> measurements, Repeats repeats, Optional<Long> accelerators) {
        Map<Key, List<Double>> byKey = new TreeMap<>();
        measurements.forEach(one -> byKey.computeIfAbsent(new Key(one.prompt(), one.output()), key -> new ArrayList<>())
                .add(one.seconds()));
        TreeMap<Long, Double> first = new TreeMap<>();
        List<double[]> rest = new ArrayList<>();
        byKey.forEach((key, seconds) -> {
            double one = one(seconds, repeats);
            if (key.output() == 1) {
                first.put(key.prompt(), one);
            }
        });
        byKey.forEach((key, seconds) -> {
            Double start = first.get(key.prompt());
            if (key.output() > 1 && start != null) {
                rest.add(new double[] {key.output() - 1, one(seconds, repeats) - start});
            }
        });
        if (first.isEmpty()
                || rest.stream().mapToDouble(point -> point[0]).distinct().count() < 2) {
            throw new MgitException(
                    MgitException.Kind.FAILED,
                    "these measurements do not determine a runtime",
                    "measure each prompt length with one output token, and some with at least two further counts");
        }
        return fit(first, rest, measurements.size(), accelerators);
    }

    private static double one(List<Double> seconds, Repeats repeats) {
        return repeats == Repeats.DENOISED
                ? seconds.stream().mapToDouble(Double::doubleValue).min().orElseThrow()
                : seconds.stream().mapToDouble(Double::doubleValue).average().orElseThrow();
    }

    private static RuntimeFit fit(
            TreeMap<Long, Double> first, List<double[]> rest, int measurements, Optional<Long> accelerators) {
        double meanX = rest.stream().mapToDouble(point -> point[0]).average().orElseThrow();
        double meanY = rest.stream().mapToDouble(point -> point[1]).average().orElseThrow();
        double xx = 0;
        double xy = 0;
        double yy = 0;
        for (double[] point : rest) {
            xx += (point[0] - meanX) * (point[0] - meanX);
            xy += (point[0] - meanX) * (point[1] - meanY);
            yy += (point[1] - meanY) * (point[1] - meanY);
        }
        double slope = xy / xx;
        if (!(slope >= 0)) {
            throw new MgitException(
                    MgitException.Kind.FAILED,
                    "these measurements contradict each other: more output takes less time",
                    "check the columns: prompt, output, seconds");
        }
        double intercept = meanY - slope * meanX;
        double squares = rest.stream()
                .mapToDouble(point -> Math.pow(point[1] - intercept - slope * point[0], 2))
                .sum();
        return new RuntimeFit(
                new RuntimeProfile(slope, first, 0, accelerators),
                measurements,
                Math.sqrt(squares / rest.size()),
                yy == 0 ? 1 : 1 - squares / yy);
    }
}
