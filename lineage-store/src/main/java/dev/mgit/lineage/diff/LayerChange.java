package dev.mgit.lineage.diff;

import dev.mgit.lineage.diff.measure.TensorStatistics;
import java.util.Optional;

/**
 * What became of a layer or of a block of layers.
 *
 * @param nameA empty if it was inserted
 * @param nameB empty if it was dropped
 * @param tensors how many it has on both sides together, matched ones once
 * @param differing how many of these differ
 * @param statistics of all its measured tensors as if they were one
 */
public record LayerChange(
        Kind kind,
        Optional<String> nameA,
        Optional<String> nameB,
        int tensors,
        int differing,
        Optional<TensorStatistics> statistics) {
    /** What became of a layer. */
    public enum Kind {
        SAME,
        CHANGED,
        /** In another place of the order. */
        MOVED,
        /** Another layer of the same structure stands in its place. */
        REPLACED,
        INSERTED,
        DROPPED,
        /** None of its tensors that differ can be read on both sides. */
        UNREADABLE
    }

    /** The name in the second checkpoint, or in the first where there is none. */
    public String name() {
        return nameB.or(() -> nameA).orElseThrow();
    }
}
