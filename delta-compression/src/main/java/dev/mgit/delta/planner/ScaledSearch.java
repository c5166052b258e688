package dev.mgit.delta.planner;

import dev.mgit.delta.Dtype;
import dev.mgit.delta.TensorSpec;
import dev.mgit.delta.numeric.Tiles;
import dev.mgit.delta.predictor.ScaledPredictor;
import dev.mgit.delta.predictor.ScaledPredictor.Scheme;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Finds out whether the child holds 8-bit floats with scales beside them, made of wider floats, or floats that were made of a
 * quantized tensor and its scales. What belongs together is known by its names, and which elements share a scale by the shapes.
 */
final class ScaledSearch {
    /** Above so many of a block its parameters are most of what it costs. */
    private static final int MOST_OF_BLOCK = 1 << 17;

    private static final int NIBBLES = 16;
    private static final int MAX_BYTES = 256;

    private static final String PACKED = "_packed";

    /** How names of packed codes end. */
    private static final List<String> PACKED_ENDS = List.of("", PACKED, ".qdata");

    /** E2M1 of the OCP microscaling formats, by code. */
    private static final float[] E2M1 = {0, 0.5f, 1, 1.5f, 2, 3, 4, 6, -0f, -0.5f, -1, -1.5f, -2, -3, -4, -6};

    private final Trial trial;
    private final Candidates candidates;

    private ScaledSearch(Trial trial, Candidates candidates) {
        this.trial = trial;
        this.candidates = candidates;
    }

    static void search(Trial trial, Candidates candidates) {
        var search = new ScaledSearch(trial, candidates);
        Dtype dtype = trial.spec().dtype();
        if (isNarrow(dtype)
                || dtype == Dtype.I8
                || dtype == Dtype.I32 && trial.spec().name().endsWith(PACKED)) {
            search.quantized();
        } else if (dtype.isFloat()) {
            search.dequantized();
            search.unpacked();
        }
    }

    private static boolean isNarrow(Dtype dtype) {
        return dtype == Dtype.F8_E4M3 || dtype == Dtype.F8_E5M2;
    }

    private void quantized() {
        TensorSpec spec = trial.spec();
        boolean packed = spec.dtype().bytes() > 1;
        String name = packed && spec.name().endsWith(PACKED)
                ? spec.name().substring(0, spec.name().length() - PACKED.length())
                : spec.name();
        Scales scales = Scales.beside(trial.child(), name).orElse(null);
        if (scales == null) {
            return;
        }
        for (SourceTensor source : candidates.called(name)) {
            TensorSpec floats = source.spec();
            boolean same = packed
                    ? floats.elements() == spec.byteLength()
                    : floats.shape().equals(spec.shape());
            if (floats.dtype().isFloat() && !isNarrow(floats.dtype()) && same) {
                offerQuotients(source, packed ? ScaledPredictor.BYTES : 0, scales);
                return;
            }
        }
    }

    /** Divided by scales, multiplied with their reciprocals, or with scales that are reciprocals; in float or as the source is. */
    private void offerQuotients(SourceTensor source, int container, Scales scales) {
        Dtype from = source.spec().dtype();
        for (int way : new int[] {ScaledPredictor.DIVIDE, ScaledPredictor.RECIPROCAL, 0}) {
            for (Dtype precision : new LinkedHashSet<>(List.of(Dtype.F32, from))) {
                var scheme = new Scheme(from, way | container, Dtype.F32, Dtype.F32, precision, 1, new float[0]);
                offer(source.spec(), source, scheme, scales);
            }
        }
    }

    private void dequantized() {
        TensorSpec spec = trial.spec();
        for (SourceTensor source : candidates.called(spec.name())) {
            Dtype from = source.spec().dtype();
            if ((isNarrow(from) || from == Dtype.I8) && source.spec().shape().equals(spec.shape())) {
                Scales scales = new StoredScales(candidates, source, "")
                        .of(spec.elements())
                        .orElse(null);
                if (scales != null) {
                    offerProducts(source, from, 0, new float[0], scales);
                    return;
                }
            }
        }
    }

    /** Floats of 4-bit codes. */
    private void unpacked() {
        TensorSpec spec = trial.spec();
        for (String end : PACKED_ENDS) {
            for (SourceTensor source : candidates.called(spec.name() + end)) {
                long bytes = source.spec().byteLength();
                boolean halves = 2 * bytes == spec.elements();
                boolean whole =
                        bytes == spec.elements() && source.spec().dtype().bytes() > 1;
                if ((halves || whole) && !source.spec().dtype().isFloat()) {
                    var beside = new StoredScales(candidates, source, end);
                    Scales scales = beside.of(spec.elements()).orElse(null);
                    if (scales != null) {
                        if (halves) {
                            unpacked(source, beside.table(), scales);
                        } else {
                            offerProducts(source, Dtype.U8, 0, centred(MAX_BYTES, false), scales);
                        }
                        return;
                    }
                }
            }
        }
    }

    private void unpacked(SourceTensor source, float[] table, Scales scales) {
        if (table.length == NIBBLES) {
            offerProducts(source, Dtype.U8, ScaledPredictor.PACKED | ScaledPredictor.HIGH_FIRST, table, scales);
        } else if (isNarrow(scales.spec().dtype()) || scales.kept() == Dtype.F8_E8M0) {
            offerProducts(source, Dtype.U8, ScaledPredictor.PACKED, E2M1, scales);
        } else {
            boolean signed = source.spec().dtype() == Dtype.I4 || source.spec().dtype() == Dtype.I8;
            offerProducts(source, Dtype.U8, ScaledPredictor.PACKED, centred(NIBBLES, signed), scales);
        }
    }

