package dev.mgit.delta.planner;

import java.util.List;
import java.util.Optional;

/** One way to predict a whole child tensor, piece by piece. */
interface Derivation {
    String name();

    List<SourceTensor> sources();

    /** The prediction at a byte range of the child; empty where there is none. */
    Optional<TensorPrediction> predicted(long offset, int length);

    /** Whether parameters grow with the range; otherwise those of one whole block are about what each takes. */
    default boolean parametersGrow() {
        return false;
    }
}
