package dev.mgit.delta.planner;

import dev.mgit.delta.TensorSpec;
import dev.mgit.delta.frame.Region;
import dev.mgit.delta.predictor.Pieces;

/**
 * A stored tensor a planner may predict from. Safe for use by several threads. The planner reads in few, small places
 * unless it is about to choose the tensor, but expects that neighbouring reads do not decode the same block twice.
 */
public interface SourceTensor {
    /** {@link #rank()} of a tensor of the version being stored, itself stored already. */
    int SAME_VERSION = 100;

    TensorSpec spec();

    /** The stored form of a byte range, for a frame to name. */
    Region region(long offset, int length);

    /** Reads raw bytes of the tensor. */
    void read(long offset, byte[] target, int length);

    /**
     * Reads pieces of a byte range, which need not be in memory whole.
     *
     * @param joined receives them one after the other
     */
    default void read(long offset, int length, Pieces pieces, byte[] joined) {
        byte[] piece = new byte[pieces.length()];
        for (int i = 0; i < pieces.count(); i++) {
            read(offset + pieces.first() + i * pieces.distance(), piece, piece.length);
            System.arraycopy(piece, 0, joined, i * piece.length, piece.length);
        }
    }

    /** How near the tensor's version is: 0 a declared parent, 1 the previous version, 2 a grandparent, 3 a sibling. */
    int rank();

    /** Where it comes from, as users name it; tensors of one version share it. */
    String origin();

    /** A name for the tensor's content: equal identities have equal bytes. */
    String identity();
}
