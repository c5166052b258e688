package dev.mgit.hooks.executor;

import dev.mgit.delta.MgitException;
import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Times and sizes as people type them. */
public final class Quantities {
    private static final Pattern FORM = Pattern.compile("([0-9]{1,12})([a-zA-Z]?)");

    private Quantities() {}

    /** Reads {@code 90s}, {@code 10m}, {@code 2h}, {@code 1d}; a bare number is seconds. */
    public static Duration duration(String text) {
        Matcher matcher = FORM.matcher(text);
        long unit = matcher.matches()
                ? switch (matcher.group(2)) {
                    case "", "s" -> 1;
                    case "m" -> 60;
                    case "h" -> 3600;
                    case "d" -> 86400;
                    default -> 0;
                }
                : 0;
        if (unit == 0 || Long.parseLong(matcher.group(1)) == 0) {
            throw bad(text, "a time", "write 90s, 10m, 2h or 1d");
        }
        return Duration.ofSeconds(Long.parseLong(matcher.group(1)) * unit);
    }

    /** Reads {@code 500m}, {@code 8g}, in powers of 1024; a bare number is bytes. */
    public static long bytes(String text) {
        Matcher matcher = FORM.matcher(text);
        int shift = matcher.matches()
                ? switch (matcher.group(2).toLowerCase(java.util.Locale.ROOT)) {
                    case "" -> 0;
                    case "k" -> 10;
                    case "m" -> 20;
                    case "g" -> 30;
                    case "t" -> 40;
                    default -> -1;
                }
                : -1;
        if (shift < 0 || Long.parseLong(matcher.group(1)) == 0 || Long.parseLong(matcher.group(1)) > 1L << 62 - shift) {
            throw bad(text, "a size", "write 500m or 8g");
        }
        return Long.parseLong(matcher.group(1)) << shift;
    }

    /** @throws MgitException of kind USAGE if a number is negative */
    public static int count(String what, int number) {
        if (number < 0) {
            throw bad(String.valueOf(number), what, "write a number from 0 up");
        }
        return number;
    }

    static int count(String what, String text) {
        if (!text.matches("[0-9]{1,6}")) {
            throw bad(text, what, "write a number from 0 up");
        }
        return Integer.parseInt(text);
    }

    private static MgitException bad(String text, String what, String hint) {
        return new MgitException(MgitException.Kind.USAGE, "cannot read '" + text + "' as " + what, hint);
    }
}
