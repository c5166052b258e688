package dev.mgit.lineage.tensors;

import dev.mgit.delta.numeric.Tiles;
import java.util.List;
import java.util.Optional;

/**
 * Affine quantization of a tensor: a number q of few bits stands for scale · (q − zero point), as ONNX's {@code
 * DequantizeLinear} has it and as safetensors files with a tensor {@code NAME_scale} beside {@code NAME} mean.
 */
public final class AffineQuantization {
    /** Tensors with more scales than this are compared as the numbers they are. */
    static final int MAX_SCALES = 1 << 20;

    private static final double[] NO_ZERO_POINT = {0};

    private final double[] scales;
    private final Optional<double[]> zeroPoints;
    private final Tiles tiles;

    /**
     * @param scales one for the tensor, one a channel or one a tile
     * @param zeroPoints one for all or one a scale; empty if the file does not say, which is then estimated from the
     *     other side
     * @param tiles of elements that share a scale
     */
    private AffineQuantization(double[] scales, Optional<double[]> zeroPoints, Tiles tiles) {
        this.scales = scales;
        this.zeroPoints = zeroPoints;
        this.tiles = tiles;
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
        return tiles(shape, scaleShape, scales.length, lastAxis)
                .map(tiles -> new AffineQuantization(scales, zeroPoints, tiles));
    }

    private static Optional<Tiles> tiles(List<Long> shape, List<Long> scaleShape, int scales, boolean lastAxis) {
        long elements = shape.stream().reduce(1L, Math::multiplyExact);
        if (scales == 1) {
            return Optional.of(Tiles.runs(Math.max(1, elements)));
        }
        if (shape.size() < 2 || elements == 0 || scales == 0) {
            return Optional.empty();
        }
        boolean rows = shape.get(0) == scales;
        boolean columns = shape.get(shape.size() - 1) == scales;
        boolean byColumn = scaleShape.size() >= 2 ? scaleShape.get(0) == 1 : lastAxis;
        if (columns && (byColumn || !rows)) {
            return Optional.of(new Tiles(scales, elements / scales, 1));
        }
        return rows ? Optional.of(Tiles.runs(elements / scales)) : tiles(shape, scaleShape);
    }

    private static Optional<Tiles> tiles(List<Long> shape, List<Long> scaleShape) {
        if (shape.size() != 2 || scaleShape.size() != 2) {
            return Optional.empty();
        }
        long height = Tiles.side(shape.get(0), scaleShape.get(0));
        long width = Tiles.side(shape.get(1), scaleShape.get(1));
        return height > 0 && width > 0 ? Optional.of(new Tiles(shape.get(1), height, width)) : Optional.empty();
    }

    public boolean hasZeroPoint() {
        return zeroPoints.isPresent();
    }

    /** The scale of the element at an index of the tensor. */
    public double scale(long index) {
        return scales[(int) tiles.tile(index)];
    }

    public AffineQuantization withZeroPoint(double value) {
        return new AffineQuantization(scales, Optional.of(new double[] {value}), tiles);
    }

    /** Replaces numbers by what they stand for; {@code first} is the tensor's index of the first of them. */
    public void apply(long first, double[] values, int count) {
        double[] zeros = zeroPoints.orElse(NO_ZERO_POINT);
        for (int i = 0; i < count; ) {
            int shared = (int) tiles.tile(first + i);
            double zero = zeros[zeros.length == 1 ? 0 : shared];
            long end = Math.min(count, i + tiles.left(first + i));
            for (; i < end; i++) {
                values[i] = scales[shared] * (values[i] - zero);
            }
        }
    }
}
