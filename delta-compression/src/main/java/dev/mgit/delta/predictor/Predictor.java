package dev.mgit.delta.predictor;

import dev.mgit.delta.Dtype;
import java.util.List;
import java.util.Optional;

/**
 * One way to predict a block from bytes that are already stored. Predictors are stateless, deterministic on every
 * platform, and total: for any inputs of the lengths they were encoded with they fill the output.
 */
public interface Predictor {
    /** Number in stored objects: {@code id * 16 + version}; never reused. A changed prediction is a new version. */
    int code();

    /** Short name as users see it: {@code parent}, {@code cast}, {@code low-rank}. */
    String name();

    /**
     * Whether the first source is another state of the same tensor, element for element, and so predicts the block by itself,
     * too, where the others are lost.
     */
    default boolean firstIsLikeTheBlock() {
        return false;
    }

    /** Bytes of the prediction at a block of {@code length} bytes: as many, but for what is only searched for matches. */
    default int predictedLength(List<byte[]> inputs, int length) {
        return length;
    }

    /**
     * The parts of the only source that a block's prediction needs, for {@link #predictFromPieces}; empty if it has to be there
     * whole.
     *
     * @param source bytes of the source
     * @throws dev.mgit.delta.MgitException as {@link #predict}
     */
    default Optional<Pieces> pieces(byte[] parameters, int length, long source) {
        return Optional.empty();
    }

    /** Writes the prediction from the pieces that {@link #pieces} named, joined; without any, from the whole of the only source. */
    default void predictFromPieces(byte[] pieces, byte[] parameters, Dtype dtype, byte[] target, int length) {
        predict(List.of(pieces), parameters, dtype, target, length);
    }

    /**
     * Writes the prediction.
     *
     * @param inputs the bytes of each source region, in the order the prediction names them
     * @param parameters what this predictor wrote when it was planned; checked before use
     * @param dtype the dtype of the block to predict
     * @param target receives {@link #predictedLength} bytes from index 0
     * @throws dev.mgit.delta.MgitException of kind INTEGRITY if parameters or input lengths make no sense
     */
    void predict(List<byte[]> inputs, byte[] parameters, Dtype dtype, byte[] target, int length);
}
