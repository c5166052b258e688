package dev.mgit.delta.numeric;

import dev.mgit.delta.Dtype;

/** Little-endian integers of every width among each other. */
public final class Integers {
    private Integers() {}

    /** Whether elements of a dtype are single integers. */
    public static boolean readable(Dtype dtype) {
        return switch (dtype) {
            case I64, I32, I16, I8, U64, U32, U16, U8, BOOL -> true;
            default -> false;
        };
    }

    /** Converts the first {@code count} elements: sign- or zero-extended, or cut to their low bits. */
    public static void convert(Dtype from, byte[] source, Dtype to, byte[] target, int count) {
        boolean signed = isSigned(from);
        int width = from.bytes();
        int targetWidth = to.bytes();
        for (int i = 0; i < count; i++) {
            long value = signed && source[(i + 1) * width - 1] < 0 ? -1 : 0;
            for (int b = width - 1; b >= 0; b--) {
                value = value << 8 | (source[i * width + b] & 0xff);
            }
            for (int b = 0; b < targetWidth; b++) {
                target[i * targetWidth + b] = (byte) (value >> (8 * b));
            }
        }
    }

    private static boolean isSigned(Dtype dtype) {
        return switch (dtype) {
            case I64, I32, I16, I8 -> true;
            default -> false;
        };
    }
}