    /** Integers around zero: what half of the codes is above, or two's complement. */
    private static float[] centred(int levels, boolean signed) {
        float[] codes = new float[levels];
        for (int code = 0; code < levels; code++) {
            codes[code] = !signed ? code - levels / 2 : code < levels / 2 ? code : code - levels;
        }
        return codes;
    }

    /** Products in the child's precision or in float, with scales as they are or as the child would have them. */
    private void offerProducts(SourceTensor source, Dtype from, int flags, float[] codes, Scales scales) {
        Dtype to = trial.spec().dtype();
        Dtype ofScales = scales.kept();
        Dtype other = ofScales.isFloat() && !isNarrow(ofScales) ? ofScales : to;
        for (Dtype rounded : new LinkedHashSet<>(List.of(Dtype.F32, to))) {
            for (Dtype precision : new LinkedHashSet<>(List.of(to, other))) {
                var scheme = new Scheme(from, flags, scales.dtype(), rounded, precision, scales.divisor(), codes);
                offer(trial.spec(), source, scheme, scales);
            }
        }
    }

    /** @param floats the matrix, wherever its numbers are floats */
    private void offer(TensorSpec floats, SourceTensor source, Scheme scheme, Scales scales) {
        Tiles tiles = tiles(floats, scales.spec(), scheme.codes().length > 0);
        if (tiles != null) {
            trial.offer(new ScaledRecipe(trial.spec(), source, scheme, tiles, scales));
        }
    }

    /** Which elements of a matrix share a scale; leading dimensions count as rows. Null if the shapes do not tell. */
    private static @Nullable Tiles tiles(TensorSpec matrix, TensorSpec scale, boolean flat) {
        long columns = SampledValues.innermost(matrix);
        long rows = matrix.elements() / columns;
        long scaleColumns = SampledValues.innermost(scale);
        long scaleRows = scale.elements() / scaleColumns;
        if (scale.elements() == 1) {
            return new Tiles(columns, rows, columns);
        }
        boolean perRow = scale.elements() == rows
                && (scaleColumns == 1 || scale.shape().size() < matrix.shape().size());
        if (perRow) {
            return Tiles.runs(columns);
        }
        boolean groups =
                matrix.elements() % scale.elements() == 0 && (flat || scaleRows == rows && columns % scaleColumns == 0);
        if (groups) {
            return Tiles.runs(matrix.elements() / scale.elements());
        }
        if (scaleColumns == columns && scaleRows == 1) {
            return new Tiles(columns, rows, 1);
        }
        int rank = matrix.shape().size();
        long outer = rank < 2 ? 1 : rows / Math.max(1, matrix.shape().get(rank - 2));
        if (scale.elements() == outer) {
            return new Tiles(columns, rows / outer, columns);
        }
        if (scale.shape().size() != rank) {
            return null;
        }
        long tileRows = Tiles.side(rows / outer, scaleRows / outer);
        long tileColumns = Tiles.side(columns, scaleColumns);
        boolean whole = tileRows > 0 && tileColumns > 0 && (outer == 1 || rows / outer % tileRows == 0);
        return whole ? new Tiles(columns, tileRows, tileColumns) : null;
    }

    private record ScaledRecipe(TensorSpec child, SourceTensor source, Scheme scheme, Tiles tiles, Scales scales)
            implements Derivation {
        @Override
        public String name() {
            return (scheme.flags() & (ScaledPredictor.DIVIDE | ScaledPredictor.RECIPROCAL)) != 0
                            || !child.dtype().isFloat()
                            || isNarrow(child.dtype())
                    ? "scaled"
                    : "dequantize";
        }

        @Override
        public List<SourceTensor> sources() {
            return scales.stored().map(stored -> List.of(source, stored)).orElse(List.of(source));
        }

        @Override
        public boolean parametersGrow() {
            return scales.values().length > 1 || scales.zeros().length > 1;
        }

        @Override
        public Optional<TensorPrediction> predicted(long offset, int length) {
            int whole = child.dtype().bytes();
            if (offset % whole != 0 || length % whole != 0 || length == 0) {
                return Optional.empty();
            }
            int width = (scheme.flags() & ScaledPredictor.BYTES) != 0 ? 1 : whole;
            long first = offset / width;
            long count = length / width;
            if (scheme.isPacked() && first % 2 != 0) {
                return Optional.empty();
            }
            long perTileRow = tiles.rowElements();
            long from = first / perTileRow * tiles.perRow();
            long to = ((first + count - 1) / perTileRow + 1) * tiles.perRow();
            List<TensorSpan> spans = new ArrayList<>();
            spans.add(elements(first, count));
            float[] here = new float[0];
            if (scales.stored().isPresent()) {
                int bytes = scales.spec().dtype().bytes();
                if (to * bytes > scales.spec().byteLength()) {
                    return Optional.empty();
                }
                spans.add(new TensorSpan(scales.stored().get(), from * bytes, (int) ((to - from) * bytes)));
            } else if (to <= scales.values().length && to - from <= MOST_OF_BLOCK) {
                here = Arrays.copyOfRange(scales.values(), (int) from, (int) to);
            } else {
                return Optional.empty();
            }
            int[] zeros =
                    scales.zeros().length < to ? new int[0] : Arrays.copyOfRange(scales.zeros(), (int) from, (int) to);
            byte[] parameters = ScaledPredictor.parameters(scheme, tiles, first % perTileRow, here, zeros);
            return Optional.of(new TensorPrediction(new ScaledPredictor(), spans, parameters));
        }

        private TensorSpan elements(long first, long count) {
            if (scheme.isPacked()) {
                return new TensorSpan(source, first / 2, (int) ((count + 1) / 2));
            }
            int bytes = scheme.codes().length > 0 ? 1 : source.spec().dtype().bytes();
            return new TensorSpan(source, first * bytes, (int) (count * bytes));
        }
    }
}
