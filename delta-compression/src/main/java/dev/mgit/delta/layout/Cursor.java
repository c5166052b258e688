package dev.mgit.delta.layout;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/**
 * Reads little-endian values one after the other, never past a limit. Every length is checked against the limit before
 * anything is allocated.
 */
public final class Cursor {
    private static final int WINDOW = 1 << 14;

    private final ByteSource source;
    private final byte[] window;
    private long windowStart;
    private int windowLength;
    private long position;
    private long limit;

    public Cursor(ByteSource source) throws IOException {
        this.source = source;
        this.limit = source.size();
        this.window = new byte[(int) Math.min(WINDOW, limit)];
    }

    public long position() {
        return position;
    }

    public long limit() {
        return limit;
    }

    public long remaining() {
        return limit - position;
    }

    public boolean atEnd() {
        return position >= limit;
    }

    public void seek(long target) {
        if (target < 0 || target > limit) {
            throw new FormatException("byte " + target + " is referenced, but only " + limit + " bytes are there");
        }
        position = target;
    }

    public void skip(long length) {
        need(length);
        position += length;
    }

    /** Narrows the limit to the next {@code length} bytes; returns the limit to hand to {@link #leave}. */
    public long enter(long length) {
        need(length);
        long outer = limit;
        limit = position + length;
        return outer;
    }

    public void leave(long outer) {
        position = limit;
        limit = outer;
    }

    public int u8() throws IOException {
        need(1);
        if (position < windowStart || position >= windowStart + windowLength) {
            windowLength = (int) Math.min(window.length, source.size() - position);
            source.read(position, window, 0, windowLength);
            windowStart = position;
        }
        return window[(int) (position++ - windowStart)] & 0xff;
    }

    public int u16() throws IOException {
        return u8() | u8() << 8;
    }

    public int i32() throws IOException {
        return u16() | u16() << 16;
    }

    public long u32() throws IOException {
        return i32() & 0xffff_ffffL;
    }

    /** Eight bytes; values of 2^63 and above come out negative. */
    public long i64() throws IOException {
        return u32() | u32() << 32;
    }

    /** A protobuf varint of at most ten bytes; values of 2^63 and above come out negative. */
    public long varint() throws IOException {
        long start = position;
        long value = 0;
        for (int shift = 0; shift < 70; shift += 7) {
            int next = u8();
            value |= (next & 0x7fL) << shift;
            if (next < 0x80) {
                return value;
            }
        }
        throw new FormatException("the number at byte " + start + " has more than ten bytes");
    }

    public byte[] bytes(int length) throws IOException {
        need(length);
        byte[] result = new byte[length];
        if (length <= WINDOW) {
            for (int i = 0; i < length; i++) {
                result[i] = (byte) u8();
            }
        } else {
            source.read(position, result, 0, length);
            position += length;
        }
        return result;
    }

    /**
     * Text of {@code length} bytes of UTF-8.
     *
     * @throws UnsupportedFormatException if it is longer than {@code most} bytes
     * @throws FormatException if it is not valid UTF-8
     */
    public String utf8(long length, int most) throws IOException {
        long start = position;
        need(length);
        if (length > most) {
            throw new UnsupportedFormatException(
                    "the text at byte " + start + " is " + length + " bytes long, more than " + most);
        }
        try {
            byte[] bytes = bytes((int) length);
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
        } catch (CharacterCodingException e) {
            throw new FormatException("the text at byte " + start + " is not valid UTF-8");
        }
    }

    private void need(long length) {
        if (length < 0 || length > limit - position) {
            throw new FormatException(Long.toUnsignedString(length) + " more bytes are expected at byte " + position
                    + ", but only " + (limit - position) + " are left");
        }
    }
}
