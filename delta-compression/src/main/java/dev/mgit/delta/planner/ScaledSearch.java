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
    private static final int MOST_SCALES = 1 << 20;
    /** Where so few elements share a scale, a stored one is named rather than repeated. */
    private static final long FEW = 512;

    /** Above so many of a block its parameters are most of what it costs. */
    private static final int MOST_OF_BLOCK = 1 << 17;

    private static final int MOST_JSON = 1 << 16;
    private static final int NIBBLES = 16;
    private static final int MAX_BYTES = 256;

    /** What the name of a quantized tensor is followed by in that of its scales; of int8 by bitsandbytes, in units of 1/127. */
    private static final List<String> SCALES =
            List.of("_scale", "_scale_inv", "_scales", ".scale", ".scales", ".absmax");

    private static final String WEIGHT = ".weight";
    private static final List<String> OF_WEIGHT = List.of(".scale_weight", ".SCB");
    private static final float BITSANDBYTES_INT8 = 127;

    private static final String PACKED = "_packed";

    /** How names of packed codes end. */
    private static final List<String> PACKED_ENDS = List.of("", PACKED, ".qdata");

    /** E2M1 of the OCP microscaling formats, by code. */
    private static final float[] E2M1 = {0, 0.5f, 1, 1.5f, 2, 3, 4, 6, -0f, -0.5f, -1, -1.5f, -2, -3, -4, -6};

    private static final String GLOBAL_SCALE = "_global_scale";
    private static final String ONE_OVER_GLOBAL_SCALE = "_scale_2";
    private static final String ZERO_POINT = "_zero_point";
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

    /** Scales of a tensor: all of them, or where they are stored, where there are many. */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    private record Scales(TensorSpec spec, float[] values, Optional<SourceTensor> stored, float divisor, int[] zeros) {
        Scales(TensorSpec spec, float[] values) {
            this(spec, values, Optional.empty(), 1, new int[0]);
        }

        Dtype dtype() {
            return stored.map(tensor -> scaleDtype(tensor.spec())).orElse(Dtype.F32);
        }
    }

    private void quantized() {
        TensorSpec spec = trial.spec();
        boolean packed = spec.dtype().bytes() > 1;
        String name = packed && spec.name().endsWith(PACKED)
                ? spec.name().substring(0, spec.name().length() - PACKED.length())
                : spec.name();
        Scales scales = scalesBeside(name).orElse(null);
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

    private Optional<Scales> scalesBeside(String name) {
        return names(name).stream()
                .flatMap(other -> trial.child().sibling(other).stream())
                .filter(scale -> scale.spec().dtype().isFloat() && isAffordable(scale.spec()))
                .map(scale -> new Scales(scale.spec(), values(scale.spec(), scale::read)))
                .findFirst();
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
                long bytes = source.spec().byteLength();
                boolean halves = 2 * bytes == spec.elements();
                boolean whole =
                        bytes == spec.elements() && source.spec().dtype().bytes() > 1;
                if ((halves || whole) && !source.spec().dtype().isFloat()) {
                    Scales scales = scalesOf(source, spec.name(), end).orElse(null);
                    if (scales != null) {
                        if (halves) {
                            unpacked(source, scales);
                        } else {
                            offerProducts(source, Dtype.U8, 0, centred(MAX_BYTES, false), scales);
                        }
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
        Dtype ofScales = scaleDtype(scales.spec());
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
            return new Tiles(columns, 1, columns);
        }
        boolean groups =
                matrix.elements() % scale.elements() == 0 && (flat || scaleRows == rows && columns % scaleColumns == 0);
        if (groups) {
            long group = matrix.elements() / scale.elements();
            return new Tiles(group, 1, group);
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
        long tileRows = side(rows / outer, scaleRows / outer);
        long tileColumns = side(columns, scaleColumns);
        boolean whole = tileRows > 0 && tileColumns > 0 && (outer == 1 || rows / outer % tileRows == 0);
        return whole ? new Tiles(columns, tileRows, tileColumns) : null;
    }

    /** The side of tiles of which so many cover a length: a power of two, as all are, or what divides it; 0 if neither does. */
    private static long side(long length, long tiles) {
        if (tiles <= 1) {
            return tiles == 1 ? length : 0;
        }
        long side = Long.highestOneBit(Math.max(1, 2 * (length / tiles) - 1));
        if ((length + side - 1) / side == tiles) {
            return side;
        }
        return length % tiles == 0 ? length / tiles : 0;
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
            if (scale != null && scale.spec().elements() > 0) {
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
                whole,
                zeros(quantized, stem, scale.spec())));
    }

    /** Those of compressed-tensors: one a scale, or eight of one column of scales in a word. None if there are none. */
    private int[] zeros(SourceTensor quantized, String stem, TensorSpec scale) {
        SourceTensor tensor = beside(quantized, stem + ZERO_POINT).orElse(null);
        long columns = SampledValues.innermost(scale);
        if (tensor == null) {
            return new int[0];
        }
        int count = (int) scale.elements();
        if (tensor.spec().elements() == count) {
            float[] stored = values(tensor.spec(), tensor::read);
            int[] zeros = new int[stored.length];
            for (int i = 0; i < zeros.length; i++) {
                zeros[i] = Math.max(-MAX_BYTES, Math.min(MAX_BYTES, (int) stored[i]));
            }
            return zeros;
        }
        byte[] words = new byte[(int) Math.min(4L * MOST_SCALES, tensor.spec().byteLength())];
        if (tensor.spec().dtype() != Dtype.I32 || words.length != (count / columns + 7) / 8 * columns * Integer.BYTES) {
            return new int[0];
        }
        tensor.read(0, words, words.length);
        int[] zeros = new int[count];
        for (int i = 0; i < count; i++) {
            long row = i / columns;
            int word = (int) (row / 8 * columns + i % columns);
            int pair = words[word * Integer.BYTES + (int) (row % 8) / 2] >> (row % 2 * 4);
            zeros[i] = (pair & 15) - NIBBLES / 2;
        }
        return zeros;
    }

    private static Optional<Float> single(SourceTensor tensor) {
        return Optional.of(tensor)
                .filter(one -> one.spec().dtype() == Dtype.F32 && one.spec().elements() == 1)
                .map(one -> values(one.spec(), one::read)[0]);
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
        return Optional.of(new Scales(scale.spec(), scales));
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
