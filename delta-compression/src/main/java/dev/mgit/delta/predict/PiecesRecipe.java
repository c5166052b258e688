package dev.mgit.delta.predict;

import dev.mgit.delta.Dtype;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A child put together from rectangles of sources; optionally times a number. */
record PiecesRecipe(Dtype dtype, long rowBytes, List<Piece> pieces, double scale) implements Recipe {
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

    @Override
    public Optional<Guess> guess(long offset, int length) {
        if (offset % rowBytes != 0 || length % rowBytes != 0) {
            return Optional.empty();
        }
        long from = offset / rowBytes;
        long to = from + length / rowBytes;
        List<Piece> cut = new ArrayList<>();
        for (Piece p : pieces) {
            long first = Math.max(from, p.firstRow());
            long rows = Math.min(to, p.firstRow() + p.rows()) - first;
            if (rows > 0) {
                long start = p.offset() + (first - p.firstRow()) * p.stride();
                cut.add(new Piece(p.source(), start, p.stride(), p.column(), p.bytes(), first - from, rows));
            }
        }
        Map<SourceTensor, long[]> windows = windows(cut);
        long total = windows.values().stream().mapToLong(w -> w[1] - w[0]).sum();
        if (cut.isEmpty() || total > MAX_WINDOW) {
            return Optional.empty();
        }
        return Optional.of(guess(cut, windows, length));
    }

    /** The bytes needed of each source, from and to. */
    private static Map<SourceTensor, long[]> windows(List<Piece> pieces) {
        Map<SourceTensor, long[]> windows = new LinkedHashMap<>();
        for (Piece p : pieces) {
            long end = p.offset() + (p.rows() - 1) * p.stride() + p.bytes();
            long[] window = windows.computeIfAbsent(p.source(), s -> new long[] {p.offset(), end});
            window[0] = Math.min(window[0], p.offset());
            window[1] = Math.max(window[1], end);
        }
        return windows;
    }

    private Guess guess(List<Piece> cut, Map<SourceTensor, long[]> windows, int length) {
        List<Span> spans = new ArrayList<>();
        Map<SourceTensor, Long> starts = new LinkedHashMap<>();
        long at = 0;
        for (Map.Entry<SourceTensor, long[]> entry : windows.entrySet()) {
            long[] window = entry.getValue();
            starts.put(entry.getKey(), at - window[0]);
            spans.add(new Span(entry.getKey(), window[0], (int) (window[1] - window[0])));
            at += window[1] - window[0];
        }
        List<Slices.Piece> list = new ArrayList<>();
        for (Piece p : cut) {
            long source = starts.getOrDefault(p.source(), 0L) + p.offset();
            int target = (int) (p.firstRow() * rowBytes + p.column());
            boolean wholeRows = p.bytes() == rowBytes && p.stride() == rowBytes;
            list.add(
                    wholeRows
                            ? new Slices.Piece(source, 0, target, 0, (int) (p.rows() * rowBytes), 1)
                            : new Slices.Piece(source, p.stride(), target, (int) rowBytes, p.bytes(), (int) p.rows()));
        }
        if (scale != 1) {
            Dtype precision = dtype == Dtype.F64 ? Dtype.F64 : Dtype.F32;
            return new Guess(new ScaledSlice(), spans, ScaledSlice.parameters(precision, scale, list));
        }
        boolean whole =
                list.size() == 1 && list.get(0).bytes() == length && list.get(0).count() == 1;
        return whole
                ? new Guess(new Parent(), spans, new byte[0])
                : new Guess(new Slices(), spans, Slices.parameters(list));
    }
}
