package dev.mgit.lineage.remote.transfer;

import dev.mgit.lineage.remote.store.Traffic;

/**
 * What a download did.
 *
 * @param objects whose blocks are now known here and were not before
 * @param blocks that came
 * @param rawBytes of those blocks
 * @param frameBytes they took as frames
 * @param refused frames that were not what they should be, and were read again or from another pack
 */
public record FetchReport(int objects, int blocks, long rawBytes, long frameBytes, int refused, Traffic traffic) {}
