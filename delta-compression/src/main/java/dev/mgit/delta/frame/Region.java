package dev.mgit.delta.frame;

import dev.mgit.delta.BlockId;
import java.util.List;

/**
 * A byte range of an already stored tensor that a predictor reads: consecutive blocks, from {@code skip} bytes into
 * the first of them, {@code length} bytes long.
 */
public record Region(List<BlockId> blocks, int skip, int length) {
    public Region {
        blocks = List.copyOf(blocks);
    }
}
