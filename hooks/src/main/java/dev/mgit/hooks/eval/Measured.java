package dev.mgit.hooks.eval;

import dev.mgit.delta.json.JsonObject;
import dev.mgit.hooks.JsonMembers;
import dev.mgit.hooks.modeltest.MetricRule.Direction;
import java.util.Locale;
import java.util.Optional;

/**
 * One metric's value over a scenario.
 *
 * @param value finite
 * @param count of what was averaged, as the harness says: HELM counts trials, lm-evaluation-harness instances
 * @param direction which way is better; empty where nobody says
 */
public record Measured(double value, long count, Optional<Direction> direction) {
    JsonObject toJson() {
        return JsonMembers.of(
                "value",
                value,
                "count",
                count,
                "better",
                direction.map(way -> way.name().toLowerCase(Locale.ROOT)));
    }

    static Measured fromJson(JsonObject json) {
        return new Measured(
                json.optionalReal("value").orElseThrow(() -> new IllegalArgumentException("a metric has no value")),
                json.number("count"),
                json.optionalString("better").map(way -> Direction.valueOf(way.toUpperCase(Locale.ROOT))));
    }

    /** How much better a value is than another: positive is better, whichever way that is. */
    public static double gain(Direction direction, double value, double than) {
        return direction == Direction.HIGHER ? value - than : than - value;
    }
}
