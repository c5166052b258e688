package dev.mgit.hooks.modeltest;

import java.util.Locale;

/** Metrics as text. */
final class MetricText {
    private MetricText() {}

    /** Up to six significant digits, without trailing zeros. */
    static String text(double value) {
        if (value == Math.rint(value) && Math.abs(value) < 1e15) {
            return String.valueOf((long) value);
        }
        String text = String.format(Locale.ROOT, "%.6g", value);
        if (text.indexOf('e') >= 0 || text.indexOf('.') < 0) {
            return text;
        }
        return text.replaceAll("0+$", "").replaceAll("\\.$", "");
    }

    /** Says that a value is NaN or infinite. */
    static String noNumber(String metric, double value) {
        return metric + " is not a number" + (Double.isNaN(value) ? "" : " (" + value + ")");
    }

    static String signed(double value) {
        return (value > 0 ? "+" : "") + text(value);
    }
}
