package dev.mgit.lineage.checkpoint;

import dev.mgit.lineage.version.VersionId;
import java.util.Set;

/**
 * How a checkpoint may be stored other than to the bit.
 *
 * @param bound greatest absolute error of an element, between 0 and 1
 * @param acceptance decides on what came of it
 */
public record Lossy(double bound, Acceptance acceptance) {
    /** Looks at a lossy version before anybody else can. */
    @FunctionalInterface
    public interface Acceptance {
        /**
         * @param version written, but not yet a model's head
         * @param loss what it lost
         * @return names of lossy tensors that must be exact after all; empty to accept the version
         */
        Set<String> refused(VersionId version, LossReport loss);
    }

    /** Accepts whatever keeps the bound. */
    public static Lossy within(double bound) {
        return new Lossy(bound, (version, loss) -> Set.of());
    }
}
