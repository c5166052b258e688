package dev.mgit.lineage.maintain;

import java.util.List;

/**
 * Where the bytes of a repository are.
 *
 * @param groups models, or what was asked for
 * @param representations how blocks are kept, most stored bytes first; all blocks of the store, or those that what was
 *     asked for consists of
 * @param baseBytes frames of blocks no version consists of, kept because others are predicted from them
 * @param deadBytes frames of blocks that {@code mgit gc} may remove
 * @param frameBytes frames of all blocks
 * @param parameterBytes files of the parameter store
 * @param gitBytes files of the lineage repository
 * @param totalBytes all files below {@code .mgit}
 */
public record DiskUsageReport(
        List<Group> groups,
        List<Representation> representations,
        long baseBytes,
        long deadBytes,
        long frameBytes,
        long parameterBytes,
        long gitBytes,
        long totalBytes) {
    /**
     * The versions of one model, or one version.
     *
     * @param isModel false for versions that no model leads to any more, and for single versions
     * @param lossy how many of them were not stored to the bit
     * @param logicalBytes sizes of the files of all versions
     * @param uniqueBytes raw bytes of blocks that nothing else uses: no other model, for a model, and no other version,
     *     for a version
     * @param sharedBytes raw bytes of the other blocks it uses
     * @param storedBytes frames of the blocks that its versions were the first to store; over all models these add up
     *     to all frames but base and dead ones
     * @param stateBytes of these, frames of files of training state
     * @param droppedBytes sizes of the files of training state that were dropped; no other figure has them
     */
    public record Group(
            String name,
            boolean isModel,
            int versions,
            int lossy,
            long logicalBytes,
            long uniqueBytes,
            long sharedBytes,
            long storedBytes,
            long stateBytes,
            long droppedBytes) {}

    /**
     * One way to keep a block.
     *
     * @param predictor what it is predicted by; {@code none} for a block kept by itself
     * @param method how the rest is coded
     */
    public record Representation(String predictor, String method, long blocks, long rawBytes, long storedBytes) {}

    public DiskUsageReport {
        groups = List.copyOf(groups);
        representations = List.copyOf(representations);
    }
}
