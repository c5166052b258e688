package dev.mgit.delta.planner;

import dev.mgit.delta.TensorSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Decides what each tensor of a new version is predicted from. Reads samples, tries the likely predictors on them, and
 * takes the one a {@link CostEstimator} finds cheapest; none where none pays. Safe for use by several threads.
 */
public final class Planner {
    /** Frames cost about this much; what is smaller cannot gain. */
    private static final long SMALLEST = 96;

    /** Below this share of the cost without prediction a tensor is as good as free, and nothing else is tried. */
    private static final double FREE = 0.02;

    /** Above this share the tensors of the same name are no relatives, and others are looked for. */
    private static final double STRANGE = 0.8;

    private static final double KIN = 0.9;
    private static final int KIN_VALUES = 256;

    private static final int MAX_RELATIVES = 4;

    private final CostEstimator estimator;

    public Planner(CostEstimator estimator) {
        this.estimator = estimator;
    }

    /**
     * Plans one tensor.
     *
     * @return how to predict it; empty if it is cheaper without
     */
    public Optional<TensorPlan> plan(ChildTensor child, Candidates candidates) {
        if (child.spec().byteLength() < SMALLEST || candidates.isEmpty()) {
            return Optional.empty();
        }
        Trial trial = new Trial(child, estimator);
        List<SourceTensor> called = candidates.called(child.spec().name());
        relatives(trial, called, candidates);
        if (trial.share() > FREE) {
            ScaledSearch.search(trial, candidates);
            MicroscaleSearch.search(trial, candidates);
        }
        if (trial.share() > FREE) {
            mixtures(trial, called, candidates);
        }
        if (trial.share() > STRANGE) {
            ScaleSearch.search(trial, candidates);
            MaskSearch.search(trial, candidates);
        }
        if (trial.share() > STRANGE) {
            GroupSearch.search(trial, candidates);
        }
        if (trial.share() > FREE) {
            PackedCodesSearch.search(trial, candidates);
        }
        if (trial.share() > STRANGE && !kin(trial, called)) {
            strangers(trial, called, candidates);
        }
        if (trial.share() > FREE) {
            GroupSearch.bytes(trial, candidates);
        }
        return trial.result();
    }

    /** Tensors of the same name and as many elements, nearest version first, until one is as good as the child. */
    private static void relatives(Trial trial, List<SourceTensor> called, Candidates candidates) {
        int tried = 0;
        for (SourceTensor source : called) {
            if (sameElements(source, trial.spec()) && tried++ < MAX_RELATIVES && trial.share() > FREE) {
                ConversionSearch.offer(trial, new Placement.Straight(source), candidates);
            }
        }
    }

    /** Whether a tensor of the same name has nearly the same values: an fp32 update is costly, and yet none is better. */
    private static boolean kin(Trial trial, List<SourceTensor> called) {
        TensorSpec child = trial.spec();
        int count = (int) Math.min(KIN_VALUES, child.elements());
        if (trial.share() == 1 || !SampledValues.readable(child.dtype())) {
            return false;
        }
        long first = (child.elements() - count) / 2;
        double[] values = SampledValues.read(trial.child()::read, child.dtype(), first, count);
        return called.stream()
                .filter(source -> sameElements(source, child)
                        && SampledValues.readable(source.spec().dtype()))
                .limit(1)
                .anyMatch(source -> SampledValues.correlation(
                                values,
                                SampledValues.read(source::read, source.spec().dtype(), first, count))
                        >= KIN);
    }

    private static boolean sameElements(SourceTensor source, TensorSpec child) {
        // Equal counts in another shape are a reshape, unless axes moved: those are looked at by their values.
        return source.spec().shape().equals(child.shape())
                || (source.spec().elements() == child.elements()
                        && source.spec().shape().size() != child.shape().size());
    }

    /** What was computed from tensors of the same name, shape and dtype. */
    private static void mixtures(Trial trial, List<SourceTensor> called, Candidates candidates) {
        List<SourceTensor> twins = new ArrayList<>();
        for (SourceTensor source : called) {
            boolean twin = source.spec().shape().equals(trial.spec().shape())
                    && source.spec().dtype() == trial.spec().dtype()
                    && twins.stream().noneMatch(t -> t.identity().equals(source.identity()));
            if (twin) {
                twins.add(source);
            }
        }
        if (trial.spec().dtype().isFloat() && !twins.isEmpty()) {
            PruningSearch.search(trial, twins);
            CombinationSearch.search(trial, twins);
            DecaySearch.search(trial, twins.get(0));
            MomentSearch.search(trial, twins, candidates);
            AdapterSearch.search(trial, twins, candidates);
        }
    }

    /** Other shapes of the same name, then other names. */
    private static void strangers(Trial trial, List<SourceTensor> called, Candidates candidates) {
        RowSearch.search(trial, called);
        if (trial.share() > STRANGE) {
            ContentSearch.search(trial, candidates);
        }
        // Whoever has a namesake of the same shape is no part of something else.
        boolean namesake = called.stream()
                .anyMatch(source -> source.rank() != SourceTensor.SAME_VERSION
                        && source.spec().shape().equals(trial.spec().shape()));
        if (trial.share() > STRANGE && !namesake) {
            SliceSearch.search(trial, candidates);
        }
        if (trial.share() > STRANGE) {
            RowSearch.permuted(trial, called);
        }
    }
}
