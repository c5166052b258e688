package dev.mgit.delta.frame;

import java.util.Arrays;
import java.util.function.Function;

/**
 * Reads what {@link FieldWriter} wrote, from bytes that may be hostile: every read is checked against the end and
 * every number against its limits, and a failure is the exception the owner of the bytes chose.
 */
public final class FieldReader {
    private final byte[] bytes;
    private final int end;
    private final Function<String, ? extends RuntimeException> failure;
    private int position;

    /** @param failure makes the exception from a short phrase such as {@code it ends early} */
    public FieldReader(byte[] bytes, int start, int end, Function<String, ? extends RuntimeException> failure) {
        this.bytes = bytes;
        this.position = start;
        this.end = end;
        this.failure = failure;
    }

    public int u8() {
        if (position >= end) {
            throw failure.apply("it ends early");
        }
        return bytes[position++] & 0xff;
    }

    /** A varint of at most {@code max}; only the shortest form is accepted, so that reading and writing are inverse. */
    public long varint(long max, String what) {
        long value = 0;
        for (int shift = 0; shift < 63; shift += 7) {
            int next = u8();
            value |= (long) (next & 0x7f) << shift;
            if (next < 0x80) {
                if (next == 0 && shift > 0) {
                    throw failure.apply(what + " is not in its shortest form");
                }
                if (value > max) {
                    throw failure.apply(what + " is " + value + ", more than " + max);
                }
                return value;
            }
        }
        throw failure.apply(what + " is too long");
    }

    public int varint(int max, String what) {
        return (int) varint((long) max, what);
    }

    /** A signed number between {@code -max} and {@code max}. */
    public long signed(long max, String what) {
        long image = varint(Long.MAX_VALUE, what);
        long value = (image >>> 1) ^ -(image & 1);
        if (value > max || value < -max) {
            throw failure.apply(what + " is " + value + ", beyond " + max);
        }
        return value;
    }

    public int i32() {
        return u8() | u8() << 8 | u8() << 16 | u8() << 24;
    }

    public double f64() {
        long low = i32() & 0xffff_ffffL;
        return Double.longBitsToDouble(low | (long) i32() << 32);
    }

    public float f32() {
        return Float.intBitsToFloat(i32());
    }

    /** A copy of the next {@code length} bytes. */
    public byte[] bytes(int length) {
        int from = skip(length);
        return Arrays.copyOfRange(bytes, from, from + length);
    }

    /** Passes over bytes and returns where they began. */
    public int skip(int length) {
        if (length < 0 || length > end - position) {
            throw failure.apply("it ends early");
        }
        position += length;
        return position - length;
    }

    public int remaining() {
        return end - position;
    }

    /** @throws RuntimeException the chosen failure, if bytes are left over */
    public void expectEnd() {
        if (position != end) {
            throw failure.apply(remaining() + " bytes too many");
        }
    }

    /** Fails unless a condition over several fields holds. */
    public void require(boolean condition, String otherwise) {
        if (!condition) {
            throw failure.apply(otherwise);
        }
    }
}
