package dev.mgit.lineage.remote.transfer;

import dev.mgit.lineage.remote.store.Traffic;

/**
 * What a clean-up did, or would do.
 *
 * @param dryRun whether nothing was changed
 * @param lineages that were asked what they need
 * @param packs in the store
 * @param bytes of those packs
 * @param unreadable objects that are needed and that the store does not have
 * @param marked packs that are newly marked; they are deleted by a later run if nothing needs them by then
 * @param markedBytes of those packs
 * @param copied bytes of frames that moved out of packs that are mostly unused
 * @param deleted packs that an earlier run had marked
 * @param deletedBytes of those packs
 * @param kept packs that an earlier run had marked and that are needed after all
 * @param waiting packs that are marked and whose time has not come
 */
public record CleanUpReport(
        boolean dryRun,
        int lineages,
        int packs,
        long bytes,
        int unreadable,
        int marked,
        long markedBytes,
        long copied,
        int deleted,
        long deletedBytes,
        int kept,
        int waiting,
        Traffic traffic) {}
