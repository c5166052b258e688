package dev.mgit.delta.planner;

import dev.mgit.delta.Dtype;
import dev.mgit.delta.TensorSpec;
import dev.mgit.delta.predictor.QuantizePredictor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The scales and zero points that lie beside a quantized tensor in its file. An element stands for the float
 * {@code scale * (element - zeroPoint)} of its channel.
 *
 * @param scale the tensor that holds the scales
 * @param scales its values, one a channel
 * @param zeroPoints as many, or a single one for all
 * @param inferred whether the zero points were not there to be read: ONNX writes those of onnxruntime as varints
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
record QuantizationParameters(ChildTensor scale, float[] scales, int[] zeroPoints, boolean inferred) {
    private static final int MAX_CHANNELS = 1 << 18;
    private static final int LARGEST_ZERO_POINT = 255;
    private static final String QUANTIZED = "_quantized";

    /** ONNX calls them {@code X_quantized, X_scale, X_zero_point}; compressed-tensors {@code X, X_scale}. */
    private static final List<List<String>> SUFFIXES = List.of(
            List.of("_scale", "_zero_point"), List.of("_scales", "_zero_points"), List.of(".scale", ".zero_point"));

    /** The name a quantized tensor's floats have, or had. */
    static String floatName(String name) {
        return name.endsWith(QUANTIZED) ? name.substring(0, name.length() - QUANTIZED.length()) : name;
    }

    static Optional<QuantizationParameters> of(ChildTensor child) {
        if (child.spec().dtype() != Dtype.I8 && child.spec().dtype() != Dtype.U8) {
            return Optional.empty();
        }
        String name = floatName(child.spec().name());
        for (List<String> suffixes : SUFFIXES) {
            ChildTensor scale = child.sibling(name + suffixes.get(0)).orElse(null);
            if (scale != null && scale.spec().dtype().isFloat() && isSmall(scale)) {
                return of(child, scale, child.sibling(name + suffixes.get(1)));
            }
        }
        return Optional.empty();
    }

    private static Optional<QuantizationParameters> of(
            ChildTensor child, ChildTensor scale, Optional<ChildTensor> zeroPoint) {
        double[] wide = all(scale);
        if (child.spec().elements() % wide.length != 0) {
            return Optional.empty();
        }
        float[] scales = new float[wide.length];
        for (int i = 0; i < wide.length; i++) {
            scales[i] = (float) wide[i];
        }
        Optional<int[]> read = zeroPoint
                .filter(zero -> SampledValues.readable(zero.spec().dtype()) && isSmall(zero))
                .map(QuantizationParameters::points)
                .filter(points -> points.length == 1 || points.length == scales.length);
        int middle = child.spec().dtype() == Dtype.U8 ? 128 : 0;
        return Optional.of(new QuantizationParameters(scale, scales, read.orElse(new int[] {middle}), read.isEmpty()));
    }

    private static boolean isSmall(ChildTensor tensor) {
        long elements = tensor.spec().elements();
        return elements > 0 && elements <= MAX_CHANNELS;
    }

    private static double[] all(ChildTensor tensor) {
        return SampledValues.read(
                tensor::read, tensor.spec().dtype(), 0, (int) tensor.spec().elements());
    }

    private static int[] points(ChildTensor zero) {
        double[] points = all(zero);
        int[] zeroPoints = new int[points.length];
        for (int i = 0; i < points.length; i++) {
            zeroPoints[i] = (int) Math.max(-LARGEST_ZERO_POINT, Math.min(LARGEST_ZERO_POINT, points[i]));
        }
        return shortened(zeroPoints);
    }

    /** A single one for all where all are equal. */
    private static int[] shortened(int[] zeroPoints) {
        for (int point : zeroPoints) {
            if (point != zeroPoints[0]) {
                return zeroPoints;
            }
        }
        return new int[] {zeroPoints[0]};
    }

    QuantizationParameters withZeroPoints(int[] found) {
        return new QuantizationParameters(scale, scales, shortened(found), false);
    }

    int channels() {
        return scales.length;
    }

    /**
     * How many neighbouring elements may share a channel, channels following each other in a cycle: for scales of any one
     * axis, of all leading ones, of groups within the last, or a single scale.
     */
    Set<Long> runs(TensorSpec spec) {
        Set<Long> runs = new LinkedHashSet<>();
        long inner = spec.elements();
        for (long dimension : spec.shape()) {
            inner = dimension == 0 ? 0 : inner / dimension;
            if (dimension == channels() && inner > 0) {
                runs.add(inner);
            }
        }
        if (runs.isEmpty() && spec.elements() >= channels()) {
            runs.add(spec.elements() / channels());
        }
        return runs;
    }

    /** What elements of the quantized tensor stand for, for each way channels may lie; empty for a single channel. */
    List<double[]> dequantized(TensorSpec spec, long[] positions, double[] values) {
        List<double[]> all = new ArrayList<>();
        for (long run : channels() == 1 ? Set.<Long>of() : runs(spec)) {
            double[] floats = new double[values.length];
            for (int i = 0; i < values.length; i++) {
                int channel = (int) (positions[i] / run % channels());
                floats[i] = scales[channel] * (values[i] - zeroPoints[zeroPoints.length == 1 ? 0 : channel]);
            }
            all.add(floats);
        }
        return all;
    }

    /** The predictor's parameters for elements of the tensor: those of their channels, where these do not come round. */
    byte[] of(Dtype source, int scheme, long run, long first, long count) {
        long period = run * channels();
        long start = first % period;
        int from = (int) (start / run);
        long to = (start + Math.max(1, count) - 1) / run + 1;
        if (to > channels()) {
            return QuantizePredictor.affine(source, scheme, run, start, scales, zeroPoints);
        }
        return QuantizePredictor.affine(
                source,
                scheme,
                run,
                start % run,
                Arrays.copyOfRange(scales, from, (int) to),
                zeroPoints.length == 1 ? zeroPoints : Arrays.copyOfRange(zeroPoints, from, (int) to));
    }

    /** The same where the scales are stored already, so that frames name them instead of repeating them. */
    byte[] besideScales(Dtype source, int scheme, long run, long first) {
        return QuantizePredictor.affine(source, scheme, run, first % (run * channels()), new float[0], zeroPoints);
    }

    /** The scales in the store. */
    Optional<SourceTensor> stored(Candidates candidates) {
        TensorSpec spec = scale.spec();
        return candidates.named(spec.name()).stream()
                .filter(source -> source.rank() == SourceTensor.SAME_VERSION
                        && source.spec().equals(spec)
                        && spec.dtype() == Dtype.F32)
                .findFirst();
    }
}
