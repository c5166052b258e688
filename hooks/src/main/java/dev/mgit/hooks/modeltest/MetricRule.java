package dev.mgit.hooks.modeltest;

import dev.mgit.delta.MgitException;
import java.util.Optional;

/**
 * One metric of a test: which way is better, and what is good enough.
 *
 * @param vsParent how much worse than the first provenance parent's value it may be
 * @param vsPrevious how much worse than the value of the model's previous version it may be
 */
public record MetricRule(
        String name,
        Direction direction,
        Optional<Double> min,
        Optional<Double> max,
        Optional<MetricTolerance> vsParent,
        Optional<MetricTolerance> vsPrevious) {
    /** Which way is better. */
    public enum Direction {
        HIGHER,
        LOWER
    }

    private static final String FORM =
            "write NAME:higher|lower[:min=X][:max=X][:tolerance-vs-parent=Y|Y%][:tolerance-vs-previous=Y|Y%]";

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
        var rule = new MetricRule(
                parts[0], direction, Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty());
        for (int i = 2; i < parts.length; i++) {
            rule = rule.with(parts[i], text);
        }
        return rule;
    }

    private MetricRule with(String part, String text) {
        int equals = part.indexOf('=');
        if (equals < 0) {
            throw bad(text);
        }
        String value = part.substring(equals + 1);
        return switch (part.substring(0, equals)) {
            case "min" -> new MetricRule(name, direction, Optional.of(real(value)), max, vsParent, vsPrevious);
            case "max" -> new MetricRule(name, direction, min, Optional.of(real(value)), vsParent, vsPrevious);
            case "tolerance-vs-parent" ->
                new MetricRule(name, direction, min, max, Optional.of(MetricTolerance.parse(value)), vsPrevious);
            case "tolerance-vs-previous" ->
                new MetricRule(name, direction, min, max, vsParent, Optional.of(MetricTolerance.parse(value)));
            default -> throw bad(text);
        };
    }

    private static MgitException bad(String text) {
        return new MgitException(MgitException.Kind.USAGE, "cannot read metric '" + text + "'", FORM);
    }

    static double real(String text) {
        try {
            return Double.parseDouble(text);
        } catch (NumberFormatException e) {
            throw new MgitException(MgitException.Kind.USAGE, "'" + text + "' is not a number", FORM, e);
        }
    }

    /** How much better a value is than another; negative if worse, NaN if either is. */
    public double gain(double value, double reference) {
        return direction == Direction.HIGHER ? value - reference : reference - value;
    }

    /** Why a value breaks the absolute limits; empty if it keeps them. A value that is no number keeps none. */
    Optional<String> breaksLimits(double value) {
        if (Double.isNaN(value)) {
            return Optional.of(name + " is not a number");
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
                + vsPrevious.map(value -> ":tolerance-vs-previous=" + value).orElse("");
    }
}
