package dev.mgit.hooks.cost;

import dev.mgit.hooks.eval.Measured;
import dev.mgit.hooks.modeltest.MetricRule.Direction;
import dev.mgit.lineage.version.VersionId;
import java.util.Comparator;
import java.util.List;

/** Versions by what they cost and how good they are. */
public final class Pareto {
    private Pareto() {}

    /** @param cost in whatever unit, lower is better */
    public record Point(VersionId version, String name, double cost, double value) {}

    /** Those that no other one beats in one of the two without losing in the other; the cheapest first. */
    public static List<Point> front(List<Point> points, Direction direction) {
        return points.stream()
                .filter(point -> points.stream().noneMatch(other -> dominates(other, point, direction)))
                .sorted(Comparator.comparingDouble(Point::cost).thenComparing(Point::name))
                .toList();
    }

    private static boolean dominates(Point one, Point other, Direction direction) {
        double gain = Measured.gain(direction, one.value(), other.value());
        return one.cost() <= other.cost() && gain >= 0 && (one.cost() < other.cost() || gain > 0);
    }
}
