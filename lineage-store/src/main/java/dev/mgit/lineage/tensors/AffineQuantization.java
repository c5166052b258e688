package dev.mgit.lineage.tensors;

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
    private final Places places;

    /**
     * @param scales one for the tensor, one a channel or one a tile
     * @param zeroPoints one for all or one a scale; empty if the file does not say, which is then estimated from the
     *     other side
     */
    private AffineQuantization(double[] scales, Optional<double[]> zeroPoints, Places places) {
        this.scales = scales;
        this.zeroPoints = zeroPoints;
        this.places = places;
    }

    /** Which elements share a scale, by their index in the tensor. */
    private interface Places {
        int scale(long index);

        /** Elements from here on that share one. */
        long left(long index);
    }

    /** So many elements in a row, then as many of the next, and round again. */
    private record Channels(long inner, int count) implements Places {
        @Override
        public int scale(long index) {
            return (int) (index / inner % count);
        }

        @Override
        public long left(long index) {
            return inner - index % inner;
        }
    }

    /** Tiles of a matrix, those at the right and lower edge cut off. */
    private record Tiles(long columns, long height, long width) implements Places {
        @Override
        public int scale(long index) {
            long perRow = (columns + width - 1) / width;
            return (int) (index / columns / height * perRow + index % columns / width);
        }

        @Override
        public long left(long index) {
            long column = index % columns;
            return Math.min(columns - column, width - column % width);
        }
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
        return places(shape, scaleShape, scales.length, lastAxis)
                .map(places -> new AffineQuantization(scales, zeroPoints, places));
    }

    private static Optional<Places> places(List<Long> shape, List<Long> scaleShape, int scales, boolean lastAxis) {
        long elements = shape.stream().reduce(1L, Math::multiplyExact);
        if (scales == 1) {
            return Optional.of(new Channels(Math.max(1, elements), 1));
        }
        if (shape.size() < 2 || elements == 0 || scales == 0) {
            return Optional.empty();
        }
        boolean rows = shape.get(0) == scales;
        boolean columns = shape.get(shape.size() - 1) == scales;
        boolean byColumn = scaleShape.size() >= 2 ? scaleShape.get(0) == 1 : lastAxis;
        if (columns && (byColumn || !rows)) {
            return Optional.of(new Channels(1, scales));
        }
        return rows ? Optional.of(new Channels(elements / scales, scales)) : tiles(shape, scaleShape);
    }

    private static Optional<Places> tiles(List<Long> shape, List<Long> scaleShape) {
        if (shape.size() != 2 || scaleShape.size() != 2) {
            return Optional.empty();
        }
        long height = side(shape.get(0), scaleShape.get(0));
        long width = side(shape.get(1), scaleShape.get(1));
        return height > 0 && width > 0 ? Optional.of(new Tiles(shape.get(1), height, width)) : Optional.empty();
    }

    /** The side of tiles of which so many cover a length: a power of two, or what divides it; 0 if neither does. */
    private static long side(long length, long tiles) {
        if (tiles <= 1) {
            return tiles == 1 ? length : 0;
        }
        long side = Long.highestOneBit(Math.max(1, 2 * (length / tiles) - 1));
        if ((length + side - 1) / side == tiles) {
            return side;
        }
        return length % tiles == 0 ? length / tiles : 0;
    }

    public boolean hasZeroPoint() {
        return zeroPoints.isPresent();
    }

    /** The scale of the element at an index of the tensor. */
    public double scale(long index) {
        return scales[places.scale(index)];
    }

    public AffineQuantization withZeroPoint(double value) {
        return new AffineQuantization(scales, Optional.of(new double[] {value}), places);
    }

    /** Replaces numbers by what they stand for; {@code first} is the tensor's index of the first of them. */
    public void apply(long first, double[] values, int count) {
        double[] zeros = zeroPoints.orElse(NO_ZERO_POINT);
        for (int i = 0; i < count; ) {
            int shared = places.scale(first + i);
            double zero = zeros[zeros.length == 1 ? 0 : shared];
            long end = Math.min(count, i + places.left(first + i));
            for (; i < end; i++) {
                values[i] = scales[shared] * (values[i] - zero);
            }
        }
    }
}
