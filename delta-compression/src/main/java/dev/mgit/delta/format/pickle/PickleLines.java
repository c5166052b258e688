package dev.mgit.delta.format.pickle;

import dev.mgit.delta.format.pickle.Pickle.UnsupportedException;
import java.math.BigInteger;

/** Arguments that protocols 0 and 1 write as lines of text. */
public final class PickleLines {
    private static final int MAX_DIGITS = 640;

    private PickleLines() {}

    /** An int or long: {@code 12}, {@code 12L}, and {@code 01} and {@code 00} for True and False. */
    public static Object integer(String line) throws UnsupportedException {
        if (line.equals("00") || line.equals("01")) {
            return line.equals("01");
        }
        String digits = line.endsWith("L") ? line.substring(0, line.length() - 1) : line;
        if (digits.length() > MAX_DIGITS || !digits.matches("-?[0-9]+")) {
            throw new UnsupportedException("the number " + line);
        }
        return number(new BigInteger(digits));
    }

    /** Numbers beyond 64 bits are no sizes, so nobody asks for their value. */
    public static Object number(BigInteger value) {
        return value.bitLength() < 64 ? (Object) value.longValue() : value;
    }

    public static Double real(String line) throws UnsupportedException {
        try {
            return Double.valueOf(line.replace("inf", "Infinity").replace("nan", "NaN"));
        } catch (NumberFormatException e) {
            throw new UnsupportedException("the number " + line);
        }
    }

    /** Text in Python's raw-unicode-escape encoding. */
    public static String unicode(String line) throws UnsupportedException {
        var text = new StringBuilder();
        for (int i = 0; i < line.length(); i++) {
            char unit = line.charAt(i);
            int digits = unit != '\\' || i + 1 == line.length() ? 0 : digits(line.charAt(i + 1));
            if (digits == 0) {
                text.append(unit);
                continue;
            }
            try {
                text.appendCodePoint(Integer.parseInt(line.substring(i + 2, i + 2 + digits), 16));
            } catch (IllegalArgumentException | IndexOutOfBoundsException e) {
                throw new UnsupportedException("a string with an invalid escape");
            }
            i += 1 + digits;
        }
        return text.toString();
    }

    private static int digits(char escape) {
        return escape == 'u' ? 4 : escape == 'U' ? 8 : 0;
    }
}
