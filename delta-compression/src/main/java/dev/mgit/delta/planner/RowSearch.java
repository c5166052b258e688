package dev.mgit.delta.planner;

import dev.mgit.delta.TensorSpec;
import java.util.List;

/** Finds tensors of the child's name with more, fewer or reordered rows: vocabularies, fused experts. */
final class RowSearch {
    private static final int MAX_ROWS = 1 << 22;
    private static final int MAX_ROW_BYTES = 1 << 20;
    private static final int LEAST_ROWS = 16;
    private static final int LEAST_ROW_BYTES = 16;
    private static final int MAX_TRIED = 2;

    /** A first look hashes this share of the source's rows, and these rows of the child. */
    private static final int GLANCE_SHARE = 16;

    private static final int GLANCE_ROWS = 256;

    private RowSearch() {}

    /** More or fewer rows at the end. */
    static void search(Trial trial, List<SourceTensor> called) {
        TensorSpec child = trial.spec();
        called.stream()
                .filter(source -> sameRows(source.spec(), child)
                        && !source.spec().shape().get(0).equals(child.shape().get(0)))
                .limit(MAX_TRIED)
                .forEach(source -> {
                    long rows = source.spec().shape().get(0);
                    int rowBytes = (int) rowBytes(child, 1);
                    trial.offer(new RowsDerivation(child.dtype(), source, rowBytes, row -> row < rows ? row : -1));
                });
    }

    private static boolean sameRows(TensorSpec source, TensorSpec child) {
        int rank = child.shape().size();
        return rank >= 1
                && rank == source.shape().size()
                && source.dtype() == child.dtype()
                && source.dtype().blockElements() == 1
                && source.shape().subList(1, rank).equals(child.shape().subList(1, rank))
                && rowBytes(child, 1) > 0
                && rowBytes(child, 1) <= MAX_ROW_BYTES
                && child.shape().get(0) <= Integer.MAX_VALUE;
    }

    private static long rowBytes(TensorSpec spec, int from) {
        long elements = 1;
        for (long dimension : spec.shape().subList(from, spec.shape().size())) {
            elements *= dimension;
        }
        return spec.dtype().bytesFor(elements);
    }

    /** Rows that went elsewhere, by their bytes. Reads both tensors whole, but only after a glance has found some. */
    static void permuted(Trial trial, List<SourceTensor> called) {
        TensorSpec child = trial.spec();
        int rank = child.shape().size();
        if (rank < 2 || child.dtype().blockElements() != 1) {
            return;
        }
        long rowBytes = rowBytes(child, rank - 1);
        long rows = rowBytes == 0 ? 0 : child.byteLength() / rowBytes;
        if (rows < LEAST_ROWS || rows > MAX_ROWS || rowBytes < LEAST_ROW_BYTES || rowBytes > MAX_ROW_BYTES) {
            return;
        }
        for (SourceTensor source : called.subList(0, Math.min(MAX_TRIED, called.size()))) {
            long sourceRows = source.spec().byteLength() / rowBytes;
            boolean comparable = source.spec().dtype() == child.dtype()
                    && SampledValues.innermost(source.spec()) == SampledValues.innermost(child)
                    && sourceRows >= LEAST_ROWS
                    && sourceRows <= MAX_ROWS;
            if (comparable && glance(trial.child(), source, (int) rowBytes, (int) rows, (int) sourceRows)) {
                trial.offer(byBytes(trial.child(), source, (int) rowBytes, (int) rows, (int) sourceRows));
            }
        }
    }

    private static boolean glance(ChildTensor child, SourceTensor source, int rowBytes, int rows, int sourceRows) {
        int indexed = Math.max(LEAST_ROWS, sourceRows / GLANCE_SHARE);
        // From the middle: tables often begin and end with rows that are all alike.
        RowIndex index = RowIndex.of(source::read, rowBytes, (sourceRows - indexed) / 2, indexed);
        int found = 0;
        int looked = Math.min(rows, GLANCE_ROWS);
        for (int i = 0; i < looked; i++) {
            int row = (int) ((long) i * rows / looked);
            long hash = RowIndex.hashes(child::read, rowBytes, row, 1)[0];
            found += hash != 0 && index.find(hash) >= 0 ? 1 : 0;
        }
        return found > looked / GLANCE_SHARE / 8;
    }

    private static Derivation byBytes(ChildTensor child, SourceTensor source, int rowBytes, int rows, int sourceRows) {
        RowIndex index = RowIndex.of(source::read, rowBytes, 0, sourceRows);
        long[] wanted = RowIndex.hashes(child::read, rowBytes, 0, rows);
        int[] mapping = new int[rows];
        for (int i = 0; i < rows; i++) {
            int found = wanted[i] == 0 ? -1 : index.find(wanted[i]);
            // A row that is nowhere may be a changed one that stayed in its place.
            mapping[i] = found >= 0 ? found : i < sourceRows ? i : -1;
        }
        return new RowsDerivation(child.spec().dtype(), source, rowBytes, row -> mapping[row]);
    }
}
