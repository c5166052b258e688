package dev.mgit.lineage.diff;

import java.util.List;
import java.util.Optional;

/**
 * A file that differs.
 *
 * @param lines for text files: lines added and removed
 * @param keys for JSON files: what changed, by key
 * @param weights whether its tensors are compared one by one
 * @param executable where that changed: whether it may be executed now
 * @param sameBytes whether nothing but that changed
 */
public record FileChange(
        String path,
        Kind kind,
        long sizeA,
        long sizeB,
        boolean weights,
        Optional<Lines> lines,
        List<KeyChange> keys,
        Optional<Boolean> executable,
        boolean sameBytes) {
    /** What happened to a file. */
    public enum Kind {
        ADDED,
        REMOVED,
        CHANGED
    }

    /** Lines only one side has. */
    public record Lines(int added, int removed) {}

    /**
     * A JSON member that differs.
     *
     * @param key its path, parts joined with dots
     * @param a its value as JSON, shortened; empty if it was added
     */
    public record KeyChange(String key, Optional<String> a, Optional<String> b) {}

    public FileChange {
        keys = List.copyOf(keys);
    }
}
