package dev.mgit.lineage.query;

import dev.mgit.lineage.graph.TextCodec;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/** A text to be found in messages, in any case. */
final class TextMatch {
    private final String lower;
    private final byte[] ascii;

    TextMatch(String text) {
        lower = text.toLowerCase(Locale.ROOT);
        ascii = lower.getBytes(StandardCharsets.UTF_8);
    }

    /** True if a message has it, as {@link TextCodec} wrote it from {@code start} to {@code end}. */
    boolean isIn(byte[] encoded, int start, int end) {
        if (end - start < Integer.BYTES) {
            return lower.isEmpty();
        }
        int from = start + Integer.BYTES;
        int to = from + ByteBuffer.wrap(encoded).getInt(start);
        for (int i = from; i < to; i++) {
            if (encoded[i] < 0) {
                // Outside ASCII, what is lower case is for Java to say.
                return new String(encoded, from, to - from, StandardCharsets.UTF_8)
                        .toLowerCase(Locale.ROOT)
                        .contains(lower);
            }
        }
        return isInAscii(encoded, from, to);
    }

    private boolean isInAscii(byte[] encoded, int from, int to) {
        if (ascii.length == 0) {
            return true;
        }
        for (int i = from; i <= to - ascii.length; i++) {
            int matched = 0;
            while (matched < ascii.length && lower(encoded[i + matched]) == ascii[matched]) {
                matched++;
            }
            if (matched == ascii.length) {
                return true;
            }
        }
        return false;
    }

    private static byte lower(byte letter) {
        return letter >= 'A' && letter <= 'Z' ? (byte) (letter + ('a' - 'A')) : letter;
    }
}
