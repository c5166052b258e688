package dev.mgit.lineage.merge;

import dev.mgit.delta.Dtype;
import dev.mgit.delta.TensorSpec;
import dev.mgit.lineage.graph.TensorAt;
import dev.mgit.lineage.merge.MergePlan.Problem;
import dev.mgit.lineage.merge.MergePlan.Reason;
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

    private final TensorAt target;
    private final Strategy strategy;
    private final @Nullable TensorAt base;
    private final @Nullable TensorAt ours;
    private final @Nullable TensorAt theirs;

    TensorOutput(
            TensorAt target,
            Strategy strategy,
            @Nullable TensorAt base,
            @Nullable TensorAt ours,
            @Nullable TensorAt theirs) {
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

    public Strategy strategy() {
        return strategy;
    }

    /** The stored object that holds the result already; empty if it has to be computed. */
    public Optional<ObjectId> stored() {
        TensorAt picked = picked();
        return picked != null && picked.spec().dtype() == spec().dtype()
                ? Optional.of(picked.object())
                : Optional.empty();
    }

    /** What the result is computed from, the base first where the method needs it; for predicting it when stored. */
    public List<TensorAt> inputs() {
        List<TensorAt> inputs = new ArrayList<>();
        for (Side side : sides()) {
            TensorAt input = at(side);
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
        try (Inputs inputs = new Inputs(source)) {
            for (Side side : sides()) {
                TensorAt input = at(side);
                if (input != null) {
                    inputs.add(side, input);
                }
            }
            Mixer.of(strategy, spec(), inputs).run(sink);
        }
    }

    private List<Side> sides() {
        return switch (strategy.method()) {
            case OURS -> List.of(Side.OURS);
            case THEIRS -> List.of(Side.THEIRS);
            case AVERAGE, LINEAR, SLERP -> List.of(Side.OURS, Side.THEIRS);
            case TASK_ARITHMETIC, TIES, DARE, DARE_TIES -> List.of(Side.BASE, Side.OURS, Side.THEIRS);
        };
    }

    private @Nullable TensorAt picked() {
        return strategy.method().picks() ? at(sides().get(0)) : null;
    }

    private @Nullable TensorAt at(Side side) {
        return switch (side) {
            case BASE -> base;
            case OURS -> ours;
            case THEIRS -> theirs;
        };
    }

    /** Why it cannot be made, if it cannot. */
    Optional<Problem> problem() {
        for (Side side : sides()) {
            TensorAt input = at(side);
            String which = "'" + target.name() + "' of " + MergePlanner.word(side);
            if (input == null) {
                boolean noBase = side == Side.BASE;
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
