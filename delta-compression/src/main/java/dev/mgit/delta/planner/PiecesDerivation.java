package dev.mgit.delta.planner;

import dev.mgit.delta.Dtype;
import dev.mgit.delta.predictor.ParentPredictor;
import dev.mgit.delta.predictor.ScaledSlicePredictor;
import dev.mgit.delta.predictor.SlicesPredictor;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A child put together from rectangles of sources; optionally times a number. */
record PiecesDerivation(Dtype dtype, long rowBytes, List<Piece> pieces, double scale) implements Derivation {
    private static final long MAX_WINDOW = 1 << 27;

    /**
     * A rectangle: {@code bytes} bytes of each of {@code rows} rows of the child from {@code firstRow} on, starting at
     * byte {@code column} of the row; in the source they begin at {@code offset}, one row every {@code stride} bytes.
     */
    record Piece(SourceTensor source, long offset, long stride, long column, int bytes, long firstRow, long rows) {}

    @Override
    public String name() {
        return scale == 1 ? "slice-concat" : "scaled-slice";
    }

    @Override
    public List<SourceTensor> sources() {
        return pieces.stream().map(Piece::source).distinct().toList();
    }

    /** The part of a piece that lies in the range predicted at; {@code target} counts from the range's start. */
    private record Cut(SourceTensor source, long offset, long stride, int target, int bytes, long rows) {
        long end() {
            return offset + (rows - 1) * stride + bytes;
        }
    }

    @Override
    public Optional<TensorPrediction> predicted(long offset, int length) {
        List<Cut> cuts = new ArrayList<>();
        long end = offset + length;
        for (long at = offset; at < end; ) {
            long row = at / rowBytes;
            long column = at % rowBytes;
            boolean wholeRows = column == 0 && end - at >= rowBytes;
            long rows = wholeRows ? (end - at) / rowBytes : 1;
            long columns = wholeRows ? rowBytes : Math.min(end - at, rowBytes - column);
            for (Piece piece : pieces) {
                cut(piece, row, rows, column, column + columns, offset).ifPresent(cuts::add);
            }
            at += rows * columns;
        }
        Map<SourceTensor, long[]> windows = windows(cuts);
        long total = windows.values().stream().mapToLong(w -> w[1] - w[0]).sum();
        if (cuts.isEmpty() || total > MAX_WINDOW) {
            return Optional.empty();
        }
        return Optional.of(predicted(cuts, windows, length));
    }

    private Optional<Cut> cut(Piece p, long row, long rows, long column, long columnEnd, long base) {
        long first = Math.max(row, p.firstRow());
        long count = Math.min(row + rows, p.firstRow() + p.rows()) - first;
        long left = Math.max(column, p.column());
        long right = Math.min(columnEnd, p.column() + p.bytes());
        if (count <= 0 || right <= left) {
            return Optional.empty();
        }
        long source = p.offset() + (first - p.firstRow()) * p.stride() + left - p.column();
        int target = (int) (first * rowBytes + left - base);
        return Optional.of(new Cut(p.source(), source, p.stride(), target, (int) (right - left), count));
    }

    /** The bytes needed of each source, from and to. */
    private static Map<SourceTensor, long[]> windows(List<Cut> cuts) {
        Map<SourceTensor, long[]> windows = new LinkedHashMap<>();
        for (Cut cut : cuts) {
            long[] window = windows.computeIfAbsent(cut.source(), s -> new long[] {cut.offset(), cut.end()});
            window[0] = Math.min(window[0], cut.offset());
            window[1] = Math.max(window[1], cut.end());
        }
        return windows;
    }

    private TensorPrediction predicted(List<Cut> cuts, Map<SourceTensor, long[]> windows, int length) {
        List<TensorSpan> spans = new ArrayList<>();
        Map<SourceTensor, Long> starts = new LinkedHashMap<>();
        long at = 0;
        for (Map.Entry<SourceTensor, long[]> entry : windows.entrySet()) {
            long[] window = entry.getValue();
            starts.put(entry.getKey(), at - window[0]);
            spans.add(new TensorSpan(entry.getKey(), window[0], (int) (window[1] - window[0])));
            at += window[1] - window[0];
        }
        List<SlicesPredictor.Piece> list = new ArrayList<>();
        for (Cut cut : cuts) {
            long source = starts.getOrDefault(cut.source(), 0L) + cut.offset();
            boolean oneRun = cut.bytes() == rowBytes && cut.stride() == rowBytes;
            list.add(
                    oneRun
                            ? new SlicesPredictor.Piece(source, 0, cut.target(), 0, (int) (cut.rows() * rowBytes), 1)
                            : new SlicesPredictor.Piece(
                                    source, cut.stride(), cut.target(), (int) rowBytes, cut.bytes(), (int) cut.rows()));
        }
        if (scale != 1) {
            Dtype precision = dtype == Dtype.F64 ? Dtype.F64 : Dtype.F32;
            return new TensorPrediction(
                    new ScaledSlicePredictor(), spans, ScaledSlicePredictor.parameters(precision, scale, list));
        }
        boolean whole =
                list.size() == 1 && list.get(0).bytes() == length && list.get(0).count() == 1;
        return whole
                ? new TensorPrediction(new ParentPredictor(), spans, new byte[0])
                : new TensorPrediction(new SlicesPredictor(), spans, SlicesPredictor.parameters(list));
    }
}
