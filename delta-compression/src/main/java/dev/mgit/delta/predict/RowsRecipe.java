package dev.mgit.delta.predict;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.IntUnaryOperator;

/**
 * Rows of one source in another order.
 *
 * @param mapping the source row of each row of the child, negative for none
 */
record RowsRecipe(SourceTensor source, int rowBytes, IntUnaryOperator mapping) implements Recipe {
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
            return Optional.empty();
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
}
