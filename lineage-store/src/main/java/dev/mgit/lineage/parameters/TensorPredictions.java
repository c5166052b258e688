package dev.mgit.lineage.parameters;

import dev.mgit.delta.frame.Prediction;
import java.util.Optional;

/** How the blocks of one tensor may be predicted. */
@FunctionalInterface
public interface TensorPredictions {
    /** The prediction for {@code length} bytes from {@code offset} of the tensor; empty for none. */
    Optional<Prediction> at(long offset, int length);

    static TensorPredictions none() {
        return (offset, length) -> Optional.empty();
    }
}
