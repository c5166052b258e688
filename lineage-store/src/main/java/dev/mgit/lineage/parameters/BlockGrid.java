package dev.mgit.lineage.parameters;

import dev.mgit.delta.TensorSpec;

/**
 * Where a tensor is cut into blocks: after whole rows, so that rows added or taken away leave the others' blocks
 * alone. Part of what makes blocks shared: the rule never changes.
 *
 * @param blockBytes bytes of every block but the last
 */
record BlockGrid(long length, int blockBytes) {
    /** Bytes aimed at: large enough to make per-block costs vanish, small enough to bound memory. */
    static final int TARGET = 1 << 20;

    static BlockGrid of(TensorSpec tensor, long length) {
        long row = tensor.rowBytes();
        if (row > TARGET) {
            int element = tensor.dtype().blockBytes();
            return new BlockGrid(length, TARGET / element * element);
        }
        return new BlockGrid(length, (int) (TARGET / row * row));
    }

    int blocks() {
        return Math.toIntExact((length + blockBytes - 1) / blockBytes);
    }

    long offset(int block) {
        return (long) block * blockBytes;
    }

    int length(int block) {
        return (int) Math.min(blockBytes, length - offset(block));
    }
}
