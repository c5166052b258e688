package dev.mgit.delta.format;

import dev.mgit.delta.format.LogicalTensor.Strided;
import java.io.EOFException;
import java.io.IOException;
import java.util.stream.IntStream;

/**
 * The elements of a strided tensor in row-major order. A run of them is taken apart into boxes, a box into pieces whose
 * bytes lie close enough together to be read at once; so a transposed matrix is read in runs of its columns, and in
 * memory there is never more than what was asked for and a piece.
 */
final class StridedBytes implements ByteSource {
    /** Bytes read at once at most. */
    private static final int PIECE = 1 << 20;
    /** Bytes read at once for each byte used. */
    private static final int WASTE = 8;

    private final ByteSource file;
    private final Strides strides;
    private final ElementBytes elements;
    private final long size;

    StridedBytes(ByteSource file, Strides strides, LogicalTensor tensor) {
        this.file = file;
        this.strides = strides;
        this.elements = new ElementBytes(tensor.spec().dtype(), (Strided) tensor.place());
        this.size = tensor.spec().byteLength();
    }

    @Override
    public long size() {
        return size;
    }

    @Override
    public void read(long position, byte[] target, int at, int length) throws IOException {
        if (position < 0 || length < 0 || position > size - length) {
            throw new EOFException("bytes " + position + " to " + (position + length) + " of " + size);
        }
        int width = strides.width();
        long first = position / width;
        int count = (int) ((position + length + width - 1) / width - first);
        boolean whole = position % width == 0 && length % width == 0;
        byte[] out = whole ? target : new byte[Math.multiplyExact(count, width)];
        int start = whole ? at : 0;
        run(0, strides.offset(), first, count, out, start);
        elements.asUsed(out, start, count);
        if (!whole) {
            System.arraycopy(out, (int) (position - first * width), target, at, length);
        }
    }

    /**
     * Reads some elements, in row-major order, of the part of the tensor that the dimensions from one on span.
     *
     * @param from where in the file that part begins
     */
    private void run(int dimension, long from, long first, int count, byte[] out, int at) throws IOException {
        if (count == 0) {
            return;
        }
        if (dimension == strides.sizes().length) {
            file.read(from, out, at, strides.width());
            return;
        }
        long inner = 1;
        for (int i = dimension + 1; i < strides.sizes().length; i++) {
            inner *= strides.sizes()[i];
        }
        long step = strides.steps()[dimension] * strides.width();
        long index = first / inner;
        int done = 0;
        if (first % inner != 0) {
            done = (int) Math.min(count, inner - first % inner);
            run(dimension + 1, from + index * step, first % inner, done, out, at);
            index++;
        }
        int rows = (int) ((count - done) / inner);
        if (rows > 0) {
            box(dimension, rows, from + index * step, out, at + done * strides.width());
            done += (int) (rows * inner);
        }
        run(dimension + 1, from + (index + rows) * step, 0, count - done, out, at + done * strides.width());
    }

    /** Reads some whole rows of a dimension. */
    private void box(int dimension, int rows, long from, byte[] out, int at) throws IOException {
        int rank = strides.sizes().length - dimension;
        int[] sizes = new int[rank];
        long[] steps = new long[rank];
        int[] places = new int[rank];
        int place = strides.width();
        for (int i = rank - 1; i >= 0; i--) {
            sizes[i] = i == 0 ? rows : (int) strides.sizes()[dimension + i];
            steps[i] = strides.steps()[dimension + i] * strides.width();
            places[i] = place;
            place *= sizes[i];
        }
        int[] order = IntStream.range(0, rank)
                .boxed()
                .sorted((a, b) -> Long.compare(steps[b], steps[a]))
                .mapToInt(Integer::intValue)
                .toArray();
        new Box(
                        IntStream.of(order).map(i -> sizes[i]).toArray(),
                        IntStream.of(order).mapToLong(i -> steps[i]).toArray(),
                        IntStream.of(order).map(i -> places[i]).toArray(),
                        out)
                .read(0, sizes[order[0]], from, at);
    }

    /** Elements at regular places on both sides; dimensions in the order of their steps in the file, longest first. */
    private final class Box {
        private final int[] sizes;
        private final long[] steps;
        private final int[] places;
        private final byte[] out;
        /** Bytes from the first to the last element of the dimensions from one on, and how many of them are used. */
        private final long[] spans;
        private final long[] used;

        Box(int[] sizes, long[] steps, int[] places, byte[] out) {
            this.sizes = sizes;
            this.steps = steps;
            this.places = places;
            this.out = out;
            this.spans = new long[sizes.length + 1];
            this.used = new long[sizes.length + 1];
            spans[sizes.length] = strides.width();
            used[sizes.length] = strides.width();
            for (int i = sizes.length - 1; i >= 0; i--) {
                spans[i] = spans[i + 1] + (sizes[i] - 1) * steps[i];
                used[i] = used[i + 1] * (steps[i] == 0 ? 1 : sizes[i]);
            }
        }

        /** Reads the first {@code count} rows of a dimension, at once or in halves. */
        void read(int dimension, int count, long from, int at) throws IOException {
            if (dimension == sizes.length) {
                file.read(from, out, at, strides.width());
                return;
            }
            long span = spans[dimension + 1] + (count - 1) * steps[dimension];
            long wanted = used[dimension + 1] * (steps[dimension] == 0 ? 1 : count);
            if (span <= PIECE && span / WASTE <= wanted) {
                byte[] piece = new byte[(int) span];
                file.read(from, piece, 0, piece.length);
                spread(dimension, count, piece, 0, at);
            } else if (count == 1) {
                read(dimension + 1, dimension + 1 == sizes.length ? 1 : sizes[dimension + 1], from, at);
            } else {
                int half = count / 2;
                read(dimension, half, from, at);
                read(dimension, count - half, from + half * steps[dimension], at + half * places[dimension]);
            }
        }

        private void spread(int dimension, int count, byte[] piece, int from, int at) {
            int width = strides.width();
            if (dimension == sizes.length) {
                System.arraycopy(piece, from, out, at, width);
            } else if (dimension == sizes.length - 1 && steps[dimension] == width && places[dimension] == width) {
                System.arraycopy(piece, from, out, at, count * width);
            } else {
                int next = dimension + 1 == sizes.length ? 1 : sizes[dimension + 1];
                for (int i = 0; i < count; i++) {
                    spread(
                            dimension + 1,
                            next,
                            piece,
                            (int) (from + i * steps[dimension]),
                            at + i * places[dimension]);
                }
            }
        }
    }
}
