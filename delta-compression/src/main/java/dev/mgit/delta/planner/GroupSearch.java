package dev.mgit.delta.planner;

import dev.mgit.delta.Dtype;
import dev.mgit.delta.TensorSpec;
import dev.mgit.delta.predictor.GroupQuantizePredictor;
import dev.mgit.delta.predictor.GroupQuantizePredictor.Scheme;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Finds out whether the child holds integers of four bits, or of eight, whose scales are shared by small groups, or those
 * scales; the floats are known by name. What the scales tell about how they were made is tried on the samples.
 */
final class GroupSearch {
    private static final int NIBBLES = 16;
    private static final int LARGEST_SLAB = 1 << 22;
    /** Divisors of scales are 7, 7.5, 8, 15, 127 and the like. */
    private static final int LARGEST_DIVISOR = 255;

    /** How names of codes end, and those of what lies beside them and of their floats begin. */
    private static final List<String> ENDS =
            List.of("_DQ_Q4", "_Q4", "_quantized", "_packed", ".qdata", "._data", "_qdata", "");

    private static final List<String> SCALES =
            List.of(".absmax", "_DQ_scales", "_scales", "_scale", ".scales", ".scale");
    private static final String TABLE = ".quant_map";

    /** GPTQ's, whose codes are {@link PackedCodesSearch}'s. */
    private static final String WORDS = ".qweight";

    private static final String WEIGHT = ".weight";

    private final Trial trial;
    private final Candidates candidates;
    private final boolean nibbles;

    private GroupSearch(Trial trial, Candidates candidates, boolean nibbles) {
        this.trial = trial;
        this.candidates = candidates;
        this.nibbles = nibbles;
    }

    /** What is known of codes before their floats are looked at. */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    private record Codes(ChildTensor codes, ChildTensor scale, String floats, double[] table) {}

    /** Offers what makes nibbles, and scales. */
    static void search(Trial trial, Candidates candidates) {
        var search = new GroupSearch(trial, candidates, true);
        Dtype dtype = trial.spec().dtype();
        if (dtype.isFloat()) {
            search.scales();
        } else if (isContainer(dtype)) {
            codes(trial.child()).ifPresent(found -> search.offer(found, false));
        }
    }

    /** Offers what makes a byte of each float, with several scales a row. */
    static void bytes(Trial trial, Candidates candidates) {
        if (isContainer(trial.spec().dtype()) && !trial.spec().dtype().isPacked()) {
            var search = new GroupSearch(trial, candidates, false);
            codes(trial.child()).ifPresent(found -> search.offer(found, false));
        }
    }

    private static boolean isContainer(Dtype dtype) {
        return switch (dtype) {
            case I4, U4, U8, I8, I32, U32 -> true;
            default -> false;
        };
    }

    private void scales() {
        String name = trial.spec().name();
        for (String end : SCALES) {
            if (name.endsWith(end)) {
                String stem = name.substring(0, name.length() - end.length());
                ChildTensor words = trial.child().sibling(stem + WORDS).orElse(null);
                if (words != null) {
                    offer(new Codes(words, trial.child(), stem + WEIGHT, new double[0]), true);
                    return;
                }
                for (String codesEnd : ENDS) {
                    ChildTensor codes = trial.child().sibling(stem + codesEnd).orElse(null);
                    if (codes != null && isContainer(codes.spec().dtype())) {
                        codes(codes).ifPresent(found -> offer(found, true));
                        return;
                    }
                }
            }
        }
    }

    private static Optional<Codes> codes(ChildTensor child) {
        String name = child.spec().name();
        for (String end : ENDS) {
            if (name.endsWith(end)) {
                String stem = name.substring(0, name.length() - end.length());
                for (String scaleEnd : SCALES) {
                    ChildTensor scale = child.sibling(stem + scaleEnd).orElse(null);
                    if (scale != null && scale.spec().elements() > 0) {
                        return Optional.of(new Codes(child, scale, stem, table(child, stem)));
                    }
                }
            }
        }
        return Optional.empty();
    }

