package dev.mgit.lineage.parameters;

import dev.mgit.delta.codec.BlockCoder;
import java.util.concurrent.ConcurrentLinkedDeque;

/** Lends block coders, which are costly to make and not thread-safe, to whichever thread needs one. */
final class CoderPool implements AutoCloseable {
    private final ConcurrentLinkedDeque<BlockCoder> idle = new ConcurrentLinkedDeque<>();

    BlockCoder borrow() {
        BlockCoder coder = idle.pollFirst();
        return coder == null ? new BlockCoder() : coder;
    }

    void giveBack(BlockCoder coder) {
        if (coder.isLarge()) {
            coder.close();
        } else {
            idle.addFirst(coder);
        }
    }

    @Override
    public void close() {
        for (BlockCoder coder = idle.pollFirst(); coder != null; coder = idle.pollFirst()) {
            coder.close();
        }
    }
}
