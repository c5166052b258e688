package dev.mgit.hooks;

import java.math.BigDecimal;
import java.math.MathContext;
import java.util.Locale;

/** Numbers as people read them. */
public final class SignificantDigits {
    private SignificantDigits() {}

    /** At most four significant digits, or all of a whole number. */
    public static String of(double value) {
        if (value == Math.rint(value) && Math.abs(value) < 1e9) {
            return String.format(Locale.ROOT, "%.0f", value + 0.0);
        }
        BigDecimal rounded = new BigDecimal(value).round(new MathContext(4));
        boolean plain = Math.abs(value) >= 1e-4 && Math.abs(value) < 1e9;
        return plain ? rounded.stripTrailingZeros().toPlainString() : String.format(Locale.ROOT, "%.4g", value);
    }

    /** The same with its sign, where it is positive too. */
    public static String signed(double value) {
        return (value > 0 ? "+" : "") + of(value);
    }
}
