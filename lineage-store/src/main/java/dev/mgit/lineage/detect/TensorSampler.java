package dev.mgit.lineage.detect;

import dev.mgit.delta.Dtype;
import dev.mgit.lineage.tensors.CheckpointTensor;
import dev.mgit.lineage.tensors.TensorReader;
import java.io.IOException;
import java.util.List;

/** Reads the samples of one tensor. */
final class TensorSampler {
    /** Rows are read whole up to this many elements; of longer ones the start and the samples. */
    static final int ROW = 1 << 13;

    private final TensorReader reader;
    private final long columns;
    private double square;
    private double fourth;
    private long counted;

    private TensorSampler(TensorReader reader, long columns) {
        this.reader = reader;
        this.columns = columns;
    }

    static TensorSketch of(CheckpointTensor weight) throws IOException {
        List<Long> shape = weight.spec().shape();
        long rows = shape.isEmpty() ? 1 : shape.get(0);
        long elements = weight.spec().elements();
        long columns = rows == 0 ? 0 : elements / rows;
        TensorReader reader = new TensorReader(weight);
        if (elements == 0 || !reader.canRead()) {
            return sketch(weight, rows, columns, 0, 0, new float[0], 0, 0);
        }
        if (columns == 1) {
            int count = rows >= TensorSketch.LONG_VECTOR ? SamplePositions.LONG : SamplePositions.GRID;
            return new TensorSampler(reader, rows).vector(weight, rows, count);
        }
        return new TensorSampler(reader, columns).matrix(weight, rows);
    }

    private TensorSketch vector(CheckpointTensor weight, long length, int count) throws IOException {
        float[] values = new float[count];
        row(0, SamplePositions.of(length, count), values, 0);
        return sketch(weight, length, 1, count, 1, values, square / counted, fourth / counted);
    }

    private TensorSketch matrix(CheckpointTensor weight, long rows) throws IOException {
        float[] values = new float[SamplePositions.GRID * SamplePositions.GRID];
        long[] at = SamplePositions.of(columns, SamplePositions.GRID);
        long[] rowsAt = SamplePositions.of(rows, SamplePositions.GRID);
        for (int i = 0; i < SamplePositions.GRID; i++) {
            row(rowsAt[i], at, values, i * SamplePositions.GRID);
        }
        return sketch(
                weight,
                rows,
                columns,
                SamplePositions.GRID,
                SamplePositions.GRID,
                values,
                square / counted,
                fourth / counted);
    }

    /** Reads the sampled columns of one row, and counts the row's start towards the moments. */
    private void row(long row, long[] at, float[] values, int offset) throws IOException {
        int whole = (int) Math.min(columns, ROW);
        double[] start = reader.read(row * columns, whole);
        for (double value : start) {
            double squared = value * value;
            if (Double.isFinite(squared)) {
                square += squared;
                fourth += squared * squared;
                counted++;
            }
        }
        for (int j = 0; j < at.length; j++) {
            values[offset + j] =
                    (float) (at[j] < whole ? start[(int) at[j]] : reader.read(row * columns + at[j], 1)[0]);
        }
    }

    private static TensorSketch sketch(
            CheckpointTensor weight,
            long rows,
            long columns,
            int sampleRows,
            int sampleColumns,
            float[] values,
            double square,
            double fourth) {
        Dtype dtype = weight.spec().dtype();
        boolean scaled = dtype.isBlockType() || weight.scaling().isPresent();
        long digest = SketchKeys.digest(rows, columns, sampleRows, sampleColumns, values);
        return new TensorSketch(
                weight.name(),
                dtype,
                rows,
                columns,
                digest,
                sampleRows,
                sampleColumns,
                values,
                Double.isFinite(square) ? square : 0,
                Double.isFinite(fourth) ? fourth : 0,
                scaled);
    }
}
