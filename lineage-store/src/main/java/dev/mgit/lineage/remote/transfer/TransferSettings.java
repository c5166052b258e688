package dev.mgit.lineage.remote.transfer;

import dev.mgit.delta.codec.Effort;

/**
 * How to transfer.
 *
 * @param effort for blocks that have to be coded anew
 * @param maxDepth most frames a reader may have to decode before the one it wants
 * @param threads requests at once, and blocks decoded at once
 */
public record TransferSettings(Effort effort, int maxDepth, int threads) {
    private static final int USUAL_DEPTH = 4;
    private static final int USUAL_THREADS = 4;

    public static TransferSettings usual() {
        return new TransferSettings(Effort.BALANCED, USUAL_DEPTH, USUAL_THREADS);
    }
}
