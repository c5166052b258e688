package dev.mgit.delta.deflate;

import java.io.IOException;
import java.io.OutputStream;

/** Bits, the lowest first, gathered to bytes. */
final class BitOutput {
    private final OutputStream out;
    private final byte[] buffer = new byte[1 << 13];
    private int used;
    private long bits;
    private int count;

    BitOutput(OutputStream out) {
        this.out = out;
    }

    /** @param length at most 16 */
    void bits(int value, int length) throws IOException {
        bits |= (long) value << count;
        count += length;
        if (count >= Integer.SIZE) {
            drain();
        }
    }

    private void drain() throws IOException {
        while (count >= Byte.SIZE) {
            put((int) bits);
            bits >>>= Byte.SIZE;
            count -= Byte.SIZE;
        }
    }

    /** Fills the last byte with zeros. */
    void align() throws IOException {
        drain();
        if (count > 0) {
            put((int) bits);
        }
        bits = 0;
        count = 0;
    }

    /** Whole bytes; the output must be aligned. */
    void bytes(byte[] bytes, int offset, int length) throws IOException {
        flush();
        out.write(bytes, offset, length);
    }

    private void put(int value) throws IOException {
        if (used == buffer.length) {
            hand();
        }
        buffer[used++] = (byte) value;
    }

    /** Hands on what whole bytes there are. */
    void flush() throws IOException {
        drain();
        hand();
    }

    private void hand() throws IOException {
        out.write(buffer, 0, used);
        used = 0;
    }
}
