package dev.mgit.cli.console;

import java.util.Locale;

/**
 * Numbers with few decimals. {@link String#format} first sets up how languages write numbers, a twentieth of the time of
 * a short command, which rarely shows any other.
 */
final class Rounded {
    private static final int[] POWERS = {1, 10, 100, 1000};

    private Rounded() {}

    /**
     * A number to the nearest of its last decimal, a half upwards.
     *
     * @param decimals at most 3
     */
    static String of(double value, int decimals) {
        double scaled = Math.abs(value) * POWERS[decimals];
        if (!(scaled < Long.MAX_VALUE)) {
            return String.format(Locale.ROOT, "%." + decimals + "f", value); // NaN, infinite, or very large
        }
        return (value < 0 ? "-" : "") + of(Math.round(scaled), decimals);
    }

    private static String of(long scaled, int decimals) {
        String digits = Long.toString(scaled);
        if (decimals == 0) {
            return digits;
        }
        String padded = "0".repeat(Math.max(0, decimals + 1 - digits.length())) + digits;
        int point = padded.length() - decimals;
        return padded.substring(0, point) + "." + padded.substring(point);
    }
}
