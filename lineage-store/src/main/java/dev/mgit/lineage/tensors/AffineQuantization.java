package dev.mgit.lineage.tensors;

import java.util.List;
import java.util.Optional;

/**
 * Affine quantization of a tensor: an integer q stands for scale · (q − zero point), as ONNX's {@code
 * DequantizeLinear} has it and as safetensors files with a tensor {@code NAME_scale} beside {@code NAME} mean.
 */
public final class AffineQuantization {
    /** Tensors with more scales than this are compared as the integers they are. */
    static final int MAX_SCALES = 1 << 20;

    private static final double[] NO_ZERO_POINT = {0};

    private final double[] scales;
    private final Optional<double[]> zeroPoints;
    private final long inner;

    /**
     * @param scales one for the tensor, or one a channel
     * @param zeroPoints one for all or one a scale; empty if the file does not say, which is then estimated from the
     *     other side
     * @param inner elements in a row that share a scale
     */
    private AffineQuantization(double[] scales, Optional<double[]> zeroPoints, long inner) {
        this.scales = scales;
        this.zeroPoints = zeroPoints;
        this.inner = inner;
    }

    /**
     * How scales fit a tensor; empty if they do not.
     *
     * @param zeroPoints one for all or one a scale
     * @param lastAxis what a vector of scales that fits both axes of a square matrix belongs to
     */
    public static Optional<AffineQuantization> of(
            List<Long> shape, List<Long> scaleShape, double[] scales, Optional<double[]> zeroPoints, boolean lastAxis) {
        if (zeroPoints
                .filter(zeros -> zeros.length != 1 && zeros.length != scales.length)
                .isPresent()) {
            return Optional.empty();
        }
        long elements = shape.stream().reduce(1L, Math::multiplyExact);
        if (scales.length == 1) {
            return Optional.of(new AffineQuantization(scales, zeroPoints, Math.max(1, elements)));
        }
        if (shape.size() < 2 || elements == 0 || scales.length == 0) {
            return Optional.empty();
        }
        boolean rows = shape.get(0) == scales.length;
        boolean columns = shape.get(shape.size() - 1) == scales.length;
        boolean byColumn = scaleShape.size() >= 2 ? scaleShape.get(0) == 1 : lastAxis;
        if (columns && (byColumn || !rows)) {
            return Optional.of(new AffineQuantization(scales, zeroPoints, 1));
        }
        return rows
                ? Optional.of(new AffineQuantization(scales, zeroPoints, elements / scales.length))
                : Optional.empty();
    }

    public boolean hasZeroPoint() {
        return zeroPoints.isPresent();
    }

    /** The scale of the element at an index of the tensor. */
    public double scale(long index) {
        return scales[(int) (index / inner % scales.length)];
    }

    public AffineQuantization withZeroPoint(double value) {
        return new AffineQuantization(scales, Optional.of(new double[] {value}), inner);
    }

    /** Replaces integers by what they stand for; {@code first} is the tensor's index of the first of them. */
    public void apply(long first, double[] values, int count) {
        double[] zeros = zeroPoints.orElse(NO_ZERO_POINT);
        int channel = (int) (first / inner % scales.length);
        long left = inner - first % inner;
        for (int i = 0; i < count; i++) {
            values[i] = scales[channel] * (values[i] - zeros[zeros.length == 1 ? 0 : channel]);
            if (--left == 0) {
                left = inner;
                channel = channel + 1 == scales.length ? 0 : channel + 1;
            }
        }
    }
}
