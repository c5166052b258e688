package dev.mgit.delta.numeric;

import dev.mgit.delta.Dtype;

/**
 * Floats of every dtype to and from Java's, little-endian. Narrowing rounds to nearest, ties to even, as PyTorch does:
 * doubles go through {@code float} on their way to 16 and 8 bits, what is too large becomes infinity (NaN in E4M3, which
 * has none), NaN becomes one canonical NaN. Java's arithmetic is strict IEEE 754 since 17, so all of this is the same
 * on every platform.
 */
public final class Floats {
    /** Elements worked on at a time: the scratch arrays stay in the first-level cache. */
    public static final int CHUNK = 1024;

    private static final float[] E4M3 = table(Dtype.F8_E4M3);
    private static final float[] E5M2 = table(Dtype.F8_E5M2);

    private Floats() {}

    private static float[] table(Dtype dtype) {
        float[] values = new float[1 << dtype.bytes() * 8];
        for (int bits = 0; bits < values.length; bits++) {
            values[bits] = widen(bits, dtype);
        }
        return values;
    }

    /** Reads elements {@code first} to {@code first + count}; doubles are rounded. */
    public static void read(Dtype dtype, byte[] source, int first, float[] out, int count) {
        switch (dtype) {
            case F64 -> {
                for (int i = 0; i < count; i++) {
                    out[i] = (float) Double.longBitsToDouble((long) LittleEndian.LONG.get(source, (first + i) * 8));
                }
            }
            case F32 -> {
                for (int i = 0; i < count; i++) {
                    out[i] = Float.intBitsToFloat((int) LittleEndian.INT.get(source, (first + i) * 4));
                }
            }
            case BF16 -> {
                for (int i = 0; i < count; i++) {
                    out[i] = Float.intBitsToFloat((short) LittleEndian.SHORT.get(source, (first + i) * 2) << 16);
                }
            }
            case F16 -> {
                for (int i = 0; i < count; i++) {
                    out[i] = widen((short) LittleEndian.SHORT.get(source, (first + i) * 2) & 0xffff, Dtype.F16);
                }
            }
            case F8_E4M3, F8_E5M2 -> {
                float[] table = dtype == Dtype.F8_E4M3 ? E4M3 : E5M2;
                for (int i = 0; i < count; i++) {
                    out[i] = table[source[first + i] & 0xff];
                }
            }
            default -> throw notFloat(dtype);
        }
    }

    /** Reads elements {@code first} to {@code first + count}; a NaN stays one, its payload may not. */
    public static void read(Dtype dtype, byte[] source, int first, double[] out, int count) {
        switch (dtype) {
            case F64 -> {
                for (int i = 0; i < count; i++) {
                    out[i] = Double.longBitsToDouble((long) LittleEndian.LONG.get(source, (first + i) * 8));
                }
            }
            case F32 -> {
                for (int i = 0; i < count; i++) {
                    out[i] = Float.intBitsToFloat((int) LittleEndian.INT.get(source, (first + i) * 4));
                }
            }
            case BF16 -> {
                for (int i = 0; i < count; i++) {
                    out[i] = Float.intBitsToFloat((short) LittleEndian.SHORT.get(source, (first + i) * 2) << 16);
                }
            }
            case F16 -> {
                for (int i = 0; i < count; i++) {
                    out[i] = Halves.VALUES[(short) LittleEndian.SHORT.get(source, (first + i) * 2) & 0xffff];
                }
            }
            case F8_E4M3, F8_E5M2 -> {
                float[] table = dtype == Dtype.F8_E4M3 ? E4M3 : E5M2;
                for (int i = 0; i < count; i++) {
                    out[i] = table[source[first + i] & 0xff];
                }
            }
            default -> throw notFloat(dtype);
        }
    }

    /** Every half-precision value, made when one is first read. */
    private static final class Halves {
        static final float[] VALUES = table(Dtype.F16);
    }

