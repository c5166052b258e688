package dev.mgit.delta.codec;

import dev.mgit.delta.MgitException;
import java.util.Arrays;

/**
 * A payload being read. Holds a copy that ends in {@link #SLACK} zero bytes, so that decoders may load whole words at
 * the end without seeing bytes that are not theirs.
 */
final class ByteInput {
    static final int SLACK = 16;

    private byte[] bytes = new byte[1 << 12];
    private int position;
    private int end;

    void open(byte[] source, int offset, int length) {
        if (bytes.length < length + SLACK) {
            bytes = new byte[length + SLACK];
        }
        System.arraycopy(source, offset, bytes, 0, length);
        Arrays.fill(bytes, length, length + SLACK, (byte) 0);
        position = 0;
        end = length;
    }

    byte[] array() {
        return bytes;
    }

    int remaining() {
        return end - position;
    }

    /** The next byte, which stays where it is; 0 behind the last. */
    int peek() {
        return bytes[position] & 0xff;
    }

    int get() {
        return bytes[skip(1)] & 0xff;
    }

    /** Reads a number that must lie in {@code [0, max]}. */
    int getVarint(int max) {
        long value = 0;
        for (int shift = 0; shift < 35; shift += 7) {
            int b = get();
            value |= (long) (b & 0x7f) << shift;
            if (b < 0x80) {
                if (value > max) {
                    throw damaged("a number is out of range");
                }
                return (int) value;
            }
        }
        throw damaged("a number is too long");
    }

    /** Takes the next {@code length} bytes and returns where in {@link #array()} they start. */
    int skip(int length) {
        if (length < 0 || length > end - position) {
            throw damaged("it ends too early");
        }
        int start = position;
        position += length;
        return start;
    }

    void get(byte[] target, int offset, int length) {
        System.arraycopy(bytes, skip(length), target, offset, length);
    }

    static MgitException damaged(String what) {
        return MgitException.integrity("a coded block is damaged: " + what);
    }
}
