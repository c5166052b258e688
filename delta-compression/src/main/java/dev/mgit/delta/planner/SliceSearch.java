package dev.mgit.delta.planner;

import dev.mgit.delta.TensorSpec;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Finds out whether the child is put together from whole rows or columns of other tensors: fused and split projections,
 * tensor- and pipeline-parallel shards. Looks at the first and last bytes of granules, the largest runs of rows or
 * columns that can have been moved together.
 */
final class SliceSearch {
    private static final int MAX_SOURCES = 8;
    private static final int MAX_GRANULES = 512;
    private static final int SIGNATURE = 64;
    private static final int LEAST_SIGNATURE = 8;
    private static final long MAX_ROW_BYTES = 1 << 20;
    /** Covering less than this is a coincidence of biases and constants. */
    private static final double LEAST_COVERED = 0.5;

    private SliceSearch() {}

    /** Rows, or bytes of a row, from a source: a granule's origin. */
    private record Origin(SourceTensor source, long index) {}

    static void search(Trial trial, Candidates candidates) {
        TensorSpec child = trial.spec();
        if (child.dtype().blockElements() != 1 || child.shape().isEmpty() || child.elements() == 0) {
            return;
        }
        byRows(trial, candidates);
        if (trial.share() > LEAST_COVERED && child.shape().size() >= 2) {
            byColumns(trial, candidates);
        }
        if (trial.share() > LEAST_COVERED && child.dtype().isFloat()) {
            UpcyclingSearch.search(trial, candidates);
        }
    }

    /** Bytes of a row as granules see it: the innermost axis, or one element of a vector. */
    private static long width(TensorSpec spec) {
        return spec.shape().size() < 2
                ? spec.dtype().bytes()
                : SampledValues.innermost(spec) * spec.dtype().bytes();
    }

    private static void byRows(Trial trial, Candidates candidates) {
        TensorSpec child = trial.spec();
        long width = width(child);
        long rows = child.byteLength() / width;
        List<SourceTensor> alike = candidates.ofOtherVersions().stream()
                .filter(s -> s.spec().dtype() == child.dtype() && s.spec().elements() > 0)
                .filter(s -> width(s.spec()) == width
                        && s.spec().shape().size() < 2 == child.shape().size() < 2)
                .toList();
        List<SourceTensor> sources = NameAffinity.nearest(child.name(), alike, MAX_SOURCES);
        Set<Long> tried = new LinkedHashSet<>();
        for (int divisor : new int[] {1, 2, 3, 4}) {
            for (SourceTensor source : sources) {
                long common = gcd(rows, source.spec().byteLength() / width);
                if (common % divisor == 0) {
                    tried.add(common / divisor);
                }
            }
        }
        sources.forEach(s -> tried.add(gcd(64, gcd(rows, s.spec().byteLength() / width))));
        if (child.shape().size() > 2) {
            tried.add(rows / child.shape().get(0));
        }
        List<PiecesDerivation.Piece> best = List.of();
        long covered = 0;
        for (long granule : tried) {
            if (covered < rows && rows / granule <= MAX_GRANULES && granule * width >= LEAST_SIGNATURE) {
                List<PiecesDerivation.Piece> pieces = rowPieces(trial.child(), sources, width, rows, granule);
                long covers =
                        pieces.stream().mapToLong(PiecesDerivation.Piece::rows).sum();
                if (covers > covered) {
                    best = pieces;
                    covered = covers;
                }
            }
        }
        if (covered >= rows * LEAST_COVERED) {
            trial.offer(new PiecesDerivation(child.dtype(), width, best, 1));
        }
    }

    private static List<PiecesDerivation.Piece> rowPieces(
            ChildTensor child, List<SourceTensor> sources, long width, long rows, long granule) {
        Map<ByteBuffer, Origin> index = new HashMap<>();
        for (SourceTensor source : sources) {
            long sourceRows = source.spec().byteLength() / width;
            if (sourceRows % granule == 0 && sourceRows / granule <= MAX_GRANULES) {
                for (long row = 0; row < sourceRows; row += granule) {
                    ByteBuffer key = signature(source::read, row * width, granule * width);
                    if (distinctive(key)) {
                        index.putIfAbsent(key, new Origin(source, row));
                    }
                }
            }
        }
        List<PiecesDerivation.Piece> pieces = new ArrayList<>();
        for (long row = 0; row < rows; row += granule) {
            Origin found = index.get(signature(child::read, row * width, granule * width));
            if (found != null) {
                add(
                        pieces,
                        new PiecesDerivation.Piece(
                                found.source(), found.index() * width, width, 0, (int) width, row, granule));
            }
        }
        return pieces;
    }

