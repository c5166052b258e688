package dev.mgit.delta.layout;

import dev.mgit.delta.TensorSpec;
import dev.mgit.delta.layout.LogicalTensor.Piece;
import dev.mgit.delta.layout.LogicalTensor.Pieces;
import dev.mgit.delta.layout.LogicalTensor.Target;
import java.io.EOFException;
import java.io.IOException;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;

/**
 * The elements of a tensor that lies in pieces, in row-major order; zero where there is no piece. The elements of a piece
 * keep their order in the tensor, so a run of the tensor is a run of each piece, with gaps that others fill.
 */
final class PieceBytes implements ByteSource {
    /** Bytes of a piece read at once. */
    private static final int BUFFER = 1 << 20;

    private final ByteSource file;
    private final TensorSpec spec;
    private final Pieces place;
    private final List<Piece> pieces;
    private final int width;
    /** From each element of the tensor to the next along each dimension, in elements. */
    private final List<Long> steps;
    /** Of each piece the number of its first element in the tensor, ascending. */
    private final long[] first;
    /** The end of the piece, or of one before it, that reaches furthest. */
    private final long[] end;

    PieceBytes(ByteSource file, TensorSpec spec, Pieces place) {
        this.file = file;
        this.spec = spec;
        this.place = place;
        this.width = spec.dtype().bytes();
        this.steps = LogicalTensor.rowMajorStrides(spec.shape());
        this.pieces = place.pieces().stream()
                .sorted(Comparator.comparingLong(piece -> number(piece, 0)))
                .toList();
        this.first = new long[pieces.size()];
        this.end = new long[pieces.size()];
        for (int i = 0; i < first.length; i++) {
            Piece piece = pieces.get(i);
            first[i] = number(piece, 0);
            end[i] = Math.max(i == 0 ? 0 : end[i - 1], number(piece, piece.elements() - 1) + 1);
        }
    }

    /** The number in the tensor of an element of a piece. */
    private long number(Piece piece, long element) {
        long rest = element;
        long number = 0;
        for (int i = steps.size() - 1; i >= 0; i--) {
            long length = piece.shape().get(i);
            number += (piece.from().get(i) + rest % length) * steps.get(i);
            rest /= length;
        }
        return number;
    }

    /** The first element of a piece whose number in the tensor is not below one. */
    private long element(Piece piece, long number) {
        long low = 0;
        long high = piece.elements();
        while (low < high) {
            long middle = (low + high) >>> 1;
            if (number(piece, middle) < number) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low;
    }

    @Override
    public long size() {
        return spec.byteLength();
    }

    @Override
    public void read(long position, byte[] target, int at, int length) throws IOException {
        requireWithin(position, length);
        long from = position / width;
        long to = (position + length + width - 1) / width;
        boolean whole = position % width == 0 && length % width == 0;
        byte[] out = whole ? target : new byte[Math.toIntExact((to - from) * width)];
        int start = whole ? at : 0;
        Arrays.fill(out, start, start + Math.toIntExact((to - from) * width), (byte) 0);
        walk(from, to, (piece, element, buffer, count) -> {
            opened(piece).open(file).read(element * width, buffer, 0, count * width);
            spread(
                    piece,
                    element,
                    count,
                    (number, place, bytes) -> System.arraycopy(
                            buffer, place, out, start + Math.toIntExact((number - from) * width), bytes));
        });
        if (!whole) {
            System.arraycopy(out, (int) (position - from * width), target, at, length);
        }
    }

    /** Writes whole elements from a position on. */
    void write(long position, byte[] bytes, int length, Target target) throws IOException {
        requireWithin(position, length);
        long from = position / width;
        walk(from, from + length / width, (piece, element, buffer, count) -> {
            spread(
                    piece,
                    element,
                    count,
                    (number, place, some) ->
                            System.arraycopy(bytes, Math.toIntExact((number - from) * width), buffer, place, some));
            opened(piece).write(element * width, buffer, count * width, file, target);
        });
    }

    private void requireWithin(long position, int length) throws EOFException {
        if (position < 0 || length < 0 || position > size() - length) {
            throw new EOFException("bytes " + position + " to " + (position + length) + " of " + size());
        }
    }

    /** Takes a run of a piece's elements, and a buffer with room for them. */
    private interface Run {
        void move(Piece piece, long element, byte[] buffer, int count) throws IOException;
    }

    private void walk(long from, long to, Run run) throws IOException {
        int most = (int) Math.max(1, Math.min(BUFFER / width, to - from));
        byte[] buffer = new byte[most * width];
        for (int i = firstReaching(from); i < first.length && first[i] < to; i++) {
            Piece piece = pieces.get(i);
            long stop = element(piece, to);
            for (long element = element(piece, from); element < stop; element += most) {
                run.move(piece, element, buffer, (int) Math.min(most, stop - element));
            }
        }
    }

    /** The first piece that may have elements from one on. */
    private int firstReaching(long from) {
        int low = 0;
        int high = end.length;
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (end[middle] <= from) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low;
    }

    /** Takes elements that lie together in the tensor. */
    private interface Row {
        void move(long number, int place, int bytes);
    }

    private void spread(Piece piece, long element, int count, Row row) {
        long together = together(piece);
        for (int done = 0; done < count; ) {
            int some = (int) Math.min(count - done, together - (element + done) % together);
            row.move(number(piece, element + done), done * width, some * width);
            done += some;
        }
    }

    /** Elements of a piece that lie together in the tensor, too. */
    private long together(Piece piece) {
        long together = 1;
        for (int i = steps.size() - 1; i >= 0; i--) {
            together *= piece.shape().get(i);
            if (!piece.shape().get(i).equals(spec.shape().get(i))) {
                break;
            }
        }
        return together;
    }

    private LogicalTensor opened(Piece piece) {
        return LogicalTensor.part(spec, place, piece);
    }
}
