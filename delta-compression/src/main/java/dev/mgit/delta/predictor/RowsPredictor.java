package dev.mgit.delta.predictor;

import dev.mgit.delta.Dtype;
import dev.mgit.delta.frame.FieldReader;
import dev.mgit.delta.frame.FieldWriter;
import java.util.Arrays;
import java.util.List;

/**
 * Rows of the sources in another order: resized or permuted vocabularies, reordered experts. Rows without a source are
 * predicted as zeros.
 *
 * <p>Parameters: {@code rowBytes:varint runs:varint (gap:varint start:signed rows:varint){runs}}. A run leaves
 * {@code gap} rows of the block unguessed, then copies consecutive rows of the sources taken together; {@code start} is
 * relative to where the run before ended.
 */
public final class RowsPredictor implements Predictor {
    private static final int MAX_ROWS = 1 << 28;

    /** @param sourceRow for each row of the block, the row of the sources to copy, or negative for none */
    public static byte[] parameters(int rowBytes, int[] sourceRow) {
        FieldWriter runs = new FieldWriter();
        int count = 0;
        int expected = 0;
        int covered = 0;
        for (int row = 0; row < sourceRow.length; ) {
            int end = row + 1;
            if (sourceRow[row] >= 0) {
                while (end < sourceRow.length && sourceRow[end] == sourceRow[end - 1] + 1) {
                    end++;
                }
                runs.varint(row - covered).signed(sourceRow[row] - expected).varint(end - row);
                covered = end;
                expected = sourceRow[end - 1] + 1;
                count++;
            }
            row = end;
        }
        return new FieldWriter()
                .varint(rowBytes)
                .varint(count)
                .bytes(runs.toBytes())
                .toBytes();
    }

    @Override
    public int code() {
        return 2 * 16 + 1;
    }

    @Override
    public String name() {
        return "rows";
    }

    @Override
    public void predict(List<byte[]> inputs, byte[] parameters, Dtype dtype, byte[] target, int length) {
        FieldReader in = PredictorParameters.reader(this, parameters);
        SourceBytes sources = new SourceBytes(inputs);
        int rowBytes = in.varint(Integer.MAX_VALUE, "the bytes of a row");
        in.require(rowBytes > 0, "rows are empty");
        int runs = in.varint(MAX_ROWS, "the number of runs");
        Arrays.fill(target, 0, length, (byte) 0);
        long row = 0;
        long from = 0;
        for (int i = 0; i < runs; i++) {
            row += in.varint(MAX_ROWS, "a gap");
            from += in.signed(MAX_ROWS, "a source row");
            int rows = in.varint(MAX_ROWS, "a run");
            in.require(row + rows <= length / rowBytes, "a run ends beyond the block");
            in.require(from >= 0 && from + rows <= sources.length() / rowBytes, "a run ends beyond the sources");
            sources.copy(from * rowBytes, target, (int) (row * rowBytes), rows * rowBytes);
            row += rows;
            from += rows;
        }
        in.expectEnd();
    }
}
