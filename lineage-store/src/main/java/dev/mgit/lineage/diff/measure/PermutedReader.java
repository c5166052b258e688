package dev.mgit.lineage.diff.measure;

import dev.mgit.lineage.tensors.AffineQuantization;
import dev.mgit.lineage.tensors.AxisPermutation;
import dev.mgit.lineage.tensors.CheckpointTensor;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * Reads a tensor with its axes in another order, a part at a time. A part is a box in the stored order; its elements are
 * read in the longest runs they have there, so that reading all parts reads every byte about once, while the part is no
 * longer than some rows. Where what is stored is coded in blocks, those are decoded for each part, unless they are kept.
 */
public final class PermutedReader {
    /** Elements read at a time. */
    private static final int PIECE = 1 << 16;

    private final CheckpointTensor stored;
    private final Optional<AffineQuantization> scaling;
    private final long[] shape;
    /** Elements from one position to the next of each stored axis, as they are stored and in the order asked for. */
    private final long[] strides;

    private final long[] target;
    private final long[] low;
    private final long[] high;

    /** @param scaling of the tensor as it is stored */
    PermutedReader(
            CheckpointTensor stored,
            Optional<AffineQuantization> scaling,
            AxisPermutation arrangement,
            long first,
            int count) {
        this.stored = stored;
        this.scaling = scaling;
        List<Long> lengths = AxisPermutation.shape(stored);
        int rank = lengths.size();
        this.shape = lengths.stream().mapToLong(Long::longValue).toArray();
        this.strides = new long[rank];
        this.target = new long[rank];
        this.low = new long[rank];
        this.high = Arrays.stream(shape).map(length -> length - 1).toArray();
        long step = 1;
        for (int j = rank - 1; j >= 0; j--) {
            strides[j] = step;
            step *= shape[j];
        }
        step = 1;
        for (int k = rank - 1; k >= 0; k--) {
            int axis = arrangement.axes().get(k);
            target[axis] = step;
            step *= shape[axis];
        }
        narrow(arrangement, first, first + count - 1);
    }

    /** The box that the elements lie in: all have one position on the outer axes, and some on the first they differ in. */
    private void narrow(AxisPermutation arrangement, long first, long last) {
        long from = first;
        long to = last;
        for (int axis : arrangement.axes()) {
            low[axis] = from / target[axis];
            high[axis] = to / target[axis];
            if (low[axis] < high[axis]) {
                return;
            }
            from %= target[axis];
            to %= target[axis];
        }
    }

    /**
     * Elements in the order of the arrangement.
     *
     * @param first index in that order, row-major
     */
    public static double[] read(
            CheckpointTensor stored,
            Optional<AffineQuantization> scaling,
            AxisPermutation arrangement,
            long first,
            int count)
            throws IOException {
        double[] values = new double[count];
        new PermutedReader(stored, scaling, arrangement, first, count).read(first, values);
        return values;
    }

    private void read(long first, double[] values) throws IOException {
        int inner = shape.length - 1;
        while (inner > 0 && low[inner] == 0 && high[inner] == shape[inner] - 1) {
            inner--;
        }
        long run = (high[inner] - low[inner] + 1) * strides[inner];
        byte[] bytes =
                new byte[(int) Math.min(PIECE, run) * stored.spec().dtype().bytes()];
        double[] piece = new double[(int) Math.min(PIECE, run)];
        long[] at = low.clone();
        boolean more = true;
        while (more) {
            long start = 0;
            for (int j = 0; j <= inner; j++) {
                start += at[j] * strides[j];
            }
            for (long done = 0; done < run; done += piece.length) {
                int length = (int) Math.min(piece.length, run - done);
                take(start + done, length, bytes, piece, first, values);
            }
            more = next(at, inner - 1);
        }
    }

    private boolean next(long[] at, int outermost) {
        for (int j = outermost; j >= 0; j--) {
            if (++at[j] <= high[j]) {
                return true;
            }
            at[j] = low[j];
        }
        return false;
    }

    /** Puts a run of stored elements where they belong; those at the ends of the box may belong nowhere. */
    private void take(long start, int length, byte[] bytes, double[] piece, long first, double[] values)
            throws IOException {
        int width = stored.spec().dtype().bytes();
        stored.bytes().read(start * width, bytes, 0, length * width);
        TensorComparison.read(stored, scaling, bytes, start, 0, piece, length);
        int last = shape.length - 1;
        for (int i = 0; i < length; ) {
            long element = start + i;
            long place = 0;
            for (int j = 0; j <= last; j++) {
                place += element / strides[j] % shape[j] * target[j];
            }
            int row = (int) Math.min(length - i, shape[last] - element % shape[last]);
            for (int end = i + row; i < end; i++, place += target[last]) {
                long index = place - first;
                if (index >= 0 && index < values.length) {
                    values[(int) index] = piece[i];
                }
            }
        }
    }
}
