package dev.mgit.delta.planner;

import dev.mgit.delta.Dtype;
import dev.mgit.delta.MgitException;
import dev.mgit.delta.TensorSpec;
import dev.mgit.delta.json.Json;
import dev.mgit.delta.json.JsonObject;
import dev.mgit.delta.predictor.ScaledPredictor;
import dev.mgit.delta.predictor.ScaledPredictor.Scheme;
import dev.mgit.delta.predictor.ScaledPredictor.Tiles;
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
    private static final int MOST_SCALES = 1 << 22;
    /** Where so few elements share a scale, a stored one is named rather than repeated. */
    private static final long FEW = 512;

    /** Above so many of a block its parameters are most of what it costs. */
    private static final int MOST_OF_BLOCK = 1 << 17;

    private static final int MOST_JSON = 1 << 16;
    private static final int NIBBLES = 16;

    /** What the name of a quantized tensor is followed by in that of its scales; of int8 by bitsandbytes, in units of 1/127. */
    private static final List<String> SCALES =
            List.of("_scale", "_scale_inv", "_scales", ".scale", ".scales", ".absmax");

    private static final String WEIGHT = ".weight";
    private static final List<String> OF_WEIGHT = List.of(".scale_weight", ".SCB");
    private static final float BITSANDBYTES_INT8 = 127;

    /** How names of 4-bit codes end. */
    private static final List<String> PACKED_ENDS = List.of("", "_packed", ".qdata");

    /** E2M1 of the OCP microscaling formats, by code. */
    private static final float[] E2M1 = {0, 0.5f, 1, 1.5f, 2, 3, 4, 6, -0f, -0.5f, -1, -1.5f, -2, -3, -4, -6};

    private static final String GLOBAL_SCALE = "_global_scale";
    private static final String TABLE = ".quant_map";
    private static final String NESTED = ".nested_absmax";
    private static final String NESTED_TABLE = ".nested_quant_map";
    private static final List<String> NESTED_STATE =
            List.of(".quant_state.bitsandbytes__nf4", ".quant_state.bitsandbytes__fp4");

    private final Trial trial;
    private final Candidates candidates;

    private ScaledSearch(Trial trial, Candidates candidates) {
        this.trial = trial;
        this.candidates = candidates;
    }

    static void search(Trial trial, Candidates candidates) {
        var search = new ScaledSearch(trial, candidates);
        Dtype dtype = trial.spec().dtype();
        if (isNarrow(dtype)) {
            search.quantized();
        } else if (dtype.isFloat()) {
            search.dequantized();
            search.unpacked();
        }
    }

    private static boolean isNarrow(Dtype dtype) {
        return dtype == Dtype.F8_E4M3 || dtype == Dtype.F8_E5M2;
    }

    /** Scales of a tensor: all of them, or where they are stored, where there are many. */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    private record Scales(TensorSpec spec, float[] values, Optional<SourceTensor> stored, float divisor) {
        Dtype dtype() {
            return stored.map(tensor -> scaleDtype(tensor.spec())).orElse(Dtype.F32);
        }
    }

    private void quantized() {
        ChildTensor child = trial.child();
        TensorSpec spec = trial.spec();
        Scales scales = names(spec.name()).stream()
                .flatMap(name -> child.sibling(name).stream())
                .filter(scale -> scale.spec().dtype().isFloat() && isAffordable(scale.spec()))
                .map(scale -> new Scales(scale.spec(), values(scale.spec(), scale::read), Optional.empty(), 1))
                .findFirst()
                .orElse(null);
        if (scales == null) {
            return;
        }
        for (SourceTensor source : candidates.called(spec.name())) {
            Dtype from = source.spec().dtype();
            if (from.isFloat() && !isNarrow(from) && source.spec().shape().equals(spec.shape())) {
                for (int flags : new int[] {ScaledPredictor.DIVIDE, ScaledPredictor.RECIPROCAL, 0}) {
                    for (Dtype precision : new LinkedHashSet<>(List.of(Dtype.F32, from))) {
                        offer(
                                source,
                                new Scheme(from, flags, Dtype.F32, Dtype.F32, precision, 1, new float[0]),
                                scales);
                    }
                }
                return;
            }
        }
    }

    private void dequantized() {
        TensorSpec spec = trial.spec();
        for (SourceTensor source : candidates.called(spec.name())) {
            Dtype from = source.spec().dtype();
            if ((isNarrow(from) || from == Dtype.I8) && source.spec().shape().equals(spec.shape())) {
                Scales scales = scalesOf(source).orElse(null);
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
                if (2 * source.spec().byteLength() == spec.elements()
                        && !source.spec().dtype().isFloat()) {
                    Scales scales = scalesOf(source, spec.name(), end).orElse(null);
                    if (scales != null) {
                        unpacked(source, scales);
                        return;
                    }
                }
            }
        }
    }

    private void unpacked(SourceTensor source, Scales scales) {
        SourceTensor table = beside(source, source.spec().name() + TABLE).orElse(null);
        if (table != null) {
            float[] codes = values(table.spec(), table::read);
            if (codes.length == NIBBLES) {
                offerProducts(source, Dtype.U8, ScaledPredictor.PACKED | ScaledPredictor.HIGH_FIRST, codes, scales);
            }
        } else if (isNarrow(scales.spec().dtype()) || scaleDtype(scales.spec()) == Dtype.F8_E8M0) {
            offerProducts(source, Dtype.U8, ScaledPredictor.PACKED, E2M1, scales);
        } else {
            boolean signed = source.spec().dtype() == Dtype.I4 || source.spec().dtype() == Dtype.I8;
            float[] codes = new float[NIBBLES];
            for (int code = 0; code < NIBBLES; code++) {
                codes[code] = signed ? code << 28 >> 28 : code - NIBBLES / 2;
            }
            offerProducts(source, Dtype.U8, ScaledPredictor.PACKED, codes, scales);
        }
    }

    /** Products in the child's precision or in float, with scales as they are or as the child would have them. */
    private void offerProducts(SourceTensor source, Dtype from, int flags, float[] codes, Scales scales) {
        Dtype to = trial.spec().dtype();
        Dtype ofScales = scaleDtype(scales.spec());
        Dtype other = ofScales.isFloat() && !isNarrow(ofScales) ? ofScales : to;
        for (Dtype rounded : new LinkedHashSet<>(List.of(Dtype.F32, to))) {
            for (Dtype precision : new LinkedHashSet<>(List.of(to, other))) {
                offer(
                        source,
                        new Scheme(from, flags, scales.dtype(), rounded, precision, scales.divisor(), codes),
                        scales);
            }
        }
    }

    private void offer(SourceTensor source, Scheme scheme, Scales scales) {
        Tiles tiles = tiles(scales.spec(), scheme.isPacked());
        if (tiles != null) {
            trial.offer(new ScaledRecipe(trial.spec(), source, scheme, tiles, scales));
        }
    }

    /** Which elements of the child share a scale; leading dimensions count as rows. Null if the shapes do not tell. */
    private @Nullable Tiles tiles(TensorSpec scale, boolean flat) {
        TensorSpec child = trial.spec();
        long columns = SampledValues.innermost(child);
        long rows = child.elements() / columns;
        long scaleColumns = SampledValues.innermost(scale);
        long scaleRows = scale.elements() / scaleColumns;
        if (scale.elements() == 1) {
            return new Tiles(columns, rows, columns);
        }
        boolean perRow = scale.elements() == rows
                && (scaleColumns == 1 || scale.shape().size() < child.shape().size());
        if (perRow) {
            return new Tiles(columns, 1, columns);
        }
        boolean groups =
                child.elements() % scale.elements() == 0 && (flat || scaleRows == rows && columns % scaleColumns == 0);
        if (groups) {
            long group = child.elements() / scale.elements();
            return new Tiles(group, 1, group);
        }
        if (scaleColumns == columns && scaleRows == 1) {
            return new Tiles(columns, rows, 1);
        }
        int rank = child.shape().size();
        long outer = rank < 2 ? 1 : rows / Math.max(1, child.shape().get(rank - 2));
        if (scale.elements() == outer) {
            return new Tiles(columns, rows / outer, columns);
        }
        if (scale.shape().size() != rank) {
            return null;
        }
        long tileRows = side(rows / outer, scaleRows / outer);
        long tileColumns = side(columns, scaleColumns);
        boolean whole = tileRows > 0 && tileColumns > 0 && (outer == 1 || rows / outer % tileRows == 0);
        return whole ? new Tiles(columns, tileRows, tileColumns) : null;
    }

    /** The side of tiles of which so many cover a length: what divides it, or a power of two; 0 if neither does. */
    private static long side(long length, long tiles) {
        if (tiles <= 0) {
            return 0;
        }
        if (length % tiles == 0) {
            return length / tiles;
        }
        long side = Long.highestOneBit(Math.max(1, 2 * (length / tiles) - 1));
        return (length + side - 1) / side == tiles ? side : 0;
    }

    /** Names that the scales of a tensor may have. */
    private static List<String> names(String name) {
        List<String> names = new ArrayList<>();
        SCALES.forEach(end -> names.add(name + end));
        if (name.endsWith(WEIGHT)) {
            OF_WEIGHT.forEach(end -> names.add(name.substring(0, name.length() - WEIGHT.length()) + end));
        }
        return names;
    }

    private Optional<Scales> scalesOf(SourceTensor quantized) {
        return scalesOf(quantized, quantized.spec().name(), "");
    }

    /** @param child the child's name, which that of the tensor may precede by more parts, and end otherwise */
    private Optional<Scales> scalesOf(SourceTensor quantized, String child, String end) {
        String name = quantized.spec().name();
        String stem = name.substring(0, name.length() - end.length());
        for (String scaleName : names(end.isEmpty() ? name : stem)) {
            SourceTensor scale = beside(quantized, scaleName).orElse(null);
            if (scale != null && isAffordable(scale.spec())) {
                return scales(quantized, stem, scale, scaleName.endsWith(".SCB") ? BITSANDBYTES_INT8 : 1);
            }
        }
        return Optional.empty();
    }

    private Optional<Scales> scales(SourceTensor quantized, String stem, SourceTensor scale, float divisor) {
        SourceTensor nested = beside(quantized, stem + NESTED).orElse(null);
        if (nested != null) {
            return nested(quantized, stem, scale, nested);
        }
        if (!scaleDtype(scale.spec()).isFloat() && scaleDtype(scale.spec()) != Dtype.F8_E8M0) {
            return Optional.empty();
        }
        float whole = beside(quantized, stem + GLOBAL_SCALE)
                .filter(global ->
                        global.spec().dtype() == Dtype.F32 && global.spec().elements() == 1)
                .map(global -> values(global.spec(), global::read)[0])
                .orElse(divisor);
        boolean many = scale.spec().elements() * FEW > trial.spec().elements()
                || !SampledValues.readable(scale.spec().dtype())
                || scale.spec().dtype() == Dtype.U8;
        return Optional.of(new Scales(
                scale.spec(),
                many ? new float[0] : values(scale.spec(), scale::read),
                many ? Optional.of(scale) : Optional.empty(),
                whole));
    }

    /** Scales of bitsandbytes that are quantized themselves: a table's values times scales of their own, 256 each, plus their mean. */
    private Optional<Scales> nested(SourceTensor quantized, String stem, SourceTensor scale, SourceTensor nested) {
        SourceTensor table = beside(quantized, stem + NESTED_TABLE).orElse(null);
        JsonObject state = NESTED_STATE.stream()
                .flatMap(name -> beside(quantized, stem + name).stream())
                .flatMap(tensor -> json(tensor).stream())
                .findFirst()
                .orElse(null);
        if (table == null || state == null || scale.spec().dtype() != Dtype.U8) {
            return Optional.empty();
        }
        long group = state.optionalNumber("nested_blocksize").orElse(0L);
        double offset = state.optionalReal("nested_offset").orElse(0.0);
        float[] codes = values(table.spec(), table::read);
        float[] wholes = values(nested.spec(), nested::read);
        float[] scales = values(scale.spec(), scale::read);
        if (codes.length != 256 || group < 1 || (scales.length + group - 1) / group != wholes.length) {
            return Optional.empty();
        }
        for (int i = 0; i < scales.length; i++) {
            scales[i] = codes[(int) scales[i]] * wholes[(int) (i / group)] + (float) offset;
        }
        return Optional.of(new Scales(scale.spec(), scales, Optional.empty(), 1));
    }

    private static Optional<JsonObject> json(SourceTensor tensor) {
        if (tensor.spec().byteLength() > MOST_JSON) {
            return Optional.empty();
        }
        byte[] json = new byte[(int) tensor.spec().byteLength()];
        tensor.read(0, json, json.length);
        try {
            return Optional.of(Json.parseObject(json));
        } catch (MgitException e) {
            return Optional.empty();
        }
    }

    /** A tensor of the same version as another. */
    private Optional<SourceTensor> beside(SourceTensor tensor, String name) {
        return candidates.named(name).stream()
                .filter(other -> other.rank() == tensor.rank() && other.origin().equals(tensor.origin()))
                .findFirst();
    }

    private static boolean isAffordable(TensorSpec scale) {
        return scale.elements() > 0 && scale.elements() <= MOST_SCALES;
    }

    /** Powers of two are kept as bytes where a format has no name for them. */
    private static Dtype scaleDtype(TensorSpec spec) {
        return spec.dtype() == Dtype.U8 ? Dtype.F8_E8M0 : spec.dtype();
    }

    private static float[] values(TensorSpec spec, SampledValues.Reader reader) {
        if (!SampledValues.readable(spec.dtype()) || !isAffordable(spec)) {
            return new float[0];
        }
        double[] wide = SampledValues.read(reader, spec.dtype(), 0, (int) spec.elements());
        float[] values = new float[wide.length];
        for (int i = 0; i < wide.length; i++) {
            values[i] = (float) wide[i];
        }
        return values;
    }

    private record ScaledRecipe(TensorSpec child, SourceTensor source, Scheme scheme, Tiles tiles, Scales scales)
            implements Derivation {
        @Override
        public String name() {
            return (scheme.flags() & (ScaledPredictor.DIVIDE | ScaledPredictor.RECIPROCAL)) != 0
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
            return scales.values().length > 1;
        }

        @Override
        public Optional<TensorPrediction> predicted(long offset, int length) {
            int width = child.dtype().bytes();
            if (offset % width != 0 || length % width != 0 || length == 0) {
                return Optional.empty();
            }
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
            byte[] parameters = ScaledPredictor.parameters(scheme, tiles, first % perTileRow, here);
            return Optional.of(new TensorPrediction(new ScaledPredictor(), spans, parameters));
        }

        private TensorSpan elements(long first, long count) {
            if (scheme.isPacked()) {
                return new TensorSpan(source, first / 2, (int) ((count + 1) / 2));
            }
            int bytes = source.spec().dtype().bytes();
            return new TensorSpan(source, first * bytes, (int) (count * bytes));
        }
    }
}
