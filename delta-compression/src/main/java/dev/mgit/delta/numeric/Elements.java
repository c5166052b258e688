package dev.mgit.delta.numeric;

import dev.mgit.delta.Dtype;

/** Turns elements of any plain dtype into doubles, exactly where a double can hold them. */
public final class Elements {
    private static final double TWO_TO_64 = 0x1p64;

    private Elements() {}

    /** Whether elements of a dtype are single numbers: not packed, not complex, not opaque. */
    public static boolean readable(Dtype dtype) {
        return dtype.isFloat() || (dtype.isInteger() && dtype != Dtype.C64);
    }

    /**
     * Reads {@code count} elements.
     *
     * @param first index of the first element in {@code source}
     */
    public static void read(Dtype dtype, byte[] source, int first, double[] out, int count) {
        switch (dtype) {
            case F64, F32, BF16, F16, F8_E4M3, F8_E5M2 -> Floats.read(dtype, source, first, out, count);
            case F8_E8M0 -> {
                for (int i = 0; i < count; i++) {
                    int exponent = source[first + i] & 0xff;
                    out[i] = exponent == 0xff ? Double.NaN : Math.scalb(1.0, exponent - 127);
                }
            }
            default -> integers(dtype, source, first, out, count);
        }
    }

    private static void integers(Dtype dtype, byte[] source, int first, double[] out, int count) {
        for (int i = 0; i < count; i++) {
            int at = first + i;
            out[i] = switch (dtype) {
                case I8 -> source[at];
                case U8, BOOL -> source[at] & 0xff;
                case I16 -> (short) LittleEndian.SHORT.get(source, at * 2);
                case U16 -> (short) LittleEndian.SHORT.get(source, at * 2) & 0xffff;
                case I32 -> (int) LittleEndian.INT.get(source, at * 4);
                case U32 -> Integer.toUnsignedLong((int) LittleEndian.INT.get(source, at * 4));
                case I64 -> (long) LittleEndian.LONG.get(source, at * 8);
                case U64 -> {
                    long value = (long) LittleEndian.LONG.get(source, at * 8);
                    yield value < 0 ? value + TWO_TO_64 : value;
                }
                default -> throw new IllegalArgumentException(dtype + " elements are not scalar");
            };
        }
    }
}
