package dev.mgit.delta.planner;

import dev.mgit.delta.Dtype;
import dev.mgit.delta.TensorSpec;
import dev.mgit.delta.numeric.Floats;

/** Elements of tensors as numbers, near enough to see which tensors resemble each other. */
final class SampledValues {
    private SampledValues() {}

    /** Reads bytes of either kind of tensor. */
    @FunctionalInterface
    interface Reader {
        void read(long offset, byte[] target, int length);
    }

    static boolean readable(Dtype dtype) {
        return switch (dtype) {
            case F64, F32, F16, BF16, F8_E4M3, F8_E5M2, I64, I32, I16, I8, U64, U32, U16, U8, BOOL, Q8_0, Q4_0 -> true;
            default -> false;
        };
    }

    /** Elements {@code first} to {@code first + count} of a tensor of a readable dtype. */
    static double[] read(Reader reader, Dtype dtype, long first, int count) {
        int per = dtype.blockElements();
        long firstBlock = first / per;
        int blocks = (int) ((first + count + per - 1) / per - firstBlock);
        byte[] bytes = new byte[blocks * dtype.blockBytes()];
        reader.read(firstBlock * dtype.blockBytes(), bytes, bytes.length);
        double[] all = decode(dtype, bytes, blocks * per);
        if (per == 1) {
            return all;
        }
        double[] some = new double[count];
        System.arraycopy(all, (int) (first - firstBlock * per), some, 0, count);
        return some;
    }

    /** All elements of a byte run. */
    static double[] decode(Dtype dtype, byte[] bytes, int count) {
        double[] out = new double[count];
        if (dtype.isFloat()) {
            Floats.read(dtype, bytes, 0, out, count);
        } else if (dtype == Dtype.Q8_0 || dtype == Dtype.Q4_0) {
            ggml(dtype, bytes, out);
        } else {
            int width = dtype.bytes();
            boolean signed = dtype.name().startsWith("I");
            for (int i = 0; i < count; i++) {
                long value = signed && bytes[(i + 1) * width - 1] < 0 ? -1 : 0;
                for (int b = width - 1; b >= 0; b--) {
                    value = value << 8 | (bytes[i * width + b] & 0xff);
                }
                out[i] = value;
            }
        }
        return out;
    }

    private static void ggml(Dtype dtype, byte[] bytes, double[] out) {
        float[] scale = new float[1];
        byte[] half = new byte[2];
        for (int block = 0; block < out.length / 32; block++) {
            int at = block * dtype.blockBytes();
            System.arraycopy(bytes, at, half, 0, 2);
            Floats.read(Dtype.F16, half, 0, scale, 1);
            for (int i = 0; i < 32; i++) {
                int quant;
                if (dtype == Dtype.Q8_0) {
                    quant = bytes[at + 2 + i];
                } else {
                    int pair = bytes[at + 2 + i % 16] & 0xff;
                    quant = (i < 16 ? pair & 15 : pair >> 4) - 8;
                }
                out[block * 32 + i] = scale[0] * (double) quant;
            }
        }
    }

    /** Length of the innermost axis; 1 for scalars. */
    static long innermost(TensorSpec spec) {
        return spec.shape().isEmpty()
                ? 1
                : Math.max(1, spec.shape().get(spec.shape().size() - 1));
    }

    /** Pearson's correlation; 0 where either side is constant or holds something that is no finite number. */
    static double correlation(double[] a, double[] b) {
        double meanA = 0;
        double meanB = 0;
        for (int i = 0; i < a.length; i++) {
            meanA += a[i] / a.length;
            meanB += b[i] / a.length;
        }
        double ab = 0;
        double aa = 0;
        double bb = 0;
        for (int i = 0; i < a.length; i++) {
            ab += (a[i] - meanA) * (b[i] - meanB);
            aa += (a[i] - meanA) * (a[i] - meanA);
            bb += (b[i] - meanB) * (b[i] - meanB);
        }
        double correlation = ab / Math.sqrt(aa * bb);
        return Double.isFinite(correlation) ? correlation : 0;
    }
}
