package dev.mgit.cli.console;

import java.io.IOException;
import java.io.OutputStream;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Takes JSON as UTF-8, in pieces of any length, and writes it as {@link VisibleJson} does. */
final class VisibleJsonBytes extends OutputStream {
    private final VisibleJson json;

    /** The beginning of a character whose other bytes are to come. */
    private byte[] begun = {};

    VisibleJsonBytes(Writer out) {
        this.json = new VisibleJson(out);
    }

    @Override
    public void write(int one) throws IOException {
        write(new byte[] {(byte) one}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
        byte[] all = new byte[begun.length + length];
        System.arraycopy(begun, 0, all, 0, begun.length);
        System.arraycopy(bytes, offset, all, begun.length, length);
        int whole = whole(all);
        json.write(new String(all, 0, whole, StandardCharsets.UTF_8));
        begun = Arrays.copyOfRange(all, whole, all.length);
    }

    /** How many bytes are whole characters. */
    private static int whole(byte[] bytes) {
        for (int back = 1; back <= Math.min(3, bytes.length); back++) {
            int b = bytes[bytes.length - back] & 0xff;
            if (b < 0x80) {
                return bytes.length;
            }
            if (b >= 0xc0) {
                int needs = b >= 0xf0 ? 4 : b >= 0xe0 ? 3 : 2;
                return needs > back ? bytes.length - back : bytes.length;
            }
        }
        return bytes.length;
    }

    @Override
    public void flush() throws IOException {
        json.flush();
    }

    /** Leaves the stream open: it is the command's. */
    @Override
    public void close() throws IOException {
        json.close();
        json.flush();
    }
}
