package dev.mgit.lineage.diff;

import dev.mgit.lineage.version.Glob;
import java.util.Optional;

/**
 * What to compare.
 *
 * @param files only files it fits
 * @param tensors only tensors it fits by either of their names
 * @param depth how much to find out
 */
public record DiffRequest(DiffSide a, DiffSide b, Optional<Glob> files, Optional<Glob> tensors, Depth depth) {
    /** How much to find out. */
    public enum Depth {
        /** What differs; tensors that stand for each other are not measured. */
        NAMES,
        /** Also how much. */
        NUMBERS
    }
}
