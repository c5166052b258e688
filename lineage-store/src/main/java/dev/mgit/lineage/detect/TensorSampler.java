package dev.mgit.lineage.detect;

import dev.mgit.delta.Dtype;
import dev.mgit.lineage.tensors.CheckpointTensor;
import dev.mgit.lineage.tensors.TensorReader;
import java.io.IOException;
import java.util.stream.LongStream;
import java.util.zip.CRC32C;

/** Reads the samples of one tensor. */
final class TensorSampler {
    /** Rows are read whole up to this many elements; of longer ones the start and the samples. */
    static final int ROW = 1 << 13;

    /** Of what holds no numbers all bytes count up to here, of more so many runs. */
    private static final long WHOLE = 1 << 26;

    private static final int RUNS = 64;
    private static final int RUN = 1 << 16;

    private final CheckpointTensor weight;
    private final TensorReader reader;
    private final SketchAxes axes;
    private double square;
    private double fourth;
    private long counted;

    private TensorSampler(CheckpointTensor weight) {
        this.weight = weight;
        this.reader = new TensorReader(weight);
        this.axes = SketchAxes.of(weight.spec().shape());
    }

    static TensorSketch of(CheckpointTensor weight) throws IOException {
        var sampling = new TensorSampler(weight);
        long elements = weight.spec().elements();
        if (elements == 0 || !sampling.reader.canRead()) {
            return sampling.sketch(digest(weight), 0, 0, new float[0]);
        }
        long columns = sampling.axes.columns().length();
        return columns == 1 && sampling.axes.rest().length() == 1
                ? sampling.vector(elements >= TensorSketch.LONG_VECTOR ? SamplePositions.LONG : SamplePositions.GRID)
                : sampling.matrix();
    }

    private TensorSketch vector(int count) throws IOException {
        long length = axes.rows().length();
        float[] values = new float[count];
        double[] start = start(0, length);
        long[] at = SamplePositions.of(length, count);
        for (int k = 0; k < count; k++) {
            values[k] = value(at[k], 0, start);
        }
        return sketch(0, count, 1, values);
    }

    /** A row is what lies together: of a matrix its row, of more dimensions all of one position of the outermost. */
    private TensorSketch matrix() throws IOException {
        long[] rows = SamplePositions.of(axes.rows().length(), SamplePositions.GRID);
        long[] columns = SamplePositions.of(axes.columns().length(), SamplePositions.GRID);
        long outer = weight.spec().shape().stream()
                .filter(length -> length != 1)
                .findFirst()
                .orElse(1L);
        long row = weight.spec().elements() / outer;
        long[] starts = SamplePositions.of(outer, SamplePositions.GRID);
        float[] values = new float[SamplePositions.GRID * SamplePositions.GRID];
        for (int i = 0; i < SamplePositions.GRID; i++) {
            double[] start = start(starts[i] * row, row);
            for (int j = 0; j < SamplePositions.GRID; j++) {
                values[i * SamplePositions.GRID + j] =
                        value(axes.element(i, j, rows[i], columns[j]), starts[i] * row, start);
            }
        }
        return sketch(0, SamplePositions.GRID, SamplePositions.GRID, values);
    }

    /** The start of a row, which counts towards the moments. */
    private double[] start(long first, long row) throws IOException {
        double[] start = reader.read(first, (int) Math.min(row, ROW));
        for (double value : start) {
            double squared = value * value;
            if (Double.isFinite(squared)) {
                square += squared;
                fourth += squared * squared;
                counted++;
            }
        }
        return start;
    }

    private float value(long element, long first, double[] start) throws IOException {
        boolean known = element >= first && element < first + start.length;
        return (float) (known ? start[(int) (element - first)] : reader.read(element, 1)[0]);
    }

    /** A hash of the bytes, of a large tensor of some runs of them. */
    private static long digest(CheckpointTensor weight) throws IOException {
        long size = weight.bytes().size();
        var crc = new CRC32C();
        byte[] run = new byte[(int) Math.min(size, RUN)];
        long[] starts = size <= WHOLE
                ? LongStream.iterate(0, at -> at < size, at -> at + RUN).toArray()
                : SamplePositions.of(size - RUN + 1, RUNS);
        for (long at : starts) {
            int length = (int) Math.min(run.length, size - at);
            weight.bytes().read(at, run, 0, length);
            crc.update(run, 0, length);
        }
        long digest = SamplePositions.mix(SamplePositions.mix(size) + crc.getValue());
        return size == 0 ? 0 : digest;
    }

    private TensorSketch sketch(long byteDigest, int sampleRows, int sampleColumns, float[] values) {
        Dtype dtype = weight.spec().dtype();
        long rows = axes.rows().length();
        long columns = axes.columns().length();
        long depth = axes.rest().length();
        long digest = values.length == 0
                ? byteDigest
                : SketchKeys.digest(rows, columns, depth, sampleRows, sampleColumns, values);
        return new TensorSketch(
                weight.name(),
                dtype,
                rows,
                columns,
                depth,
                RecurrentGates.shape(weight).hashCode(),
                digest,
                sampleRows,
                sampleColumns,
                values,
                moment(square),
                moment(fourth),
                dtype.isBlockType() || weight.scaling().isPresent(),
                false);
    }

    private double moment(double sum) {
        double mean = sum / counted;
        return Double.isFinite(mean) ? mean : 0;
    }
}
