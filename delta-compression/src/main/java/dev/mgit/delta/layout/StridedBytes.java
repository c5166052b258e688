package dev.mgit.delta.layout;

import dev.mgit.delta.layout.LogicalTensor.Strided;
import dev.mgit.delta.layout.LogicalTensor.Target;
import java.io.EOFException;
import java.io.IOException;
import java.util.Arrays;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

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
        requireWithin(position, length);
        int width = strides.width();
        long first = position / width;
        int count = (int) ((position + length + width - 1) / width - first);
        boolean whole = position % width == 0 && length % width == 0;
        byte[] out = whole ? target : new byte[Math.multiplyExact(count, width)];
        int start = whole ? at : 0;
        new Run(out, null).go(0, strides.offset(), first, count, start);
        elements.asUsed(out, start, count);
        if (!whole) {
            System.arraycopy(out, (int) (position - first * width), target, at, length);
        }
    }

    /**
     * Writes whole elements from a position on; what lies between them in the file stays.
     *
     * @param bytes the elements are at its front
     */
    void write(long position, byte[] bytes, int length, Target target) throws IOException {
        requireWithin(position, length);
        byte[] stored = Arrays.copyOf(bytes, length);
        int count = length / strides.width();
        elements.asStored(stored, 0, count);
        new Run(stored, target).go(0, strides.offset(), position / strides.width(), count, 0);
    }

    private void requireWithin(long position, int length) throws EOFException {
        if (position < 0 || length < 0 || position > size - length) {
            throw new EOFException("bytes " + position + " to " + (position + length) + " of " + size);
        }
    }

    /** A run of elements, in row-major order, on its way out of the file or into it. */
    private final class Run {
        private final byte[] packed;
        private final @Nullable Target target;

        Run(byte[] packed, @Nullable Target target) {
            this.packed = packed;
            this.target = target;
        }

        /**
         * Moves some elements of the part of the tensor that the dimensions from one on span.
         *
         * @param from where in the file that part begins
         * @param first index of the first element in it
         */
        void go(int dimension, long from, long first, int count, int at) throws IOException {
            if (count == 0) {
                return;
            }
            if (dimension == strides.rank()) {
                new Box(new int[0], new long[0], new int[0]).move(0, 1, from, at);
                return;
            }
            long inner = 1;
            for (int i = dimension + 1; i < strides.rank(); i++) {
                inner *= strides.size(i);
            }
            long step = strides.step(dimension) * strides.width();
            long index = first / inner;
            int done = 0;
            if (first % inner != 0) {
                done = (int) Math.min(count, inner - first % inner);
                go(dimension + 1, from + index * step, first % inner, done, at);
                index++;
            }
            int rows = (int) ((count - done) / inner);
            if (rows > 0) {
                box(dimension, rows).move(0, -1, from + index * step, at + done * strides.width());
                done += (int) (rows * inner);
            }
            go(dimension + 1, from + (index + rows) * step, 0, count - done, at + done * strides.width());
        }

        /** Some whole rows of a dimension. */
        private Box box(int dimension, int rows) {
            int rank = strides.rank() - dimension;
            int[] sizes = new int[rank];
            long[] steps = new long[rank];
            int[] places = new int[rank];
            int place = strides.width();
            for (int i = rank - 1; i >= 0; i--) {
                sizes[i] = i == 0 ? rows : (int) strides.size(dimension + i);
                steps[i] = strides.step(dimension + i) * strides.width();
                places[i] = place;
                place *= sizes[i];
            }
            int[] order = IntStream.range(0, rank)
                    .boxed()
                    .sorted((a, b) -> Long.compare(steps[b], steps[a]))
                    .mapToInt(Integer::intValue)
                    .toArray();
            return new Box(
                    IntStream.of(order).map(i -> sizes[i]).toArray(),
                    IntStream.of(order).mapToLong(i -> steps[i]).toArray(),
                    IntStream.of(order).map(i -> places[i]).toArray());
        }

        /** Elements at regular places on both sides; dimensions in the order of their steps in the file, longest first. */
        private final class Box {
            private final int[] sizes;
            private final long[] steps;
            private final int[] places;
            /** Bytes from the first to the last element of the dimensions from one on, and how many of them are used. */
            private final long[] spans;

            private final long[] used;

            Box(int[] sizes, long[] steps, int[] places) {
                this.sizes = sizes;
                this.steps = steps;
                this.places = places;
                this.spans = new long[sizes.length + 1];
                this.used = new long[sizes.length + 1];
                spans[sizes.length] = strides.width();
                used[sizes.length] = strides.width();
                for (int i = sizes.length - 1; i >= 0; i--) {
                    spans[i] = spans[i + 1] + (sizes[i] - 1) * steps[i];
                    used[i] = used[i + 1] * (steps[i] == 0 ? 1 : sizes[i]);
                }
            }

            private int rows(int dimension) {
                return dimension == sizes.length ? 1 : sizes[dimension];
            }

            /** Moves the first {@code count} rows of a dimension, all if negative, at once or in halves. */
            void move(int dimension, int count, long from, int at) throws IOException {
                int rows = count < 0 ? rows(dimension) : count;
                long step = dimension == sizes.length ? 0 : steps[dimension];
                int next = Math.min(dimension + 1, sizes.length);
                long span = spans[next] + (rows - 1) * step;
                long wanted = used[next] * (step == 0 ? 1 : rows);
                if (dimension == sizes.length || (span <= PIECE && span / WASTE <= wanted)) {
                    byte[] piece = new byte[(int) span];
                    file.read(from, piece, 0, piece.length);
                    spread(dimension, rows, piece, 0, at);
                    if (target != null) {
                        target.write(from, piece);
                    }
                } else if (rows == 1) {
                    move(dimension + 1, -1, from, at);
                } else {
                    int half = rows / 2;
                    move(dimension, half, from, at);
                    move(dimension, rows - half, from + half * step, at + half * places[dimension]);
                }
            }

            private void spread(int dimension, int count, byte[] piece, int from, int at) {
                int width = strides.width();
                if (dimension == sizes.length) {
                    copy(piece, from, at, width);
                } else if (dimension == sizes.length - 1 && steps[dimension] == width && places[dimension] == width) {
                    copy(piece, from, at, count * width);
                } else {
                    for (int i = 0; i < count; i++) {
                        int there = (int) (from + i * steps[dimension]);
                        spread(dimension + 1, rows(dimension + 1), piece, there, at + i * places[dimension]);
                    }
                }
            }

            private void copy(byte[] piece, int from, int at, int length) {
                if (target == null) {
                    System.arraycopy(piece, from, packed, at, length);
                } else {
                    System.arraycopy(packed, at, piece, from, length);
                }
            }
        }
    }
}
