package dev.mgit.lineage.diff;

import dev.mgit.delta.Dtype;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/** Turns elements of any plain dtype into doubles, exactly where a double can hold them. */
public final class Elements {
    private static final VarHandle SHORTS =
            MethodHandles.byteArrayViewVarHandle(short[].class, ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle INTS = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle LONGS = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
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
            case F64 -> {
                for (int i = 0; i < count; i++) {
                    out[i] = Double.longBitsToDouble((long) LONGS.get(source, (first + i) * 8));
                }
            }
            case F32 -> {
                for (int i = 0; i < count; i++) {
                    out[i] = Float.intBitsToFloat((int) INTS.get(source, (first + i) * 4));
                }
            }
            case BF16 -> {
                for (int i = 0; i < count; i++) {
                    out[i] = Float.intBitsToFloat((short) SHORTS.get(source, (first + i) * 2) << 16);
                }
            }
            case F16 -> {
                for (int i = 0; i < count; i++) {
                    out[i] = Tables.F16[(short) SHORTS.get(source, (first + i) * 2) & 0xffff];
                }
            }
            case F8_E4M3 -> small(Tables.E4M3, source, first, out, count);
            case F8_E5M2 -> small(Tables.E5M2, source, first, out, count);
            case F8_E8M0 -> {
                for (int i = 0; i < count; i++) {
                    int exponent = source[first + i] & 0xff;
                    out[i] = exponent == 0xff ? Double.NaN : Math.scalb(1.0, exponent - 127);
                }
            }
            default -> integers(dtype, source, first, out, count);
        }
    }

    private static void small(float[] table, byte[] source, int first, double[] out, int count) {
        for (int i = 0; i < count; i++) {
            out[i] = table[source[first + i] & 0xff];
        }
    }

    private static void integers(Dtype dtype, byte[] source, int first, double[] out, int count) {
        for (int i = 0; i < count; i++) {
            int at = first + i;
            out[i] = switch (dtype) {
                case I8 -> source[at];
                case U8, BOOL -> source[at] & 0xff;
                case I16 -> (short) SHORTS.get(source, at * 2);
                case U16 -> (short) SHORTS.get(source, at * 2) & 0xffff;
                case I32 -> (int) INTS.get(source, at * 4);
                case U32 -> Integer.toUnsignedLong((int) INTS.get(source, at * 4));
                case I64 -> (long) LONGS.get(source, at * 8);
                case U64 -> {
                    long value = (long) LONGS.get(source, at * 8);
                    yield value < 0 ? value + TWO_TO_64 : value;
                }
                default -> throw new IllegalArgumentException(dtype + " elements are not scalar");
            };
        }
    }

    /** Every value of the narrow float types, made when one is first met. */
    private static final class Tables {
        static final float[] F16 = table(Dtype.F16);
        static final float[] E4M3 = table(Dtype.F8_E4M3);
        static final float[] E5M2 = table(Dtype.F8_E5M2);

        /** IEEE 754 for binary16, the OCP 8-bit floating point specification for the others. */
        private static float[] table(Dtype dtype) {
            int width = dtype.bytes() * 8;
            float[] values = new float[1 << width];
            int mantissaBits = dtype.mantissaBits();
            int bias = (1 << (dtype.exponentBits() - 1)) - 1;
            int top = (1 << dtype.exponentBits()) - 1;
            for (int bits = 0; bits < values.length; bits++) {
                int magnitude = bits & ((1 << (width - 1)) - 1);
                int exponent = magnitude >>> mantissaBits;
                int mantissa = magnitude & ((1 << mantissaBits) - 1);
                float value;
                if (dtype == Dtype.F8_E4M3 ? magnitude == 0x7f : exponent == top) {
                    value = mantissa == 0 ? Float.POSITIVE_INFINITY : Float.NaN;
                } else if (exponent == 0) {
                    value = Math.scalb((float) mantissa, 1 - bias - mantissaBits);
                } else {
                    value = Math.scalb((float) (mantissa | (1 << mantissaBits)), exponent - bias - mantissaBits);
                }
                values[bits] = bits >>> (width - 1) == 0 ? value : -value;
            }
            return values;
        }
    }
}
