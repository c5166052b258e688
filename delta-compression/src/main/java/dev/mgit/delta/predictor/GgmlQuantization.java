package dev.mgit.delta.predictor;

import dev.mgit.delta.Dtype;
import dev.mgit.delta.numeric.Floats;
import dev.mgit.delta.numeric.LittleEndian;

/**
 * GGML's reference quantizers, {@code quantize_row_q8_0_ref} and {@code quantize_row_q4_0_ref} of llama.cpp's
 * ggml-quants.c: blocks of 32 floats become a half-precision scale and 32 integers. The integers are made with the
 * scale before it is rounded to half precision.
 */
public final class GgmlQuantization {
    private static final int BLOCK = 32;

    private GgmlQuantization() {}

    public static void quantize(Dtype source, byte[] from, Dtype dtype, byte[] target, int blocks) {
        float[] block = new float[BLOCK];
        for (int i = 0; i < blocks; i++) {
            Floats.read(source, from, i * BLOCK, block, BLOCK);
            if (dtype == Dtype.Q8_0) {
                q8(block, target, i * dtype.blockBytes());
            } else {
                q4(block, target, i * dtype.blockBytes());
            }
        }
    }

    private static void q8(float[] block, byte[] target, int at) {
        float largest = 0;
        for (float value : block) {
            largest = Math.abs(value) > largest ? Math.abs(value) : largest;
        }
        float scale = largest / 127f;
        float inverse = scale != 0 ? 1f / scale : 0f;
        LittleEndian.SHORT.set(target, at, (short) Floats.narrow(scale, Dtype.F16));
        for (int i = 0; i < BLOCK; i++) {
            target[at + 2 + i] = (byte) roundAwayFromZero(block[i] * inverse);
        }
    }

    private static int roundAwayFromZero(float value) {
        int magnitude = (int) (Math.abs((double) value) + 0.5);
        return value < 0 ? -magnitude : magnitude;
    }

    private static void q4(float[] block, byte[] target, int at) {
        float largest = 0;
        float signed = 0;
        for (float value : block) {
            if (largest < Math.abs(value)) {
                largest = Math.abs(value);
                signed = value;
            }
        }
        float scale = signed / -8f;
        float inverse = scale != 0 ? 1f / scale : 0f;
        LittleEndian.SHORT.set(target, at, (short) Floats.narrow(scale, Dtype.F16));
        for (int i = 0; i < BLOCK / 2; i++) {
            int low = Math.min(15, (byte) (block[i] * inverse + 8.5f));
            int high = Math.min(15, (byte) (block[i + BLOCK / 2] * inverse + 8.5f));
            target[at + 2 + i] = (byte) (low | high << 4);
        }
    }
}
