package dev.mgit.delta.planner;

import dev.mgit.delta.Dtype;
import dev.mgit.delta.predictor.ParentPredictor;
import dev.mgit.delta.predictor.RowsPredictor;
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
record RowsDerivation(Dtype dtype, SourceTensor source, int rowBytes, IntUnaryOperator mapping) implements Derivation {
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
    public Optional<TensorPrediction> predicted(long offset, int length) {
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
        TensorSpan span = new TensorSpan(source, (long) low * rowBytes, (high - low + 1) * rowBytes);
        if (inOrder) {
            return Optional.of(new TensorPrediction(new ParentPredictor(), List.of(span), new byte[0]));
        }
        int base = low;
        int[] relative =
                Arrays.stream(rows).map(row -> row < 0 ? row : row - base).toArray();
        return Optional.of(
                new TensorPrediction(new RowsPredictor(), List.of(span), RowsPredictor.parameters(rowBytes, relative)));
    }

    /** Blocks of tensors with huge outer rows may begin and end within a row. */
    private Optional<TensorPrediction> partOfRows(long offset, int length) {
        List<PiecesDerivation.Piece> pieces = new ArrayList<>();
        long end = (offset + length + rowBytes - 1) / rowBytes;
        for (long row = offset / rowBytes; row < end; ) {
            int from = mapping.applyAsInt((int) row);
            long next = row + 1;
            while (from >= 0 && next < end && mapping.applyAsInt((int) next) == from + (next - row)) {
                next++;
            }
            if (from >= 0) {
                pieces.add(new PiecesDerivation.Piece(
                        source, (long) from * rowBytes, rowBytes, 0, rowBytes, row, next - row));
            }
            row = next;
        }
        return new PiecesDerivation(dtype, rowBytes, pieces, 1).predicted(offset, length);
    }
}