    /** Adds a piece, or lengthens the last one where it goes on in the same source. */
    private static void add(List<PiecesDerivation.Piece> pieces, PiecesDerivation.Piece next) {
        if (!pieces.isEmpty()) {
            PiecesDerivation.Piece last = pieces.get(pieces.size() - 1);
            boolean goesOn = last.source() == next.source()
                    && last.firstRow() + last.rows() == next.firstRow()
                    && last.offset() + last.rows() * last.stride() == next.offset();
            if (goesOn) {
                pieces.set(
                        pieces.size() - 1,
                        new PiecesDerivation.Piece(
                                last.source(),
                                last.offset(),
                                last.stride(),
                                last.column(),
                                last.bytes(),
                                last.firstRow(),
                                last.rows() + next.rows()));
                return;
            }
        }
        pieces.add(next);
    }

    /** The first and the last bytes of a run. */
    private static ByteBuffer signature(SampledValues.Reader reader, long offset, long length) {
        int some = (int) Math.min(SIGNATURE / 2, length);
        byte[] head = new byte[some];
        byte[] tail = new byte[some];
        reader.read(offset, head, some);
        reader.read(offset + length - some, tail, some);
        return ByteBuffer.allocate(2 * some).put(head).put(tail).flip();
    }

    private static boolean distinctive(ByteBuffer key) {
        for (int i = 8; i < key.limit(); i++) {
            if (key.get(i) != key.get(i - 8)) {
                return true;
            }
        }
        return key.limit() == LEAST_SIGNATURE;
    }

    private static void byColumns(Trial trial, Candidates candidates) {
        TensorSpec child = trial.spec();
        long rows = child.shape().get(0);
        long width = child.byteLength() / rows;
        List<SourceTensor> alike = candidates.ofOtherVersions().stream()
                .filter(s -> s.spec().dtype() == child.dtype()
                        && s.spec().shape().size() >= 2
                        && s.spec().elements() > 0)
                .filter(s -> s.spec().shape().get(0) == rows
                        && s.spec().byteLength() / rows != width
                        && s.spec().byteLength() / rows <= MAX_ROW_BYTES)
                .toList();
        if (width > MAX_ROW_BYTES) {
            return;
        }
        List<SourceTensor> sources = NameAffinity.nearest(child.name(), alike, MAX_SOURCES);
        Set<Long> tried = new LinkedHashSet<>();
        for (int divisor : new int[] {1, 2, 3, 4}) {
            for (SourceTensor source : sources) {
                long common = gcd(width, source.spec().byteLength() / rows);
                if (common % divisor == 0) {
                    tried.add(common / divisor);
                }
            }
        }
        List<PiecesDerivation.Piece> best = List.of();
        long covered = 0;
        for (long granule : tried) {
            if (covered < width && width / granule <= MAX_GRANULES && granule >= 2 * LEAST_SIGNATURE) {
                List<PiecesDerivation.Piece> pieces = columnPieces(trial.child(), sources, width, rows, (int) granule);
                if (pieces.size() * granule > covered) {
                    best = pieces;
                    covered = pieces.size() * granule;
                }
            }
        }
        if (covered >= width * LEAST_COVERED) {
            trial.offer(new PiecesDerivation(child.dtype(), width, best, 1));
        }
    }

    /** Compares two rows, a third and two thirds down. */
    private static List<PiecesDerivation.Piece> columnPieces(
            ChildTensor child, List<SourceTensor> sources, long width, long rows, int granule) {
        Map<ByteBuffer, Origin> index = new HashMap<>();
        for (SourceTensor source : sources) {
            long sourceWidth = source.spec().byteLength() / rows;
            byte[] two = twoRows(source::read, sourceWidth, rows);
            for (int at = 0; sourceWidth % granule == 0 && at < sourceWidth; at += granule) {
                index.putIfAbsent(column(two, (int) sourceWidth, at, granule), new Origin(source, at));
            }
        }
        byte[] two = twoRows(child::read, width, rows);
        List<PiecesDerivation.Piece> pieces = new ArrayList<>();
        for (int at = 0; at < width; at += granule) {
            ByteBuffer key = column(two, (int) width, at, granule);
            Origin found = distinctive(key) ? index.get(key) : null;
            if (found != null) {
                long sourceWidth = found.source().spec().byteLength() / rows;
                pieces.add(
                        new PiecesDerivation.Piece(found.source(), found.index(), sourceWidth, at, granule, 0, rows));
            }
        }
        return pieces;
    }

    private static byte[] twoRows(SampledValues.Reader reader, long width, long rows) {
        byte[] one = new byte[(int) width];
        byte[] two = new byte[2 * one.length];
        for (int i = 0; i < 2; i++) {
            reader.read(rows * (i + 1) / 3 * width, one, one.length);
            System.arraycopy(one, 0, two, i * one.length, one.length);
        }
        return two;
    }

    private static ByteBuffer column(byte[] twoRows, int width, int at, int granule) {
        return ByteBuffer.allocate(2 * granule)
                .put(twoRows, at, granule)
                .put(twoRows, width + at, granule)
                .flip();
    }

    static long gcd(long a, long b) {
        return b == 0 ? a : gcd(b, a % b);
    }
}
