package dev.mgit.delta.frame;

import dev.mgit.delta.BlockId;
import java.util.List;

/**
 * A byte range of an already stored tensor that a predictor reads: consecutive blocks, from {@code skip} bytes into
 * the first of them, {@code length} bytes long. An empty range names no blocks.
 */
public record Region(List<BlockId> blocks, int skip, int length) {
    /** @throws IllegalArgumentException if skip or length is negative, or a range that is not empty names no block */
    public Region {
        blocks = List.copyOf(blocks);
        if (skip < 0 || length < 0 || (length > 0 && blocks.isEmpty())) {
            throw new IllegalArgumentException(
                    "no such region: " + blocks.size() + " blocks, skip " + skip + ", length " + length);
        }
    }

    /** A whole block. */
    public static Region whole(BlockId block, int length) {
        return new Region(List.of(block), 0, length);
    }
}
