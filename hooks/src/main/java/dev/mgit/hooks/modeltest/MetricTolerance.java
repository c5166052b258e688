package dev.mgit.hooks.modeltest;

import dev.mgit.delta.MgitException;

/**
 * How much worse than a reference a value may be.
 *
 * @param amount in the metric's unit, or a fraction of the reference's magnitude if {@code relative}
 */
public record MetricTolerance(double amount, boolean relative) {
    /** No worse at all. */
    static final MetricTolerance NONE = new MetricTolerance(0, false);

    /** Reads {@code 0.01} or {@code 2%}. */
    static MetricTolerance parse(String text) {
        boolean relative = text.endsWith("%");
        double amount = MetricRule.real(relative ? text.substring(0, text.length() - 1) : text);
        if (!(amount >= 0 && Double.isFinite(amount))) {
            throw new MgitException(MgitException.Kind.USAGE, "a tolerance cannot be " + text, "use 0.01 or 2%");
        }
        return new MetricTolerance(relative ? amount / 100 : amount, relative);
    }

    double allowed(double reference) {
        return relative ? amount * Math.abs(reference) : amount;
    }

    @Override
    public String toString() {
        return relative ? MetricText.text(amount * 100) + "%" : MetricText.text(amount);
    }
}
