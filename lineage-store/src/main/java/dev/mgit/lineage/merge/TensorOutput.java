package dev.mgit.lineage.merge;

import dev.mgit.delta.Dtype;
import dev.mgit.delta.TensorSpec;
import dev.mgit.lineage.merge.MergePlan.Problem;
import dev.mgit.lineage.merge.MergePlan.Reason;
import dev.mgit.lineage.tensorindex.TensorLocation;
import dev.mgit.lineage.version.ObjectId;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** One tensor of the result of a merge, and how it is made. */
public final class TensorOutput {
    /** Takes the bytes of a tensor from front to back. */
    @FunctionalInterface
    public interface Sink {
        /** @param bytes the next {@code length} bytes are at its front; reused after the call */
        void write(byte[] bytes, int length) throws IOException;
    }

    private final TensorLocation target;
    private final MergeStrategy strategy;
    private final @Nullable TensorLocation base;
    private final @Nullable TensorLocation ours;
    private final @Nullable TensorLocation theirs;

    TensorOutput(
            TensorLocation target,
            MergeStrategy strategy,
            @Nullable TensorLocation base,
            @Nullable TensorLocation ours,
            @Nullable TensorLocation theirs) {
        this.target = target;
        this.strategy = strategy;
        this.base = base;
        this.ours = ours;
        this.theirs = theirs;
    }

    /** The file the tensor is in. */
    public String path() {
        return target.path();
    }

    /** What the file's header says of it; that of the side whose layout is kept. */
    public TensorSpec spec() {
        return target.spec();
    }

    public MergeStrategy strategy() {
        return strategy;
    }

    /** The stored object that holds the result already; empty if it has to be computed. */
    public Optional<ObjectId> stored() {
        TensorLocation picked = picked();
        return picked != null && picked.spec().dtype() == spec().dtype()
                ? Optional.of(picked.object())
                : Optional.empty();
    }

    /** What it is in the side whose layout is kept. */
    TensorLocation target() {
        return target;
    }

    /** Whether the result is what the side whose layout is kept has there already. */
    boolean isKept() {
        TensorLocation picked = picked();
        return picked != null
                && picked.object().equals(target.object())
                && picked.spec().dtype() == spec().dtype()
                && picked.spec().shape().equals(spec().shape());
    }

    /** Whether the result is the same as that of another output, by what it is made of. */
    boolean isMadeAs(TensorOutput other) {
        return strategy.equals(other.strategy) && !strategy.method().dropsAtRandom() && facts().equals(other.facts());
    }

    private List<Object> facts() {
        List<Object> facts = new ArrayList<>(List.of(spec().dtype(), spec().shape()));
        inputs().forEach(input -> facts.add(input.object()));
        return facts;
    }

    /** What the result is computed from, the base first where the method needs it; for predicting it when stored. */
    public List<TensorLocation> inputs() {
        List<TensorLocation> inputs = new ArrayList<>();
        for (MergeStage side : sides()) {
            TensorLocation input = at(side);
            if (input != null) {
                inputs.add(input);
            }
        }
        return inputs;
    }

    /**
     * Computes the tensor. Memory is bounded by a few blocks of it, however large it is; each input is read up to four
     * times, from front to back.
     */
    public void produce(TensorSource source, Sink sink) throws IOException {
        try (MergeTensorInputs inputs = new MergeTensorInputs(source)) {
            for (MergeStage side : sides()) {
                TensorLocation input = at(side);
                if (input != null) {
                    inputs.add(side, input);
                }
            }
            TensorMerger.of(strategy, spec(), inputs).run(sink);
        }
    }

    private List<MergeStage> sides() {
        return switch (strategy.method()) {
            case OURS -> List.of(MergeStage.OURS);
            case THEIRS -> List.of(MergeStage.THEIRS);
            case AVERAGE, LINEAR, SLERP -> List.of(MergeStage.OURS, MergeStage.THEIRS);
            case TASK_ARITHMETIC, TIES, DARE, DARE_TIES -> List.of(MergeStage.BASE, MergeStage.OURS, MergeStage.THEIRS);
        };
    }

    private @Nullable TensorLocation picked() {
        return strategy.method().picks() ? at(sides().get(0)) : null;
    }

    private @Nullable TensorLocation at(MergeStage side) {
        return switch (side) {
            case BASE -> base;
            case OURS -> ours;
            case THEIRS -> theirs;
        };
    }

    /** Why it cannot be made, if it cannot. */
    Optional<Problem> problem() {
        if (isKept()) {
            return Optional.empty();
        }
        if (!target.seen().canBeWritten()) {
            String text = "'" + target.name() + "' in '" + path() + "' of the kept layout cannot be rewritten: "
                    + target.seen().unreadable().orElse("of how its elements are laid out");
            return Optional.of(new Problem(Reason.STRUCTURE, text));
        }
        for (MergeStage side : sides()) {
            TensorLocation input = at(side);
            String which = "'" + target.name() + "' of " + MergePlanner.word(side);
            if (input == null) {
                boolean noBase = side == MergeStage.BASE;
                String text = noBase
                        ? strategy.method().word() + " needs " + which + ", and there is none"
                        : which + " was removed, but the layout kept still has it";
                return Optional.of(new Problem(noBase ? Reason.NO_BASE : Reason.STRUCTURE, text));
            }
            if (!input.spec().shape().equals(spec().shape())) {
                String text = which + " has shape " + input.spec().shape() + ", not " + spec().shape();
                return Optional.of(new Problem(Reason.SHAPE, text));
            }
            if (!fits(input.spec().dtype())) {
                String text = which + " is " + input.spec().dtype() + " and cannot be "
                        + (strategy.method().picks() ? "made " + spec().dtype() : "computed with");
                return Optional.of(new Problem(Reason.DTYPE, text));
            }
        }
        return Optional.empty();
    }

    private boolean fits(Dtype dtype) {
        boolean floats = dtype.isFloat() && spec().dtype().isFloat();
        return floats || (strategy.method().picks() && dtype == spec().dtype());
    }
}
