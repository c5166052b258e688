package dev.mgit.lineage.remote.transfer;

import dev.mgit.lineage.remote.store.Traffic;

/**
 * What a push did.
 *
 * @param objects that the store did not have
 * @param blocks sent
 * @param rawBytes of those blocks
 * @param frameBytes they take as frames
 * @param recoded blocks that were coded anew, because their frames lie too deep in the store
 * @param packs they make up
 * @param reusedPacks of those, how many were there already from a push that was interrupted
 */
public record PushReport(
        int objects,
        int blocks,
        long rawBytes,
        long frameBytes,
        int recoded,
        int packs,
        int reusedPacks,
        Traffic traffic) {}
