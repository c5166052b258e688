package dev.mgit.delta.predictor;

import dev.mgit.delta.Dtype;
import dev.mgit.delta.frame.FieldReader;
import dev.mgit.delta.frame.FieldWriter;
import dev.mgit.delta.numeric.LittleEndian;
import java.util.List;
import java.util.Optional;

/**
 * A tensor with its axes permuted: linear layers of ONNX against PyTorch, convolutions of other frameworks. The source
 * is a run of elements of the tensor as it was.
 *
 * <p>Parameters: {@code elementBytes:varint rank:u8 dimension:varint{rank} axis:u8{rank} first:varint window:varint}.
 * Output axis {@code i} is axis {@code axis[i]} of the source; the block begins at element {@code first} of the permuted
 * tensor, the source at element {@code window} of its own.
 */
public final class TransposePredictor implements Predictor {
    private static final int MAX_RANK = 8;

    /** Output rows worked on together, so that a cache line of the source is used for more than one element. */
    private static final int TILE = 64;

    public static byte[] parameters(int elementBytes, long[] dimensions, int[] axes, long first, long window) {
        FieldWriter out = new FieldWriter().varint(elementBytes).u8(dimensions.length);
        for (long dimension : dimensions) {
            out.varint(dimension);
        }
        for (int axis : axes) {
            out.u8(axis);
        }
        return out.varint(first).varint(window).toBytes();
    }

    @Override
    public int code() {
        return 4 * 16 + 1;
    }

    @Override
    public String name() {
        return "transpose";
    }

    /** Of a matrix that is turned round, or one of several: of each row those columns that the block has as rows. */
    @Override
    public Optional<Pieces> pieces(byte[] parameters, int length, long source) {
        Turn turn = Turn.read(this, parameters, length);
        if (!turn.isOfOneMatrix(source)) {
            return Optional.empty();
        }
        long before = turn.matrix() * turn.rows() * turn.columns() - turn.window();
        return Optional.of(new Pieces(
                (before + turn.firstColumn()) * turn.bytes(),
                turn.someColumns() * turn.bytes(),
                turn.columns() * turn.bytes(),
                Math.toIntExact(turn.rows())));
    }

    @Override
    public void predictFromPieces(byte[] pieces, byte[] parameters, Dtype dtype, byte[] target, int length) {
        Turn turn = Turn.read(this, parameters, length);
        int columns = turn.someColumns();
        PredictorParameters.require(
                pieces.length == turn.rows() * columns * turn.bytes(),
                this,
                "the source does not belong to the tensor");
        long first = turn.first() - (turn.matrix() * turn.columns() + turn.firstColumn()) * turn.rows();
        var axes = new Axes(new long[] {turn.rows(), columns}, new int[] {1, 0});
        gather(this, pieces, 0, axes, turn.bytes(), first, target, turn.count());
    }

    @Override
    public void predict(List<byte[]> inputs, byte[] parameters, Dtype dtype, byte[] target, int length) {
        Turn turn = Turn.read(this, parameters, length);
        PredictorParameters.require(inputs.size() == 1, this, inputs.size() + " sources instead of 1");
        byte[] from = inputs.get(0);
        PredictorParameters.require(
                from.length % turn.bytes() == 0 && turn.window() + from.length / turn.bytes() <= product(turn.source()),
                this,
                "the source does not belong to the tensor");
        if (turn.count() > 0) {
            var axes = new Axes(turn.source(), turn.axes());
            gather(this, from, turn.window(), axes, turn.bytes(), turn.first(), target, turn.count());
        }
    }

    /**
     * The parameters.
     *
     * @param source dimensions
     * @param first element of the block in the permuted tensor
     * @param window the source's first element
     * @param count elements of the block
     */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    private record Turn(int bytes, long[] source, int[] axes, long first, long window, int count) {
        static Turn read(TransposePredictor predictor, byte[] parameters, int length) {
            FieldReader in = PredictorParameters.reader(predictor, parameters);
            int bytes = in.varint(16, "the bytes of an element");
            int rank = in.u8();
            in.require(bytes > 0 && length % bytes == 0, "the block is not whole elements");
            in.require(rank >= 1 && rank <= MAX_RANK, "rank " + rank);
            long[] source = dimensions(in, rank);
            int[] axes = TransposePredictor.axes(in, rank);
            long total = product(source);
            long first = in.varint(total, "the first element");
            long window = in.varint(total, "the first source element");
            in.expectEnd();
            int count = length / bytes;
            in.require(first + count <= total, "the block ends beyond the tensor");
            return new Turn(bytes, source, axes, first, window, count);
        }

        /**
         * Whether the last two axes change places, and those before them do not: the tensor is matrices, and the block is of
         * one of them, which the source has whole.
         */
        boolean isOfOneMatrix(long sourceBytes) {
            int rank = axes.length;
            if (count == 0 || rank < 2 || axes[rank - 1] != rank - 2 || axes[rank - 2] != rank - 1) {
                return false;
            }
            for (int i = 0; i < rank - 2; i++) {
                if (axes[i] != i) {
                    return false;
                }
            }
            long size = rows() * columns();
            return (first + count - 1) / size == matrix()
                    && window <= matrix() * size
                    && (matrix() + 1) * size <= window + sourceBytes / bytes;
        }

        /** Rows of a matrix of the source. */
        long rows() {
            return source[source.length - 2];
        }

        long columns() {
            return source[source.length - 1];
        }

        long matrix() {
            return first / (rows() * columns());
        }

        /** The first column of the source that is one of the block's rows. */
        long firstColumn() {
            return first / rows() % columns();
        }

        int someColumns() {
            return (int) ((first + count - 1) / rows() - first / rows() + 1);
        }
    }

