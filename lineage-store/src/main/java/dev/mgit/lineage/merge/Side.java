package dev.mgit.lineage.merge;

/** The three versions of a merge. */
public enum Side {
    /** The version both others come from. */
    BASE,
    OURS,
    THEIRS
}
