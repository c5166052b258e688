package dev.mgit.lineage.diff;

import dev.mgit.delta.TensorSpec;
import dev.mgit.lineage.diff.measure.TensorStatistics;
import java.util.Optional;

/**
 * What became of one tensor. A tensor in both checkpoints may have another name in each.
 *
 * @param specA the tensor as the first side's file has it; empty if it was added
 * @param statistics how far it moved, where that was measured; a resized tensor is measured on the rows both have
 * @param sameAs for an added or removed tensor: another one on that side with the same content (tied weights)
 * @param companion whether it is a scale or zero point of a quantized tensor
 */
public record TensorChange(
        Status status,
        Optional<String> nameA,
        Optional<String> nameB,
        Optional<TensorSpec> specA,
        Optional<TensorSpec> specB,
        Optional<TensorStatistics> statistics,
        Optional<String> sameAs,
        boolean companion) {
    /** What became of a tensor, the most telling first where several hold. */
    public enum Status {
        ADDED,
        REMOVED,
        /** Rows and columns exchanged. */
        TRANSPOSED,
        /** Another shape. */
        RESHAPED,
        /** Another dtype. */
        RETYPED,
        /** Other values. */
        CHANGED,
        /** The same bytes under another name. */
        RENAMED,
        SAME
    }

    /** The name in the second checkpoint, or in the first where there is none. */
    public String name() {
        return nameB.or(() -> nameA).orElseThrow();
    }

    public boolean isRenamed() {
        return nameA.isPresent() && nameB.isPresent() && !nameA.equals(nameB);
    }

    /** Whether it is in both with the same content. */
    public boolean isSame() {
        return status == Status.SAME || status == Status.RENAMED;
    }

    /** Elements, of the second checkpoint where it has the tensor. */
    public long elements() {
        return specB.or(() -> specA).orElseThrow().elements();
    }

    public boolean isMatrix() {
        return specB.or(() -> specA).orElseThrow().shape().size() >= 2;
    }
}
