package dev.mgit.delta.frame;

import java.util.Arrays;

/** A growing byte array of the fields frames and predictor parameters are made of. Read back by {@link FieldReader}. */
public final class FieldWriter {
    private byte[] bytes;
    private int size;

    public FieldWriter() {
        this(64);
    }

    /** @param room bytes that are likely to be written */
    public FieldWriter(int room) {
        bytes = new byte[room];
    }

    public FieldWriter u8(int value) {
        ensure(1);
        bytes[size++] = (byte) value;
        return this;
    }

    /**
     * Seven bits a byte, lowest first, the top bit set on all but the last byte.
     *
     * @throws IllegalArgumentException if negative
     */
    public FieldWriter varint(long value) {
        if (value < 0) {
            throw new IllegalArgumentException("a varint is not negative: " + value);
        }
        long rest = value;
        while (rest >= 0x80) {
            u8((int) rest | 0x80);
            rest >>>= 7;
        }
        return u8((int) rest);
    }

    /** A signed number as the varint of its zigzag image: 0, -1, 1, -2 become 0, 1, 2, 3. */
    public FieldWriter signed(long value) {
        if (value > Long.MAX_VALUE / 2 || value < Long.MIN_VALUE / 2) {
            throw new IllegalArgumentException("does not fit 63 bits: " + value);
        }
        return varint((value << 1) ^ (value >> 63));
    }

    /** Four bytes, lowest first. */
    public FieldWriter i32(int value) {
        for (int shift = 0; shift < 32; shift += 8) {
            u8(value >>> shift);
        }
        return this;
    }

    /** The eight bytes of a double's bits, lowest first. */
    public FieldWriter f64(double value) {
        long bits = Double.doubleToRawLongBits(value);
        return i32((int) bits).i32((int) (bits >>> 32));
    }

    /** The four bytes of a float's bits, lowest first. */
    public FieldWriter f32(float value) {
        return i32(Float.floatToRawIntBits(value));
    }

    public FieldWriter bytes(byte[] source) {
        ensure(source.length);
        System.arraycopy(source, 0, bytes, size, source.length);
        size += source.length;
        return this;
    }

    public int size() {
        return size;
    }

    /** What was written; not copied if it fills just the room that was asked for. */
    public byte[] toBytes() {
        return size == bytes.length ? bytes : Arrays.copyOf(bytes, size);
    }

    byte[] array() {
        return bytes;
    }

    private void ensure(int more) {
        int needed = Math.addExact(size, more);
        if (needed > bytes.length) {
            bytes = Arrays.copyOf(bytes, (int) Math.max(needed, Math.min(bytes.length * 2L, Integer.MAX_VALUE - 8)));
        }
    }
}
