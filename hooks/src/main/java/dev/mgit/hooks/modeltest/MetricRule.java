package dev.mgit.hooks.modeltest;

import dev.mgit.delta.MgitException;
import dev.mgit.lineage.version.VersionId;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * One metric of a test: which way is better, and what is good enough.
 *
 * @param vsParent how much worse than the first provenance parent's value it may be
 * @param vsPrevious how much worse than the value of the model's previous version it may be
 * @param baseline a version that does not move, and how much worse than its value it may be
 */
public record MetricRule(
        String name,
        Direction direction,
        Optional<Double> min,
        Optional<Double> max,
        Optional<MetricTolerance> vsParent,
        Optional<MetricTolerance> vsPrevious,
        Optional<MetricBaseline> baseline) {
    /** Which way is better. */
    public enum Direction {
        HIGHER,
        LOWER
    }

    private static final Set<String> LIMITS =
            Set.of("min", "max", "tolerance-vs-parent", "tolerance-vs-previous", "vs", "tolerance");

    /** How a rule is written. */
    public static final String FORM = "NAME:higher|lower[:min=X][:max=X]"
            + "[:tolerance-vs-parent=Y|Y%][:tolerance-vs-previous=Y|Y%][:vs=REV[:tolerance=Y|Y%]]";

    private static final String HINT = "write " + FORM;

    /** @throws MgitException of kind USAGE if the text is not of the form {@code accuracy:higher:min=0.9} */
    public static MetricRule parse(String text) {
        String[] parts = text.split(":", -1);
        if (parts.length < 2 || parts[0].isBlank()) {
            throw bad(text);
        }
        Direction direction = switch (parts[1]) {
            case "higher" -> Direction.HIGHER;
            case "lower" -> Direction.LOWER;
            default -> throw bad(text);
        };
        Map<String, String> limits = limits(parts, text);
        if (limits.containsKey("tolerance") && !limits.containsKey("vs")) {
            throw new MgitException(
                    MgitException.Kind.USAGE,
                    "metric '" + text + "' has a tolerance, but nothing to compare with",
                    "name the version with vs=REV, or write tolerance-vs-parent or tolerance-vs-previous");
        }
        var tolerance = Optional.ofNullable(limits.get("tolerance")).map(MetricTolerance::parse);
        return new MetricRule(
                parts[0],
                direction,
                Optional.ofNullable(limits.get("min")).map(MetricRule::real),
                Optional.ofNullable(limits.get("max")).map(MetricRule::real),
                Optional.ofNullable(limits.get("tolerance-vs-parent")).map(MetricTolerance::parse),
                Optional.ofNullable(limits.get("tolerance-vs-previous")).map(MetricTolerance::parse),
                Optional.ofNullable(limits.get("vs"))
                        .map(revision -> new MetricBaseline(revision, tolerance.orElse(MetricTolerance.NONE))));
    }

    /** The parts after the direction, by what stands before their {@code =}. */
    private static Map<String, String> limits(String[] parts, String text) {
        Map<String, String> limits = new LinkedHashMap<>();
        for (String part : Arrays.asList(parts).subList(2, parts.length)) {
            int equals = part.indexOf('=');
            if (equals < 0 || !LIMITS.contains(part.substring(0, equals)) || equals == part.length() - 1) {
                throw bad(text);
            }
            if (limits.put(part.substring(0, equals), part.substring(equals + 1)) != null) {
                throw new MgitException(
                        MgitException.Kind.USAGE,
                        "metric '" + text + "' says " + part.substring(0, equals) + " twice",
                        HINT);
            }
        }
        return limits;
    }

    /** The same with the baseline pinned to a version, whatever its revision comes to mean. */
    public MetricRule pinnedTo(VersionId version) {
        return new MetricRule(
                name,
                direction,
                min,
                max,
                vsParent,
                vsPrevious,
                baseline.map(named -> new MetricBaseline(version.hex(), named.tolerance())));
    }

    private static MgitException bad(String text) {
        return new MgitException(MgitException.Kind.USAGE, "cannot read metric '" + text + "'", HINT);
    }

    static double real(String text) {
        try {
            double value = Double.parseDouble(text);
            if (Double.isNaN(value)) {
                throw new NumberFormatException(text);
            }
            return value;
        } catch (NumberFormatException e) {
            throw new MgitException(MgitException.Kind.USAGE, "'" + text + "' is not a number", HINT, e);
        }
    }

    /** How much better a value is than another; negative if worse, NaN if either is. */
    public double gain(double value, double reference) {
        return direction == Direction.HIGHER ? value - reference : reference - value;
    }

    /** Why a value breaks the absolute limits; empty if it keeps them. A value that is no number keeps none. */
    Optional<String> breaksLimits(double value) {
        if (!Double.isFinite(value)) {
            return Optional.of(MetricText.noNumber(name, value));
        }
        if (min.isPresent() && !(value >= min.get())) {
            return Optional.of(name + " " + MetricText.text(value) + " is below " + MetricText.text(min.get()));
        }
        if (max.isPresent() && !(value <= max.get())) {
            return Optional.of(name + " " + MetricText.text(value) + " is above " + MetricText.text(max.get()));
        }
        return Optional.empty();
    }

    /** Why a value is too much worse than a reference; empty if it is not. */
    Optional<String> breaksTolerance(double value, double reference, MetricTolerance tolerance, String referenceName) {
        double gain = gain(value, reference);
        if (Double.isNaN(gain) || gain >= -tolerance.allowed(reference)) {
            return Optional.empty();
        }
        return Optional.of(name + " " + MetricText.text(value) + " is " + MetricText.text(-gain) + " worse than "
                + referenceName + "'s " + MetricText.text(reference) + " (tolerance " + tolerance + ")");
    }

    /** The form {@link #parse} reads. */
    @Override
    public String toString() {
        return name
                + (direction == Direction.HIGHER ? ":higher" : ":lower")
                + min.map(value -> ":min=" + value).orElse("")
                + max.map(value -> ":max=" + value).orElse("")
                + vsParent.map(value -> ":tolerance-vs-parent=" + value).orElse("")
                + vsPrevious.map(value -> ":tolerance-vs-previous=" + value).orElse("")
                + baseline.map(value -> ":" + value).orElse("");
    }
}
