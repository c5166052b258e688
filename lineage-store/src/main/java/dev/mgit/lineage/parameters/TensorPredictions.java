package dev.mgit.lineage.parameters;

import dev.mgit.delta.frame.Prediction;
import java.util.Optional;

/** How the blocks of one tensor may be predicted. */
@FunctionalInterface
public interface TensorPredictions {
    /** The prediction for {@code length} bytes from {@code offset} of the tensor; empty for none. */
    Optional<Prediction> at(long offset, int length);

    /** What may be lost; empty to keep every bit. */
    default Optional<LossBound> loss() {
        return Optional.empty();
    }

    static TensorPredictions none() {
        return (offset, length) -> Optional.empty();
    }

    /** The same predictions for a tensor that need not be kept to the bit. */
    default TensorPredictions losing(LossBound loss) {
        return new TensorPredictions() {
            @Override
            public Optional<Prediction> at(long offset, int length) {
                return TensorPredictions.this.at(offset, length);
            }

            @Override
            public Optional<LossBound> loss() {
                return Optional.of(loss);
            }
        };
    }
}
