package dev.mgit.lineage.detect;

import dev.mgit.delta.Dtype;

/**
 * What is remembered of one tensor.
 *
 * @param rows the outermost dimension
 * @param columns the product of the others; 1 for vectors
 * @param digest a hash of all sampled values, the same for the transposed tensor and for any dtype that holds the same
 *     values; 0 where there were no numbers to read
 * @param sampleRows rows of {@code values}
 * @param sampleColumns columns of {@code values}
 * @param values sampled values, row-major, at {@link SamplePositions}; integers with a known scale as what they stand for
 * @param square mean of squares over the rows that were read
 * @param fourth mean of fourth powers over the same
 * @param scaled whether the elements are integers, or blocks of them, that stand for floats
 */
@SuppressWarnings("ArrayRecordComponent") // read only within this package, and sketches are never compared
public record TensorSketch(
        String name,
        Dtype dtype,
        long rows,
        long columns,
        long digest,
        int sampleRows,
        int sampleColumns,
        float[] values,
        double square,
        double fourth,
        boolean scaled) {
    /** Vectors this long are flattened weights rather than biases. */
    static final long LONG_VECTOR = 1 << 12;

    long elements() {
        return rows * columns;
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

    /** The sample in row {@code i} and column {@code j} of the grid. */
    float value(int i, int j) {
        return values[i * sampleColumns + j];
    }
}
