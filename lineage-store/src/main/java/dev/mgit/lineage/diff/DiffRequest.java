package dev.mgit.lineage.diff;

import java.util.Optional;

/**
 * What to compare.
 *
 * @param files a glob: only files it accepts
 * @param tensors a glob: only tensors it accepts by either of their names
 * @param depth how much to find out
 */
public record DiffRequest(Side a, Side b, Optional<String> files, Optional<String> tensors, Depth depth) {
    /** How much to find out. */
    public enum Depth {
        /** What differs; tensors that stand for each other are not measured. */
        NAMES,
        /** Also how much. */
        NUMBERS
    }
}
