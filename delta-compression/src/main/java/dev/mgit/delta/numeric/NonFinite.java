package dev.mgit.delta.numeric;

import dev.mgit.delta.Dtype;

/**
 * Tells NaN and infinity by the bits of an element, for every dtype that has one or the other: IEEE 754 binary16 to
 * binary64, bfloat16, the 8-bit floats of OCP and of AMD ({@code FNUZ}), scales of dtype E8M0, complex numbers by their
 * halves, and GGML's blocks by their scales, which take all elements of a block with them.
 */
public final class NonFinite {
    /** What an element is. */
    public enum Kind {
        FINITE,
        INFINITE,
        NAN
    }

    private NonFinite() {}

    /** Whether a dtype has NaN or infinity; 4- and 6-bit floats and integers have neither. */
    public static boolean possible(Dtype dtype) {
        return dtype.isFloat()
                || dtype.isComplex()
                || dtype == Dtype.F8_E8M0
                || dtype == Dtype.F8_E4M3FNUZ
                || dtype == Dtype.F8_E5M2FNUZ
                || scales(dtype).length > 0;
    }

    /**
     * What one element is, of a block type what the whole block is.
     *
     * @param bytes little-endian
     * @param at of the element's or block's first byte
     */
    public static Kind of(Dtype dtype, byte[] bytes, int at) {
        return switch (dtype) {
            case F64 -> ieee((long) LittleEndian.LONG.get(bytes, at) & Long.MAX_VALUE, 0x7ff0L << 48);
            case F32 -> ieee((int) LittleEndian.INT.get(bytes, at) & Integer.MAX_VALUE, 0x7f80_0000);
            case BF16 -> ieee((short) LittleEndian.SHORT.get(bytes, at) & 0x7fff, 0x7f80);
            case F16 -> ieee((short) LittleEndian.SHORT.get(bytes, at) & 0x7fff, 0x7c00);
            case F8_E5M2 -> ieee(bytes[at] & 0x7f, 0x7c);
            case F8_E4M3 -> nanIf((bytes[at] & 0x7f) == 0x7f);
            case F8_E4M3FNUZ, F8_E5M2FNUZ -> nanIf((bytes[at] & 0xff) == 0x80);
            case F8_E8M0 -> nanIf((bytes[at] & 0xff) == 0xff);
            case C32 -> worse(of(Dtype.F16, bytes, at), of(Dtype.F16, bytes, at + 2));
            case C64 -> worse(of(Dtype.F32, bytes, at), of(Dtype.F32, bytes, at + 4));
            case C128 -> worse(of(Dtype.F64, bytes, at), of(Dtype.F64, bytes, at + 8));
            default -> block(dtype, bytes, at);
        };
    }

    private static Kind ieee(long magnitude, long infinity) {
        return magnitude < infinity ? Kind.FINITE : magnitude == infinity ? Kind.INFINITE : Kind.NAN;
    }

    private static Kind nanIf(boolean nan) {
        return nan ? Kind.NAN : Kind.FINITE;
    }

    private static Kind worse(Kind one, Kind other) {
        return one.compareTo(other) >= 0 ? one : other;
    }

    private static Kind block(Dtype dtype, byte[] bytes, int at) {
        Kind found = Kind.FINITE;
        for (int scale : scales(dtype)) {
            found = worse(found, of(Dtype.F16, bytes, at + scale));
        }
        return found;
    }

    /** Where the half-precision scales and minima of a block are: ggml-common.h of llama.cpp. */
    private static int[] scales(Dtype dtype) {
        return switch (dtype) {
            case Q4_0, Q5_0, Q8_0, Q1_0, IQ4_NL, IQ4_XS, IQ1_S, IQ2_XXS, IQ2_XS, IQ2_S, IQ3_XXS, IQ3_S -> new int[] {0};
            case Q4_1, Q5_1, Q8_1, Q4_K, Q5_K -> new int[] {0, 2};
            case Q2_K -> new int[] {80, 82};
            case Q3_K -> new int[] {108};
            case Q6_K -> new int[] {208};
            case TQ1_0 -> new int[] {52};
            case TQ2_0 -> new int[] {64};
            default -> new int[0];
        };
    }
}
