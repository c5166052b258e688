package dev.mgit.cli.console;

import dev.mgit.lineage.text.VisibleText;
import java.io.FilterWriter;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.io.Writer;

/**
 * Writes JSON with what is hidden in its strings as escapes: the same values for a program, and nothing that steers a
 * terminal for who looks at it. JSON itself asks for that below U+0020 only.
 */
final class VisibleJson extends FilterWriter {
    /** The first half of a surrogate pair whose second is to come; 0 if none is. */
    private char high;

    VisibleJson(Writer out) {
        super(out);
    }

    static String of(String json) {
        var all = new StringWriter(json.length() + 16);
        try (var visible = new VisibleJson(all)) {
            visible.write(json);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return all.toString();
    }

    @Override
    public void write(char[] text, int offset, int length) throws IOException {
        int plain = offset;
        for (int at = offset; at < offset + length; at++) {
            if (!isPlain(text[at]) || high != 0) {
                out.write(text, plain, at - plain);
                write(text[at]);
                plain = at + 1;
            }
        }
        out.write(text, plain, offset + length - plain);
    }

    @Override
    public void write(String text, int offset, int length) throws IOException {
        write(text.toCharArray(), offset, length);
    }

    @Override
    public void write(int unit) throws IOException {
        char c = (char) unit;
        if (high != 0 && Character.isLowSurrogate(c)) {
            char first = high;
            high = 0;
            put(Character.toCodePoint(first, c), first, c);
            return;
        }
        writeHalf();
        if (Character.isHighSurrogate(c)) {
            high = c;
        } else {
            put(c, c);
        }
    }

    private void writeHalf() throws IOException {
        if (high != 0) {
            put(high, high);
            high = 0;
        }
    }

    private void put(int codePoint, char... units) throws IOException {
        for (char unit : units) {
            if (!isPlain(unit) && VisibleText.isHidden(codePoint)) {
                out.write(String.format("\\u%04x", (int) unit));
            } else {
                out.write(unit);
            }
        }
    }

    /** What JSON has between values, or shows as it is. */
    private static boolean isPlain(char c) {
        return c >= ' ' && c < 0x7f || c == '\n' || c == '\r' || c == '\t';
    }

    /** Leaves the stream open: it is the command's. */
    @Override
    public void close() throws IOException {
        writeHalf();
    }
}
