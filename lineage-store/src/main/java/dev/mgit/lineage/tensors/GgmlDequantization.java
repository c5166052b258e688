package dev.mgit.lineage.tensors;

import dev.mgit.delta.Dtype;
import dev.mgit.delta.numeric.Elements;

/**
 * What the blocks of GGML's quantized types stand for: {@code dequantize_row_*} of llama.cpp's ggml-quants.c, for the
 * types in wide use.
 */
final class GgmlDequantization {
    private GgmlDequantization() {}

    static boolean readable(Dtype dtype) {
        return switch (dtype) {
            case Q4_0, Q4_1, Q5_0, Q5_1, Q8_0, Q4_K, Q5_K, Q6_K -> true;
            default -> false;
        };
    }

    /** Reads whole blocks. */
    static void read(Dtype dtype, byte[] source, int blocks, double[] target) {
        for (int i = 0; i < blocks; i++) {
            int at = i * dtype.blockBytes();
            int to = i * dtype.blockElements();
            switch (dtype) {
                case Q8_0 -> q8(source, at, target, to);
                case Q4_0 -> nibbles(source, at + 2, -1, half(source, at), -8 * half(source, at), target, to);
                case Q4_1 -> nibbles(source, at + 4, -1, half(source, at), half(source, at + 2), target, to);
                case Q5_0 -> nibbles(source, at + 6, at + 2, half(source, at), -16 * half(source, at), target, to);
                case Q5_1 -> nibbles(source, at + 8, at + 4, half(source, at), half(source, at + 2), target, to);
                case Q4_K -> superBlock(source, at, -1, at + 16, target, to);
                case Q5_K -> superBlock(source, at, at + 16, at + 48, target, to);
                case Q6_K -> q6(source, at, target, to);
                default -> throw new IllegalArgumentException(dtype + " is not read");
            }
        }
    }

    private static double half(byte[] source, int at) {
        double[] value = new double[1];
        Elements.read(Dtype.F16, new byte[] {source[at], source[at + 1]}, 0, value, 1);
        return value[0];
    }

    private static void q8(byte[] source, int at, double[] target, int to) {
        double scale = half(source, at);
        for (int i = 0; i < 32; i++) {
            target[to + i] = scale * source[at + 2 + i];
        }
    }

    /** 32 values of four bits, low nibbles first; where there are fifth bits they are one 32-bit mask. */
    private static void nibbles(
            byte[] source, int at, int fifthBits, double scale, double least, double[] target, int to) {
        for (int i = 0; i < 16; i++) {
            int low = source[at + i] & 15;
            int high = (source[at + i] >> 4) & 15;
            if (fifthBits >= 0) {
                low |= bit(source, fifthBits, i) << 4;
                high |= bit(source, fifthBits, i + 16) << 4;
            }
            target[to + i] = scale * low + least;
            target[to + i + 16] = scale * high + least;
        }
    }

    private static int bit(byte[] source, int at, int index) {
        return source[at + index / 8] >> (index % 8) & 1;
    }

    /** 256 values in eight groups of 32, each with a 6-bit scale and minimum, packed in 12 bytes. */
    private static void superBlock(byte[] source, int at, int fifthBits, int nibbles, double[] target, int to) {
        double scale = half(source, at);
        double least = half(source, at + 2);
        for (int group = 0; group < 8; group++) {
            double groupScale = scale * sixBits(source, at + 4, group, 0);
            double groupLeast = least * sixBits(source, at + 4, group, 4);
            for (int i = 0; i < 32; i++) {
                int value = (source[nibbles + group / 2 * 32 + i] >> (group % 2 * 4)) & 15;
                if (fifthBits >= 0) {
                    value |= (source[fifthBits + i] >> group & 1) << 4;
                }
                target[to + group * 32 + i] = groupScale * value - groupLeast;
            }
        }
    }

    /** {@code get_scale_min_k4}: {@code part} is 0 for scales and 4 for minima. */
    private static int sixBits(byte[] source, int at, int group, int part) {
        if (group < 4) {
            return source[at + group + part] & 63;
        }
        int low = (source[at + group + 4] >> part) & 15;
        int high = (source[at + group - 4 + part] >> 6) & 3;
        return low | high << 4;
    }

    private static void q6(byte[] source, int at, double[] target, int to) {
        double scale = half(source, at + 208);
        for (int half = 0; half < 2; half++) {
            for (int quarter = 0; quarter < 4; quarter++) {
                for (int i = 0; i < 32; i++) {
                    int low = (source[at + half * 64 + quarter % 2 * 32 + i] >> (quarter / 2 * 4)) & 15;
                    int high = (source[at + 128 + half * 32 + i] >> (quarter * 2)) & 3;
                    int value = (low | high << 4) - 32;
                    int step = source[at + 192 + half * 8 + quarter * 2 + i / 16];
                    target[to + half * 128 + quarter * 32 + i] = scale * step * value;
                }
            }
        }
    }
}
