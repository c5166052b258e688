package dev.mgit.delta.codec;

import java.nio.ByteBuffer;
import java.util.Arrays;

/** A growing byte buffer with the two number forms payloads use: single bytes and LEB128 varints. */
final class ByteSink {
    private byte[] bytes = new byte[1 << 12];
    private int size;

    void clear() {
        size = 0;
    }

    int size() {
        return size;
    }

    /** Forgets what was written after a size seen earlier. */
    void truncate(int earlier) {
        size = earlier;
    }

    /** Of two candidates, written from {@code start} and from {@code middle} on, keeps the shorter. */
    void keepShorter(int start, int middle) {
        keepShorter(start, middle, 0);
    }

    /** The same, where keeping the second takes {@code more} bytes elsewhere; negative if the first does. */
    void keepShorter(int start, int middle, int more) {
        if (size - middle + more < middle - start) {
            System.arraycopy(bytes, middle, bytes, start, size - middle);
            size = start + size - middle;
        } else {
            size = middle;
        }
    }

    byte[] array() {
        return bytes;
    }

    /** Makes room, so that {@code more} bytes can be written straight into {@link #array()} at {@link #size()}. */
    void reserve(int more) {
        if (bytes.length - size < more) {
            bytes = Arrays.copyOf(bytes, Math.max(bytes.length * 2, size + more));
        }
    }

    /** Counts bytes written into the reserved part. */
    void advance(int written) {
        size += written;
    }

    void put(int value) {
        reserve(1);
        bytes[size++] = (byte) value;
    }

    void putVarint(int value) {
        int rest = value;
        while (rest >>> 7 != 0) {
            put(rest | 0x80);
            rest >>>= 7;
        }
        put(rest);
    }

    void put(byte[] source, int offset, int length) {
        reserve(length);
        System.arraycopy(source, offset, bytes, size, length);
        size += length;
    }

    /** Appends what remains in a buffer. */
    void put(ByteBuffer source) {
        int length = source.remaining();
        reserve(length);
        source.get(bytes, size, length);
        size += length;
    }
}
