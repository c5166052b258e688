package dev.mgit.lineage.version;

import java.util.Optional;

/** Joins what two people noted about one version in one namespace. */
@FunctionalInterface
public interface NoteMerger {
    /**
     * A note that both changed since they last agreed.
     *
     * @param base the note they agreed on; empty if there was none
     * @return what both said; empty if that cannot be said in one note
     */
    Optional<byte[]> merge(Optional<byte[]> base, byte[] ours, byte[] theirs);

    /** For notes nobody knows how to join: equal ones only. */
    static NoteMerger none() {
        return (base, ours, theirs) -> Optional.empty();
    }
}
