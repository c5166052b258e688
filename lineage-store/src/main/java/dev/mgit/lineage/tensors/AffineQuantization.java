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

    private final double[] scales;
    private final Optional<Double> zeroPoint;
    private final long inner;

    /**
     * @param scales one for the tensor, or one a channel
     * @param zeroPoint empty if the file keeps it where it cannot be read; it is then estimated from the other side
     * @param inner elements in a row that share a scale
     */
    private AffineQuantization(double[] scales, Optional<Double> zeroPoint, long inner) {
        this.scales = scales;
        this.zeroPoint = zeroPoint;
        this.inner = inner;
    }

    /**
     * How scales fit a tensor; empty if they do not.
     *
     * @param lastAxis what a vector of scales that fits both axes of a square matrix belongs to
     */
    public static Optional<AffineQuantization> of(
            List<Long> shape, List<Long> scaleShape, double[] scales, Optional<Double> zeroPoint, boolean lastAxis) {
        long elements = shape.stream().reduce(1L, Math::multiplyExact);
        if (scales.length == 1) {
            return Optional.of(new AffineQuantization(scales, zeroPoint, Math.max(1, elements)));
        }
        if (shape.size() < 2 || elements == 0 || scales.length == 0) {
            return Optional.empty();
        }
        boolean rows = shape.get(0) == scales.length;
        boolean columns = shape.get(shape.size() - 1) == scales.length;
        boolean byColumn = scaleShape.size() >= 2 ? scaleShape.get(0) == 1 : lastAxis;
        if (columns && (byColumn || !rows)) {
            return Optional.of(new AffineQuantization(scales, zeroPoint, 1));
        }
        return rows
                ? Optional.of(new AffineQuantization(scales, zeroPoint, elements / scales.length))
                : Optional.empty();
    }

    public boolean hasZeroPoint() {
        return zeroPoint.isPresent();
    }

    /** The scale of the element at an index of the tensor. */
    public double scale(long index) {
        return scales[(int) (index / inner % scales.length)];
    }

    public AffineQuantization withZeroPoint(double value) {
        return new AffineQuantization(scales, Optional.of(value), inner);
    }

    /** Replaces integers by what they stand for; {@code first} is the tensor's index of the first of them. */
    public void apply(long first, double[] values, int count) {
        double zero = zeroPoint.orElse(0.0);
        int channel = (int) (first / inner % scales.length);
        long left = inner - first % inner;
        for (int i = 0; i < count; i++) {
            values[i] = scales[channel] * (values[i] - zero);
            if (--left == 0) {
                left = inner;
                channel = channel + 1 == scales.length ? 0 : channel + 1;
            }
        }
    }
}
