package dev.mgit.delta.format;

import dev.mgit.delta.Dtype;
import dev.mgit.delta.format.LogicalTensor.Order;
import dev.mgit.delta.format.LogicalTensor.Sign;
import dev.mgit.delta.format.LogicalTensor.Strided;

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

    /** Changes {@code count} elements in place; doing it twice without swapping changes nothing. */
    void asUsed(byte[] bytes, int at, int count) {
        int parts = dtype.isComplex() ? 2 : 1;
        int width = dtype.bytes() / parts;
        for (int i = 0; i < count * parts; i++) {
            int start = at + i * width;
            if (swaps) {
                swap(bytes, start, width);
            }
            boolean imaginary = dtype.isComplex() && i % 2 == 1;
            if (sign.negates() != (sign.conjugates() && imaginary)) {
                negate(bytes, start, width);
            }
        }
    }

    private static void swap(byte[] bytes, int start, int width) {
        for (int i = 0; i < width / 2; i++) {
            byte kept = bytes[start + i];
            bytes[start + i] = bytes[start + width - 1 - i];
            bytes[start + width - 1 - i] = kept;
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
