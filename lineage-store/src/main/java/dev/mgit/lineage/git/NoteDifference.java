package dev.mgit.lineage.git;

import java.util.Optional;

/** Tells in what a note that was changed outside mgit differs from the one that mgit wrote. */
public interface NoteDifference {
    /** Of notes of whatever kind. */
    NoteDifference ANY = (recorded, found) -> recorded.isEmpty()
            ? "mgit wrote no such note"
            : found.isEmpty() ? "it was removed" : "it differs from the one that mgit wrote";

    /**
     * One clause.
     *
     * @param recorded what mgit wrote; empty for nothing
     * @param found what is there now; empty for nothing
     */
    String of(Optional<byte[]> recorded, Optional<byte[]> found);
}
