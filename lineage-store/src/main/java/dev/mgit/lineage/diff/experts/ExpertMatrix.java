package dev.mgit.lineage.diff.experts;

import dev.mgit.delta.layout.ByteSource;
import dev.mgit.lineage.tensors.CheckpointTensor;
import dev.mgit.lineage.tensors.TensorReader;
import dev.mgit.lineage.tensors.TensorSamples;
import java.io.IOException;
import java.util.Arrays;

/** One matrix of an expert: a tensor, or some rows of one. Another layout may hold it transposed. */
final class ExpertMatrix {
    private static final int TILE = 8;
    /** Bytes of each side held at once. */
    private static final int HELD = 1 << 22;

    private final CheckpointTensor tensor;
    /** Element of the tensor at which it begins. */
    private final long first;

    private final long rows;
    private final long columns;
    /** {@link #TILE} by {@link #TILE} values from its middle; empty if they cannot be read. */
    private final double[] tile;

    private ExpertMatrix(CheckpointTensor tensor, long first, long rows, long columns, double[] tile) {
        this.tensor = tensor;
        this.first = first;
        this.rows = rows;
        this.columns = columns;
        this.tile = tile;
    }

    static ExpertMatrix of(CheckpointTensor tensor, long first, long rows, long columns) throws IOException {
        var reader = new TensorReader(tensor);
        if (!reader.canRead() || rows < TILE || columns < TILE) {
            return new ExpertMatrix(tensor, first, rows, columns, new double[0]);
        }
        double[] tile = new double[TILE * TILE];
        for (int row = 0; row < TILE; row++) {
            long at = first + (rows / 2 - TILE / 2 + row) * columns + columns / 2 - TILE / 2;
            System.arraycopy(reader.read(at, TILE), 0, tile, row * TILE, TILE);
        }
        return new ExpertMatrix(tensor, first, rows, columns, tile);
    }

    /** Correlation with another, as it is or turned; 0 where their shapes do not fit. */
    double likeness(ExpertMatrix other) {
        double straight = isStraight(other) ? correlation(tile, other.tile) : 0;
        double turned = isTurned(other) ? correlation(tile, turned(other.tile)) : 0;
        return Math.max(straight, turned);
    }

    private boolean isStraight(ExpertMatrix other) {
        return rows == other.rows && columns == other.columns;
    }

    private boolean isTurned(ExpertMatrix other) {
        return rows == other.columns && columns == other.rows;
    }

    private static double correlation(double[] a, double[] b) {
        if (a.length == 0 || b.length == 0) {
            return 0;
        }
        return Arrays.equals(a, b) ? 1 : TensorSamples.correlation(a, b).orElse(0.0);
    }

    private static double[] turned(double[] tile) {
        double[] turned = new double[tile.length];
        for (int i = 0; i < tile.length; i++) {
            turned[i % TILE * TILE + i / TILE] = tile[i];
        }
        return turned;
    }

    /** Whether it has the bytes of another, as they are or turned. Reads both, a part at a time. */
    boolean isSame(ExpertMatrix other) throws IOException {
        if (tensor.spec().dtype() != other.tensor.spec().dtype()
                || tensor.spec().dtype().blockElements() != 1) {
            return false;
        }
        return isStraight(other) && equals(other, false) || isTurned(other) && equals(other, true);
    }

    private boolean equals(ExpertMatrix other, boolean turned) throws IOException {
        int width = tensor.spec().dtype().bytes();
        int strip = (int) Math.max(1, Math.min(rows, HELD / (columns * width)));
        byte[] own = new byte[(int) (strip * columns * width)];
        byte[] theirs = new byte[own.length];
        for (long row = 0; row < rows; row += strip) {
            int some = (int) Math.min(strip, rows - row);
            int length = (int) (some * columns * width);
            read(row * columns, own, 0, length);
            if (!turned) {
                other.read(row * columns, theirs, 0, length);
            } else {
                for (int column = 0; column < columns; column++) {
                    other.read(column * rows + row, theirs, column * some * width, some * width);
                }
            }
            if (turned
                    ? !isTurned(own, theirs, some, (int) columns, width)
                    : !Arrays.equals(own, 0, length, theirs, 0, length)) {
                return false;
            }
        }
        return true;
    }

    private static boolean isTurned(byte[] own, byte[] theirs, int rows, int columns, int width) {
        for (int row = 0; row < rows; row++) {
            for (int column = 0; column < columns; column++) {
                int a = (row * columns + column) * width;
                int b = (column * rows + row) * width;
                if (!Arrays.equals(own, a, a + width, theirs, b, b + width)) {
                    return false;
                }
            }
        }
        return true;
    }

    private void read(long element, byte[] target, int offset, int length) throws IOException {
        int width = tensor.spec().dtype().bytes();
        ByteSource bytes = tensor.bytes();
        bytes.read((first + element) * width, target, offset, length);
    }
}
