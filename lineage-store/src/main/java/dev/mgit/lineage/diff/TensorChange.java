package dev.mgit.lineage.diff;

import dev.mgit.delta.TensorSpec;
import java.util.Optional;

/**
 * What became of one tensor. A tensor in both checkpoints may have another name in each.
 *
 * @param specA the tensor as the first side's file has it; empty if it was added
 * @param statistics how far it moved, where that was measured; a resized tensor is measured on the rows both have
 * @param sameAs for a tensor that came, went, changed or was tied: another one on that side with the same content
 * @param untiedFrom the tensor it shared its data with, and does no longer
 * @param companion whether it is a scale or zero point of a quantised tensor
 */
public record TensorChange(
        Status status,
        Optional<String> nameA,
        Optional<String> nameB,
        Optional<TensorSpec> specA,
        Optional<TensorSpec> specB,
        Optional<TensorStatistics> statistics,
        Optional<String> sameAs,
        Optional<String> untiedFrom,
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
        /** The same values, now a second name of another tensor ({@link #sameAs}) or no longer written down beside it. */
        TIED,
        /** The same values, now beside those of the tensor whose second name it was. */
        UNTIED,
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

    /** Whether its content is in both. */
    public boolean isSame() {
        return switch (status) {
            case SAME, RENAMED, TIED, UNTIED -> true;
            case ADDED, REMOVED, TRANSPOSED, RESHAPED, RETYPED, CHANGED -> false;
        };
    }

    /** Elements, of the second checkpoint where it has the tensor. */
    public long elements() {
        return specB.or(() -> specA).orElseThrow().elements();
    }

    boolean isMatrix() {
        return specB.or(() -> specA).orElseThrow().shape().size() >= 2;
    }
}
