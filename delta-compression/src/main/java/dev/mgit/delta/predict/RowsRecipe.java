package dev.mgit.delta.predict;

import dev.mgit.delta.Dtype;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.IntUnaryOperator;

/**
 * Rows of one source in another order.
 *
 * @param mapping the source row of each row of the child, negative for none
 */
record RowsRecipe(Dtype dtype, SourceTensor source, int rowBytes, IntUnaryOperator mapping) implements Recipe {
    /** More than this is not read to predict one block. */
    private static final long MAX_WINDOW = 1 << 27;

    @Override
    public String name() {
        return "rows";
    }

    @Override
    public List<SourceTensor> sources() {
        return List.of(source);
    }

    @Override
    public boolean parametersGrow() {
        return true;
    }

    @Override
    public Optional<Guess> guess(long offset, int length) {
        if (offset % rowBytes != 0 || length % rowBytes != 0) {
            return partOfRows(offset, length);
        }
        int first = (int) (offset / rowBytes);
        int[] rows = new int[length / rowBytes];
        int low = Integer.MAX_VALUE;
        int high = -1;
        boolean inOrder = true;
        for (int i = 0; i < rows.length; i++) {
            rows[i] = mapping.applyAsInt(first + i);
            if (rows[i] >= 0) {
                low = Math.min(low, rows[i]);
                high = Math.max(high, rows[i]);
            }
            inOrder &= rows[i] >= 0 && rows[i] == rows[0] + i;
        }
        if (high < 0 || (high - (long) low + 1) * rowBytes > MAX_WINDOW) {
            return Optional.empty();
        }
        Span span = new Span(source, (long) low * rowBytes, (high - low + 1) * rowBytes);
        if (inOrder) {
            return Optional.of(new Guess(new Parent(), List.of(span), new byte[0]));
        }
        int base = low;
        int[] relative =
                Arrays.stream(rows).map(row -> row < 0 ? row : row - base).toArray();
        return Optional.of(new Guess(new Rows(), List.of(span), Rows.parameters(rowBytes, relative)));
    }

    /** Blocks of tensors with huge outer rows may begin and end within a row. */
    private Optional<Guess> partOfRows(long offset, int length) {
        List<PiecesRecipe.Piece> pieces = new ArrayList<>();
        long end = (offset + length + rowBytes - 1) / rowBytes;
        for (long row = offset / rowBytes; row < end; ) {
            int from = mapping.applyAsInt((int) row);
            long next = row + 1;
            while (from >= 0 && next < end && mapping.applyAsInt((int) next) == from + (next - row)) {
                next++;
            }
            if (from >= 0) {
                pieces.add(
                        new PiecesRecipe.Piece(source, (long) from * rowBytes, rowBytes, 0, rowBytes, row, next - row));
            }
            row = next;
        }
        return new PiecesRecipe(dtype, rowBytes, pieces, 1).guess(offset, length);
    }
}
