package dev.mgit.delta.layout;

import dev.mgit.delta.Dtype;
import dev.mgit.delta.layout.LogicalTensor.Order;
import dev.mgit.delta.layout.LogicalTensor.Sign;
import dev.mgit.delta.layout.LogicalTensor.Strided;

/** Turns elements as they are stored into elements as they are used: little-endian, conjugated, negated. */
final class ElementBytes {
    private final Dtype dtype;
    private final boolean swaps;
    private final Sign sign;

    ElementBytes(Dtype dtype, Strided place) {
        this.dtype = dtype;
        this.swaps = place.order() == Order.BIG_ENDIAN;
        this.sign = place.sign();
    }

    /** Changes {@code count} elements in place. */
    void asUsed(byte[] bytes, int at, int count) {
        if (swaps) {
            swap(bytes, at, count);
        }
        sign(bytes, at, count);
    }

    /** Undoes {@link #asUsed}. */
    void asStored(byte[] bytes, int at, int count) {
        sign(bytes, at, count);
        if (swaps) {
            swap(bytes, at, count);
        }
    }

    /** Bytes of an element, or of either half of a complex one. */
    private int width() {
        return dtype.isComplex() ? dtype.bytes() / 2 : dtype.bytes();
    }

    private void swap(byte[] bytes, int at, int count) {
        int width = width();
        for (int start = at; start < at + count * dtype.bytes(); start += width) {
            swap(bytes, start);
        }
    }

    private void swap(byte[] bytes, int start) {
        int width = width();
        for (int i = 0; i < width / 2; i++) {
            byte kept = bytes[start + i];
            bytes[start + i] = bytes[start + width - 1 - i];
            bytes[start + width - 1 - i] = kept;
        }
    }

    private void sign(byte[] bytes, int at, int count) {
        int width = width();
        for (int i = 0; i < count; i++) {
            int start = at + i * dtype.bytes();
            if (sign.negates()) {
                negate(bytes, start, width);
            }
            if (dtype.isComplex() && sign.negates() != sign.conjugates()) {
                negate(bytes, start + width, width);
            }
        }
    }

    private void negate(byte[] bytes, int start, int width) {
        if (dtype.isFloat() || dtype.isComplex()) {
            bytes[start + width - 1] ^= (byte) 0x80;
            return;
        }
        int carry = 1;
        for (int i = start; i < start + width; i++) {
            int sum = (~bytes[i] & 0xff) + carry;
            bytes[i] = (byte) sum;
            carry = sum >>> 8;
        }
    }
}
