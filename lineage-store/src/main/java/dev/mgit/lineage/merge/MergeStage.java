package dev.mgit.lineage.merge;

/** The three versions of a merge. */
public enum MergeStage {
    /** The version both others come from. */
    BASE,
    OURS,
    THEIRS
}
