package dev.mgit.delta.planner;

import dev.mgit.delta.frame.Prediction;
import java.util.List;
import java.util.Optional;

/** How the blocks of one tensor are to be predicted. Safe for use by several threads. */
public final class TensorPlan {
    private final Derivation recipe;
    private final double expectedShare;

    TensorPlan(Derivation recipe, double expectedShare) {
        this.recipe = recipe;
        this.expectedShare = expectedShare;
    }

    /** What a user would call it: the predictor's name, with what it follows where there is more to say. */
    public String name() {
        return recipe.name();
    }

    /** The tensors it reads. */
    public List<SourceTensor> sources() {
        return recipe.sources();
    }

    /** Expected stored size, by samples, as a share of the size without prediction. */
    public double expectedShare() {
        return expectedShare;
    }

    /**
     * The prediction of one block. May read the child's block and the sources.
     *
     * @param offset bytes from the tensor's start
     * @return empty where the plan has nothing to say of the block: it is then stored without prediction
     */
    public Optional<Prediction> predictionFor(long offset, int length) {
        return recipe.predicted(offset, length).filter(p -> p.fits(length)).map(TensorPrediction::prediction);
    }
}