    private static double[] table(ChildTensor child, String stem) {
        return child.sibling(stem + TABLE)
                .filter(table ->
                        table.spec().dtype() == Dtype.F32 && table.spec().elements() == NIBBLES)
                .map(table -> SampledValues.read(table::read, Dtype.F32, 0, NIBBLES))
                .orElse(new double[0]);
    }

    private void offer(Codes found, boolean scales) {
        TensorSpec spec = found.codes().spec();
        long bytes = spec.byteLength();
        for (SourceTensor source : candidates.called(found.floats())) {
            TensorSpec floats = source.spec();
            boolean packed =
                    spec.dtype().isPacked() ? floats.elements() == spec.elements() : floats.elements() == 2 * bytes;
            boolean single = !spec.dtype().isPacked() && floats.elements() == bytes;
            if (floats.dtype().isFloat() && (packed || single) && (scales || packed == nibbles)) {
                for (Placement placement : placements(source)) {
                    offer(found, placement, floats.elements(), packed, scales);
                }
                return;
            }
        }
    }

    /** As the floats lie, and matrices turned round: ONNX multiplies from the other side. */
    private static List<Placement> placements(SourceTensor source) {
        List<Placement> placements = new ArrayList<>();
        placements.add(new Placement.Straight(source));
        if (source.spec().shape().size() == 2) {
            placements.add(new Placement.Turned(source, List.of(1, 0)));
        }
        return placements;
    }

    private void offer(Codes found, Placement placement, long elements, boolean packed, boolean scales) {
        long groups = found.scale().spec().elements();
        if (groups == 0 || elements < groups || elements % groups != 0 || elements / groups > LARGEST_SLAB) {
            return;
        }
        int group = (int) (elements / groups);
        if (!packed && group >= SampledValues.innermost(found.codes().spec())) {
            return; // a scale a row or more: QuantizePredictor's
        }
        for (int inner : inners(found, placement)) {
            if ((long) inner * group <= LARGEST_SLAB && elements % ((long) inner * group) == 0) {
                for (Scheme scheme : schemes(found, placement, inner, group, packed, scales)) {
                    trial.offer(new GroupRecipe(trial.spec(), placement, elements, scheme));
                }
            }
        }
    }

    /** Groups lie along rows, or along columns where there are as many scales in a row as codes, and floats. */
    private static Set<Integer> inners(Codes found, Placement placement) {
        TensorSpec codes = found.codes().spec();
        TensorSpec scale = found.scale().spec();
        Set<Integer> inners = new LinkedHashSet<>();
        if (!codes.name().endsWith(WORDS)) {
            inners.add(1);
        }
        if (scale.shape().size() == 2
                && codes.shape().size() == 2
                && scale.shape().get(1).equals(codes.shape().get(1))
                && placement.columns() == scale.shape().get(1)) {
            inners.add((int) Math.min(LARGEST_SLAB, scale.shape().get(1)));
        }
        return inners;
    }

    private List<Scheme> schemes(
            Codes found, Placement placement, int inner, int group, boolean packed, boolean scales) {
        List<Scheme> schemes = new ArrayList<>();
        Dtype dtype = found.codes().spec().dtype();
        int container = scales ? GroupQuantizePredictor.SCALES : packed ? 0 : GroupQuantizePredictor.BYTES;
        Dtype scaleDtype = found.scale().spec().dtype();
        if (found.table().length > 0) {
            float[] codes = new float[NIBBLES];
            for (int i = 0; i < codes.length; i++) {
                codes[i] = (float) found.table()[i];
            }
            schemes.add(new Scheme(
                    GroupQuantizePredictor.ABSMAX,
                    GroupQuantizePredictor.EVEN,
                    container | (scales ? 0 : GroupQuantizePredictor.HIGH_FIRST),
                    Dtype.F32,
                    0,
                    0,
                    NIBBLES,
                    1,
                    inner,
                    group,
                    codes));
            return schemes;
        }
        if (!scaleDtype.isFloat()) {
            return schemes;
        }
        boolean words = found.codes().spec().name().endsWith(WORDS);
        boolean signed = dtype == Dtype.I4 || dtype == Dtype.I8;
        int zero = signed ? 0 : NIBBLES / 2;
        for (int kind : new int[] {
            GroupQuantizePredictor.ABSMAX, GroupQuantizePredictor.SIGNED_MAX, GroupQuantizePredictor.RANGE
        }) {
            float divisor = divisor(found, placement, kind, inner, group);
            if (divisor == 0
                    || words
                            && divisor
                                    != (packed ? NIBBLES - 1 : 255)
                                            / (kind == GroupQuantizePredictor.RANGE ? 1f : 2f)) {
                continue;
            }
            int[] roundings = scales
                    ? new int[] {GroupQuantizePredictor.EVEN}
                    : new int[] {GroupQuantizePredictor.EVEN, GroupQuantizePredictor.UP, GroupQuantizePredictor.AWAY};
            for (int rounding : roundings) {
                for (int reciprocal : scales ? new int[] {0} : new int[] {0, GroupQuantizePredictor.RECIPROCAL}) {
                    boolean eight = !packed && divisor > NIBBLES;
                    int levels = eight ? 256 : NIBBLES;
                    int lowest = signed ? -levels / 2 : 0;
                    schemes.add(new Scheme(
                            kind,
                            rounding,
                            container | reciprocal,
                            scaleDtype,
                            eight && !signed ? levels / 2 : zero,
                            lowest,
                            levels,
                            divisor,
                            inner,
                            group,
                            new float[0]));
                }
            }
        }
        return schemes;
    }

