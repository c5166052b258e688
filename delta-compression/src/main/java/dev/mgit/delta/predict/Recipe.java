package dev.mgit.delta.predict;

import java.util.List;
import java.util.Optional;

/** One way to predict a whole child tensor, piece by piece. */
interface Recipe {
    String name();

    List<SourceTensor> sources();

    /** The guess at a byte range of the child; empty where there is none. */
    Optional<Guess> guess(long offset, int length);

    /** Whether parameters grow with the range; otherwise they are about the same for every block. */
    default boolean parametersGrow() {
        return false;
    }
}
