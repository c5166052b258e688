package dev.mgit.lineage.text;

/**
 * Names and messages out of files and commits, made harmless: what would steer a terminal, start a line, turn the
 * direction of writing or not be seen at all is written out, {@code \n}, {@code \x1b}, {@code \u202e},
 * {@code \U000e0001}. What is visible stays as it is, so that showing a text twice changes nothing.
 */
public final class VisibleText {
    private VisibleText() {}

    public static String of(String text) {
        int plain = 0;
        while (plain < text.length() && isPrintableAscii(text.charAt(plain))) {
            plain++;
        }
        if (plain == text.length()) {
            return text;
        }
        StringBuilder shown = new StringBuilder(text.length() + 16).append(text, 0, plain);
        text.codePoints().skip(plain).forEach(c -> append(shown, c));
        return shown.toString();
    }

    private static boolean isPrintableAscii(char c) {
        return c >= ' ' && c < 0x7f;
    }

    private static void append(StringBuilder shown, int c) {
        switch (c) {
            case '\n' -> shown.append("\\n");
            case '\r' -> shown.append("\\r");
            case '\t' -> shown.append("\\t");
            default -> {
                if (!isHidden(c)) {
                    shown.appendCodePoint(c);
                } else if (c < 0x100) {
                    hex(shown, "\\x", c, 2);
                } else if (c < 0x10000) {
                    hex(shown, "\\u", c, 4);
                } else {
                    hex(shown, "\\U", c, 8);
                }
            }
        }
    }

    private static void hex(StringBuilder shown, String prefix, int c, int digits) {
        String number = Integer.toHexString(c);
        shown.append(prefix).append("0".repeat(digits - number.length())).append(number);
    }

    /**
     * Controls, formats (directions, zero-width joiners, tags), separators of lines, halves of surrogate pairs,
     * noncharacters, and letters that Unicode says are not to be seen. Variation selectors belong to emoji and stay.
     */
    public static boolean isHidden(int c) {
        return switch (Character.getType(c)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR,
                    Character.SURROGATE -> true;
            default -> isNoncharacter(c) || isInvisible(c);
        };
    }

    private static boolean isNoncharacter(int c) {
        return (c & 0xfffe) == 0xfffe || c >= 0xfdd0 && c <= 0xfdef;
    }

    /** Default_Ignorable_Code_Point of Unicode 16, less formats and variation selectors. */
    private static boolean isInvisible(int c) {
        return c == 0x34f
                || c == 0x115f
                || c == 0x1160
                || c == 0x17b4
                || c == 0x17b5
                || c >= 0x180b && c <= 0x180f
                || c == 0x2065
                || c == 0x3164
                || c == 0xffa0
                || c >= 0xfff0 && c <= 0xfff8
                || c >= 0xe0000 && c <= 0xe00ff
                || c >= 0xe01f0 && c <= 0xe0fff;
    }
}