    /** What the scale of the first group that has one says it was divided by; 0 if that makes no sense. */
    private float divisor(Codes found, Placement placement, int kind, int inner, int group) {
        Scheme plain =
                new Scheme(kind, 0, GroupQuantizePredictor.SCALES, Dtype.F32, 0, 0, 1, 1, inner, group, new float[0]);
        int count = (int) Math.min(inner == 1 ? 16 : inner, found.scale().spec().elements());
        long slab = (long) inner * group;
        GroupRecipe recipe = new GroupRecipe(
                new TensorSpec("", Dtype.F32, List.of((long) count)), placement, slab * (count / inner), plain);
        TensorPrediction predicted = recipe.predicted(0, count * Float.BYTES).orElse(null);
        if (predicted == null || !predicted.fits(count * Float.BYTES)) {
            return 0;
        }
        byte[] bytes = predicted.bytes(Dtype.F32, count * Float.BYTES);
        double[] whole = SampledValues.decode(Dtype.F32, bytes, count);
        TensorSpec scale = found.scale().spec();
        double[] scales = SampledValues.read(found.scale()::read, scale.dtype(), 0, count);
        for (int i = 0; i < count; i++) {
            if (scales[i] != 0) {
                double divisor = Math.rint(2 * whole[i] / scales[i]) / 2;
                return divisor >= 1 && divisor <= LARGEST_DIVISOR ? (float) divisor : 0;
            }
        }
        return 0;
    }

    /** The source's slabs around a block, placed and then quantized. */
    private record GroupRecipe(TensorSpec child, Placement placement, long elements, Scheme scheme)
            implements Derivation {
        @Override
        public String name() {
            return scheme.scales() ? "group scale" : "group-quantize";
        }

        @Override
        public List<SourceTensor> sources() {
            return placement.sources();
        }

        @Override
        public Optional<TensorPrediction> predicted(long offset, int length) {
            Dtype dtype = child.dtype();
            if (offset % dtype.bytes() != 0 || length % dtype.bytes() != 0) {
                return Optional.empty();
            }
            int slab = scheme.slab();
            long per = scheme.scales() ? scheme.inner() : slab;
            long first = scheme.scales() ? offset / dtype.bytes() : scheme.isPacked() ? 2 * offset : offset;
            long count = scheme.scales() ? length / dtype.bytes() : scheme.isPacked() ? 2L * length : length;
            long firstSlab = first / per;
            long start = firstSlab * slab;
            long end = Math.min(elements, ((first + count + per - 1) / per) * slab);
            Dtype source = placement.dtype();
            byte[] parameters = scheme.parameters(source, first - firstSlab * per);
            return placement
                    .at(start, end - start)
                    .map(placed -> placed.then(
                            source,
                            source.bytesFor(end - start),
                            new GroupQuantizePredictor(),
                            parameters,
                            dtype,
                            length));
        }
    }
}