    /** Writes elements {@code first} to {@code first + count}, rounded to the dtype. */
    public static void write(Dtype dtype, float[] values, byte[] target, int first, int count) {
        switch (dtype) {
            case F64 -> {
                for (int i = 0; i < count; i++) {
                    LittleEndian.LONG.set(target, (first + i) * 8, Double.doubleToRawLongBits(values[i]));
                }
            }
            case F32 -> {
                for (int i = 0; i < count; i++) {
                    LittleEndian.INT.set(target, (first + i) * 4, Float.floatToRawIntBits(values[i]));
                }
            }
            case BF16, F16 -> {
                for (int i = 0; i < count; i++) {
                    LittleEndian.SHORT.set(target, (first + i) * 2, (short) narrow(values[i], dtype));
                }
            }
            case F8_E4M3, F8_E5M2 -> {
                for (int i = 0; i < count; i++) {
                    target[first + i] = (byte) narrow(values[i], dtype);
                }
            }
            default -> throw notFloat(dtype);
        }
    }

    /** Writes elements {@code first} to {@code first + count}, rounded to the dtype. */
    public static void write(Dtype dtype, double[] values, byte[] target, int first, int count) {
        if (dtype == Dtype.F64) {
            for (int i = 0; i < count; i++) {
                LittleEndian.LONG.set(target, (first + i) * 8, Double.doubleToRawLongBits(values[i]));
            }
            return;
        }
        float[] narrow = new float[count];
        for (int i = 0; i < count; i++) {
            narrow[i] = (float) values[i];
        }
        write(dtype, narrow, target, first, count);
    }

    /** The nearest value a dtype has. One operation done in double and rounded here is that operation in the dtype. */
    public static double round(double value, Dtype dtype) {
        return switch (dtype) {
            case F64 -> value;
            case F32 -> (float) value;
            default -> widen(narrow((float) value, dtype), dtype);
        };
    }

    /** A float's nearest image of 16 or 8 bits. */
    public static int narrow(float value, Dtype dtype) {
        int mantissa = dtype.mantissaBits();
        int bias = (1 << (dtype.exponentBits() - 1)) - 1;
        int bits = Float.floatToRawIntBits(value);
        int sign = bits >>> 31 << (dtype.bytes() * 8 - 1);
        int magnitude = bits & 0x7fff_ffff;
        int infinity = ((1 << dtype.exponentBits()) - 1) << mantissa;
        if (magnitude > 0x7f80_0000) {
            return sign | nan(dtype);
        }
        int image;
        if (magnitude >= (128 - bias) << 23) {
            int shift = 23 - mantissa;
            int rounded = magnitude + (1 << (shift - 1)) - 1 + ((magnitude >>> shift) & 1);
            image = (rounded >>> shift) - ((127 - bias) << mantissa);
        } else {
            // The unit of the last place of this sum is the target's smallest subnormal: the addition rounds for us.
            float unit = Math.scalb(1f, 1 - bias - mantissa + 23);
            image = Float.floatToRawIntBits(Float.intBitsToFloat(magnitude) + unit) - Float.floatToRawIntBits(unit);
        }
        if (dtype == Dtype.F8_E4M3) {
            return sign | Math.min(image, nan(dtype));
        }
        return sign | Math.min(image, infinity);
    }

    private static int nan(Dtype dtype) {
        return switch (dtype) {
            case F16 -> 0x7e00;
            case BF16 -> 0x7fc0;
            case F8_E4M3, F8_E5M2 -> 0x7f;
            default -> throw notFloat(dtype);
        };
    }

    /** A 16- or 8-bit float, exactly: IEEE 754 binary16, bfloat16, and the OCP 8-bit floating point specification. */
    public static float widen(int bits, Dtype dtype) {
        int mantissa = dtype.mantissaBits();
        int bias = (1 << (dtype.exponentBits() - 1)) - 1;
        int width = dtype.bytes() * 8;
        int sign = bits >>> (width - 1) << 31;
        int magnitude = bits & ((1 << (width - 1)) - 1);
        int exponent = magnitude >>> mantissa;
        int image;
        if (exponent == 0) {
            image = Float.floatToRawIntBits(Math.scalb((float) magnitude, 1 - bias - mantissa));
        } else if (dtype == Dtype.F8_E4M3 ? magnitude == 0x7f : exponent == (1 << dtype.exponentBits()) - 1) {
            image = 0x7f80_0000 | (magnitude & ((1 << mantissa) - 1)) << (23 - mantissa);
        } else {
            image = (magnitude << (23 - mantissa)) + ((127 - bias) << 23);
        }
        return Float.intBitsToFloat(sign | image);
    }

    private static IllegalArgumentException notFloat(Dtype dtype) {
        return new IllegalArgumentException(dtype + " is not a float");
    }
}
