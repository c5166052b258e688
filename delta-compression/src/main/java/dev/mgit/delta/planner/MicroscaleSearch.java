package dev.mgit.delta.planner;

import dev.mgit.delta.Dtype;
import dev.mgit.delta.TensorSpec;
import dev.mgit.delta.predictor.MicroscalePredictor;
import dev.mgit.delta.predictor.MicroscalePredictor.Scheme;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Finds out whether the child holds codes of a format whose small groups share a scale of 8 bits, MXFP4, MXFP8 or NVFP4, or those
 * scales; the floats are known by name.
 */
final class MicroscaleSearch {
    /** How names of codes end, and those of what lies beside them. */
    private static final List<String> ENDS = List.of("_packed", "_blocks", ".qdata", "_qdata", "");

    private static final List<String> SCALES = List.of("_scale", "_scales", ".scale");
    private static final String GLOBAL = "_global_scale";
    /** NVIDIA's Model Optimizer has one over what others call the global scale. */
    private static final String ONE_OVER_GLOBAL = "_scale_2";

    private static final int LARGEST_GROUP = 1 << 10;
    private static final float E2M1 = 6;
    private static final float E4M3 = 448;
    private static final float E5M2 = 57344;

    /** Cut off; as a mantissa of one or three bits is rounded; up. */
    private static final List<Float> THRESHOLDS = List.of(2f, 1.75f, 1.9375f, Math.nextUp(1f));

    private final Trial trial;
    private final Candidates candidates;

    private MicroscaleSearch(Trial trial, Candidates candidates) {
        this.trial = trial;
        this.candidates = candidates;
    }

    /** Codes and the scales beside them. */
    private record Codes(ChildTensor codes, ChildTensor scale, String stem) {}

    static void search(Trial trial, Candidates candidates) {
        if (trial.spec().dtype().bytes() == 1) {
            var search = new MicroscaleSearch(trial, candidates);
            ofCodes(trial.child()).ifPresent(found -> search.offer(found, false));
            ofScale(trial.child()).ifPresent(found -> search.offer(found, true));
        }
    }

    private static Optional<Codes> ofCodes(ChildTensor codes) {
        String name = codes.spec().name();
        for (String end : ENDS) {
            if (name.endsWith(end)) {
                String stem = name.substring(0, name.length() - end.length());
                for (String scaleEnd : SCALES) {
                    Optional<ChildTensor> scale = codes.sibling(stem + scaleEnd).filter(found -> isScale(found.spec()));
                    if (scale.isPresent()) {
                        return Optional.of(new Codes(codes, scale.get(), stem));
                    }
                }
            }
        }
        return Optional.empty();
    }

    private static Optional<Codes> ofScale(ChildTensor scale) {
        String name = scale.spec().name();
        for (String scaleEnd : SCALES) {
            if (name.endsWith(scaleEnd) && isScale(scale.spec())) {
                String stem = name.substring(0, name.length() - scaleEnd.length());
                for (String end : ENDS) {
                    Optional<ChildTensor> codes = scale.sibling(stem + end);
                    if (codes.isPresent()) {
                        return Optional.of(new Codes(codes.get(), scale, stem));
                    }
                }
            }
        }
        return Optional.empty();
    }

    private static boolean isScale(TensorSpec spec) {
        Dtype dtype = spec.dtype();
        return spec.elements() > 0 && (dtype == Dtype.U8 || dtype == Dtype.F8_E8M0 || dtype == Dtype.F8_E4M3);
    }

    private void offer(Codes found, boolean scales) {
        TensorSpec codes = found.codes().spec();
        boolean wide = codes.dtype() == Dtype.F8_E4M3 || codes.dtype() == Dtype.F8_E5M2;
        long elements = codes.byteLength() * (wide ? 1 : 2);
        long groups = found.scale().spec().elements();
        if (codes.dtype().bytes() != 1
                || elements < groups
                || elements % groups != 0
                || elements / groups > LARGEST_GROUP) {
            return;
        }
        for (SourceTensor source : candidates.called(found.stem())) {
            TensorSpec floats = source.spec();
            if (floats.dtype().isFloat() && floats.dtype().bytes() > 1 && floats.elements() == elements) {
                offer(found, source, scales, wide, (int) (elements / groups));
                return;
            }
        }
    }

    private void offer(Codes found, SourceTensor source, boolean scales, boolean wide, int group) {
        Dtype from = source.spec().dtype();
        boolean power = found.scale().spec().dtype() != Dtype.F8_E4M3;
        float most = !wide ? E2M1 : found.codes().spec().dtype() == Dtype.F8_E4M3 ? E4M3 : E5M2;
        int flags = (scales ? MicroscalePredictor.SCALES : 0)
                | (wide ? MicroscalePredictor.WIDE : 0)
                | (power ? MicroscalePredictor.POWER : 0);
        float global = global(found.stem());
        Set<Dtype> precisions = new LinkedHashSet<>(List.of(Dtype.F32, from));
        for (float threshold : power ? THRESHOLDS : List.of(2f)) {
            for (Dtype share : power ? Set.of(Dtype.F32) : precisions) {
                for (Dtype precision : scales ? Set.of(Dtype.F32) : precisions) {
                    var scheme = new Scheme(from, flags, share, precision, most, global, threshold, group);
                    trial.offer(new GroupRecipe(trial.spec(), source, scheme));
                }
            }
        }
    }

    private float global(String stem) {
        return single(stem + GLOBAL)
                .or(() -> single(stem + ONE_OVER_GLOBAL).map(scale -> 1 / scale))
                .orElse(1f);
    }

    private Optional<Float> single(String name) {
        return trial.child()
                .sibling(name)
                .filter(tensor ->
                        tensor.spec().dtype() == Dtype.F32 && tensor.spec().elements() == 1)
                .map(tensor -> (float) SampledValues.read(tensor::read, Dtype.F32, 0, 1)[0]);
    }

    /** The source's groups around a block. */
    private record GroupRecipe(TensorSpec child, SourceTensor source, Scheme scheme) implements Derivation {
        @Override
        public String name() {
            return "microscale";
        }

        @Override
        public List<SourceTensor> sources() {
            return List.of(source);
        }

        @Override
        public Optional<TensorPrediction> predicted(long offset, int length) {
            int group = scheme.group();
            long per = scheme.scales() ? 1 : group;
            long first = scheme.isPacked() ? 2 * offset : offset;
            long count = scheme.isPacked() ? 2L * length : length;
            long from = first / per * group;
            long to = (first + count + per - 1) / per * group;
            long width = scheme.source().bytes();
            if ((to - from) * width > Integer.MAX_VALUE) {
                return Optional.empty();
            }
            var span = new TensorSpan(source, from * width, (int) ((to - from) * width));
            byte[] parameters = scheme.parameters(first - from / group * per);
            return Optional.of(new TensorPrediction(new MicroscalePredictor(), List.of(span), parameters));
        }
    }
}