    private static long[] dimensions(FieldReader in, int rank) {
        long[] dimensions = new long[rank];
        long product = 1;
        for (int i = 0; i < rank; i++) {
            dimensions[i] = in.varint(Integer.MAX_VALUE, "a dimension");
            in.require(dimensions[i] == 0 || product <= (1L << 48) / dimensions[i], "the tensor is too large");
            product *= dimensions[i];
        }
        return dimensions;
    }

    private static int[] axes(FieldReader in, int rank) {
        int[] axes = new int[rank];
        int seen = 0;
        for (int i = 0; i < rank; i++) {
            axes[i] = in.u8();
            in.require(axes[i] < rank && (seen >> axes[i] & 1) == 0, "the axes are not a permutation");
            seen |= 1 << axes[i];
        }
        return axes;
    }

    private static long product(long[] dimensions) {
        long product = 1;
        for (long dimension : dimensions) {
            product *= dimension;
        }
        return product;
    }

    /** Output dimensions and the distance in the source, in elements, of neighbours along each output axis. */
    private static final class Axes {
        final long[] dimensions;
        final long[] strides;

        Axes(long[] source, int[] axes) {
            int rank = source.length;
            long[] sourceStrides = new long[rank];
            long stride = 1;
            for (int i = rank - 1; i >= 0; i--) {
                sourceStrides[i] = stride;
                stride *= source[i];
            }
            dimensions = new long[rank];
            strides = new long[rank];
            for (int i = 0; i < rank; i++) {
                dimensions[i] = source[axes[i]];
                strides[i] = sourceStrides[axes[i]];
            }
        }

        int inner() {
            return dimensions.length - 1;
        }

        /** Where the source holds an output element. */
        long source(long output) {
            long rest = output;
            long at = 0;
            for (int i = dimensions.length - 1; i >= 0; i--) {
                at += rest % dimensions[i] * strides[i];
                rest /= dimensions[i];
            }
            return at;
        }
    }

    /**
     * Splits the block into pieces of output rows and copies tiles of them: the first {@code TILE} elements of
     * {@code TILE} rows, then the next, because along an output row the source jumps from cache line to cache line.
     */
    private static void gather(
            TransposePredictor self,
            byte[] from,
            long window,
            Axes axes,
            int bytes,
            long first,
            byte[] target,
            int count) {
        long width = axes.dimensions[axes.inner()];
        long stride = axes.strides[axes.inner()];
        long[] starts = new long[TILE];
        int[] offsets = new int[TILE];
        int[] lengths = new int[TILE];
        byte[] square = new byte[TILE * TILE * bytes];
        int sourceCount = from.length / bytes;
        for (int done = 0; done < count; ) {
            int rows = 0;
            int longest = 0;
            while (rows < TILE && done < count) {
                long output = first + done;
                int run = (int) Math.min(width - output % width, count - done);
                starts[rows] = axes.source(output) - window;
                PredictorParameters.require(
                        starts[rows] >= 0 && starts[rows] + (run - 1) * stride < sourceCount,
                        self,
                        "an element lies outside the source");
                offsets[rows] = done;
                lengths[rows++] = run;
                longest = Math.max(longest, run);
                done += run;
            }
            boolean neighbours = stride > 1 && areNeighbours(starts, lengths, rows);
            for (int tile = 0; tile < longest; tile += TILE) {
                if (neighbours) {
                    // rows of the source often lie a power of two apart, and so in the same few sets of a cache
                    int some = Math.min(TILE, longest - tile);
                    for (int i = 0; i < some; i++) {
                        int at = (int) (starts[0] + (tile + i) * stride) * bytes;
                        System.arraycopy(from, at, square, i * TILE * bytes, rows * bytes);
                    }
                    for (int row = 0; row < rows; row++) {
                        copy(square, row, TILE, bytes, target, offsets[row] + tile, some);
                    }
                    continue;
                }
                for (int row = 0; row < rows; row++) {
                    int some = Math.min(TILE, lengths[row] - tile);
                    copy(from, starts[row] + tile * stride, stride, bytes, target, offsets[row] + tile, some);
                }
            }
        }
    }

    /** Whether pieces of equal length begin at elements of the source that lie beside each other. */
    private static boolean areNeighbours(long[] starts, int[] lengths, int rows) {
        for (int row = 1; row < rows; row++) {
            if (starts[row] != starts[0] + row || lengths[row] != lengths[0]) {
                return false;
            }
        }
        return true;
    }

    /** Copies elements that are {@code stride} apart in the source; {@code count} may be negative for none. */
    private static void copy(byte[] from, long start, long stride, int bytes, byte[] target, int to, int count) {
        int step = (int) (stride * bytes);
        int at = (int) start * bytes;
        switch (bytes) {
            case 1 -> {
                for (int i = 0; i < count; i++) {
                    target[to + i] = from[at + i * step];
                }
            }
            case 2 -> {
                for (int i = 0; i < count; i++) {
                    LittleEndian.SHORT.set(target, (to + i) * 2, (short) LittleEndian.SHORT.get(from, at + i * step));
                }
            }
            case 4 -> {
                for (int i = 0; i < count; i++) {
                    LittleEndian.INT.set(target, (to + i) * 4, (int) LittleEndian.INT.get(from, at + i * step));
                }
            }
            default -> {
                for (int i = 0; i < count; i++) {
                    System.arraycopy(from, at + i * step, target, (to + i) * bytes, bytes);
                }
            }
        }
    }
}
