package dev.mgit.lineage.remote.pack;

import dev.mgit.delta.BlockId;
import java.util.List;

/**
 * A frame in a pack.
 *
 * @param length bytes of the frame
 * @param rawLength bytes of the block
 * @param depth frames of this store a reader has to decode before this one, whatever the frame itself says
 * @param sources blocks it is predicted from, each once
 */
public record PackedFrame(BlockId id, int length, int rawLength, int depth, List<BlockId> sources) {
    public PackedFrame {
        sources = List.copyOf(sources);
    }
}
