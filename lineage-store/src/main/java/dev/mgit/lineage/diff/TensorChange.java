package dev.mgit.lineage.diff;

import dev.mgit.delta.TensorSpec;
import dev.mgit.lineage.diff.measure.TensorStatistics;
import java.util.Optional;

/**
 * What became of one tensor. A tensor in both checkpoints may have another name in each.
 *
 * @param specA the tensor as the first side's file has it; empty if it was added
 * @param statistics how far it moved, where that was measured; a resized tensor is measured on the rows both have
 * @param sameAs for a tensor that came, went, changed or was tied: another one on that side with the same content
 * @param untiedFrom the tensor it shared its data with, and does no longer
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
        Optional<String> untiedFrom,
        boolean companion) {
    /** What became of a tensor, the most telling first where several hold. */
    public enum Status {
        ADDED,
        REMOVED,
        /** Axes in another order: rows and columns exchanged, or another layout of a convolution. */
        TRANSPOSED,
        /** Gates of a recurrent layer in another order. */
        REORDERED,
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
        /** Nobody here can read it on one side at least: whether and how it changed is not known. */
        UNREADABLE,
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
            case ADDED, REMOVED, TRANSPOSED, REORDERED, RESHAPED, RETYPED, CHANGED, UNREADABLE -> false;
        };
    }

    /** The same tensor, of which is not known whether the other side has it. */
    TensorChange unreadable() {
        return new TensorChange(
                Status.UNREADABLE,
                nameA,
                nameB,
                specA,
                specB,
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                companion);
    }

    public boolean isUnreadable() {
        return status == Status.UNREADABLE;
    }

    /** Elements, of the second checkpoint where it has the tensor. */
    public long elements() {
        return specB.or(() -> specA).orElseThrow().elements();
    }

    public boolean isMatrix() {
        return specB.or(() -> specA).orElseThrow().shape().size() >= 2;
    }
}
