package dev.mgit.lineage.tensors;

import dev.mgit.lineage.diff.measure.TensorComparison;
import java.io.IOException;
import java.util.Optional;

/** Reads a matrix with rows and columns exchanged, a part at a time. */
public final class TransposedReader {
    private TransposedReader() {}

    /**
     * Elements of the transposed matrix. From each row of the stored one, the few elements that belong here are read,
     * so that reading all parts reads every byte once; where what is stored is coded in blocks, those of the whole
     * matrix are decoded for each part that is read, unless they are kept.
     *
     * @param first row-major index in the transposed matrix
     * @param scaling of the matrix as it is stored
     */
    public static double[] read(CheckpointTensor matrix, Optional<AffineQuantization> scaling, long first, int count)
            throws IOException {
        long columns = matrix.shape().get(0);
        long rows = matrix.shape().get(1);
        int width = matrix.spec().dtype().bytes();
        long top = first / columns;
        long bottom = (first + count - 1) / columns;
        byte[] bytes = new byte[Math.toIntExact((bottom - top + 1) * width)];
        double[] run = new double[bytes.length / width];
        double[] values = new double[count];
        for (long column = 0; column < columns; column++) {
            long from = column >= first - top * columns ? top : top + 1;
            long to = column <= first + count - 1 - bottom * columns ? bottom : bottom - 1;
            int length = (int) (to - from + 1);
            if (length > 0) {
                long start = column * rows + from;
                matrix.bytes().read(start * width, bytes, 0, length * width);
                TensorComparison.read(matrix, scaling, bytes, start, 0, run, length);
                for (int i = 0; i < length; i++) {
                    values[(int) ((from + i) * columns + column - first)] = run[i];
                }
            }
        }
        return values;
    }
}
