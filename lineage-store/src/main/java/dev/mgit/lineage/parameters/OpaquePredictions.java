package dev.mgit.lineage.parameters;

import dev.mgit.delta.frame.Prediction;
import java.util.Optional;

/** How bytes nothing is known about may be predicted. */
@FunctionalInterface
public interface OpaquePredictions {
    /** @param block holds {@code length} bytes */
    Optional<Prediction> of(byte[] block, int length);

    static OpaquePredictions none() {
        return (block, length) -> Optional.empty();
    }
}
