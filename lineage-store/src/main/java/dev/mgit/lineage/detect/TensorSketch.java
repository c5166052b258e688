package dev.mgit.lineage.detect;

import dev.mgit.delta.Dtype;

/**
 * What is remembered of one tensor.
 *
 * @param rows the outermost dimension of a matrix; of a tensor of more dimensions see {@link SketchAxes}
 * @param columns its other dimension; 1 for vectors
 * @param depth the product of all further dimensions, 1 for matrices
 * @param layout a hash of the shape, dimensions of length 1 left out, which tells orders of axes apart
 * @param digest a hash of all sampled values, the same for the tensor with its axes in another order and for any dtype
 *     that holds the same values; of sampled bytes where there are no numbers to read
 * @param sampleRows rows of {@code values}
 * @param sampleColumns columns of {@code values}
 * @param values sampled values, row-major, at {@link SamplePositions}; integers with a known scale as what they stand for
 * @param square mean of squares over the rows that were read
 * @param fourth mean of fourth powers over the same
 * @param part whether it is a part of the tensor named before the bracket, sketched beside it
 * @param scaled whether the elements are integers, or blocks of them, that stand for floats
 */
@SuppressWarnings("ArrayRecordComponent") // read only within this package, and sketches are never compared
public record TensorSketch(
        String name,
        Dtype dtype,
        long rows,
        long columns,
        long depth,
        int layout,
        long digest,
        int sampleRows,
        int sampleColumns,
        float[] values,
        double square,
        double fourth,
        boolean scaled,
        boolean part) {
    /** Vectors this long are flattened weights rather than biases. */
    static final long LONG_VECTOR = 1 << 12;

    long elements() {
        return rows * columns * depth;
    }

    /** Whether this is one of the tensors that tell models apart, not a bias, norm or buffer. */
    boolean isWeight() {
        return hasNumbers() && (columns == 1 ? rows >= LONG_VECTOR : rows >= 4 && columns >= 4);
    }

    boolean hasNumbers() {
        return values.length > 0 && (dtype.isFloat() || scaled);
    }

    boolean isSquare() {
        return rows == columns;
    }

    /** The same, as a part of another. */
    TensorSketch asPart() {
        return new TensorSketch(
                name,
                dtype,
                rows,
                columns,
                depth,
                layout,
                digest,
                sampleRows,
                sampleColumns,
                values,
                square,
                fourth,
                scaled,
                true);
    }

    /** Of a part, the name of the tensor it is a part of. */
    String whole() {
        return part ? name.substring(0, name.lastIndexOf('[')) : name;
    }

    /** The sample in row {@code i} and column {@code j} of the grid. */
    float value(int i, int j) {
        return values[i * sampleColumns + j];
    }
}
