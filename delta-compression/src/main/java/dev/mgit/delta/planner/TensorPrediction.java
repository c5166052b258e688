package dev.mgit.delta.planner;

import dev.mgit.delta.Dtype;
import dev.mgit.delta.frame.Frame;
import dev.mgit.delta.frame.Prediction;
import dev.mgit.delta.predictor.ChainPredictor;
import dev.mgit.delta.predictor.ParentPredictor;
import dev.mgit.delta.predictor.Pieces;
import dev.mgit.delta.predictor.Predictor;
import java.util.List;
import java.util.Optional;

/** A prediction whose sources are tensors rather than blocks, so that a planner can try it out. */
@SuppressWarnings("ArrayRecordComponent") // a short opaque parameter block, never compared
record TensorPrediction(Predictor predictor, List<TensorSpan> spans, byte[] parameters) {
    /** Less than frames may name: each block of a tensor reads as much again. */
    private static final long MOST_READ_BYTES = 1L << 27;

    /** A planner and a reader with the usual heap may have to hold that at once, beside other blocks. */
    private static final long MOST_HELD_BYTES = 1L << 26;

    /** Pieces are joined, and turned round beside that. */
    private static final long MOST_PIECE_BYTES = 1L << 24;

    /** Predictions that hold more than this are made one at a time. */
    private static final long WIDE_BYTES = 1L << 24;

    private static final Object WIDE = new Object();

    TensorPrediction {
        spans = List.copyOf(spans);
    }

    /**
     * What a further predictor makes of this one's prediction.
     *
     * @param between dtype of this prediction
     * @param size bytes of it
     * @param dtype of the further prediction
     * @param length bytes of that
     */
    TensorPrediction then(Dtype between, long size, Predictor next, byte[] own, Dtype dtype, int length) {
        if (predictor instanceof ParentPredictor) {
            return new TensorPrediction(next, spans, own);
        }
        byte[] stages = ChainPredictor.parameters(
                new ChainPredictor.Stage(predictor, between, Math.toIntExact(size), parameters),
                new ChainPredictor.Stage(next, dtype, length, own));
        return new TensorPrediction(new ChainPredictor(), spans, stages);
    }

    /** The prediction itself; sources that need not be in memory whole are not. */
    byte[] bytes(Dtype dtype, int length) {
        Optional<Pieces> pieces = pieces(length);
        if (pieces.map(all -> (long) all.total()).orElseGet(this::sourceBytes) <= WIDE_BYTES) {
            return bytes(pieces, dtype, length);
        }
        synchronized (WIDE) {
            return bytes(pieces, dtype, length);
        }
    }

    private byte[] bytes(Optional<Pieces> pieces, Dtype dtype, int length) {
        if (pieces.isEmpty()) {
            return bytes(spans.stream().map(TensorSpan::read).toList(), dtype, length);
        }
        byte[] joined = new byte[pieces.get().total()];
        spans.get(0).read(pieces.get(), joined);
        byte[] bytes = new byte[length];
        predictor.predictFromPieces(joined, parameters, dtype, bytes, length);
        return bytes;
    }

    /** @param inputs the bytes of all spans */
    byte[] bytes(List<byte[]> inputs, Dtype dtype, int length) {
        byte[] bytes = new byte[length];
        predictor.predict(inputs, parameters, dtype, bytes, length);
        return bytes;
    }

    /** Whether reading it takes as little memory as a few blocks. */
    boolean isNarrow() {
        return sourceBytes() <= WIDE_BYTES;
    }

    /** What is needed of the only source, if not all of it. */
    private Optional<Pieces> pieces(int length) {
        return spans.size() == 1
                ? predictor.pieces(parameters, length, spans.get(0).length())
                : Optional.empty();
    }

    Prediction prediction() {
        return new Prediction(
                predictor.code(), spans.stream().map(TensorSpan::region).toList(), parameters);
    }

    /** Whether a frame may say it of a block of so many bytes, and every reader can afford it. */
    boolean fits(int length) {
        Optional<Pieces> pieces = pieces(length);
        return spans.size() <= Frame.MAX_REGIONS
                && parameters.length <= Frame.MAX_PARAMETERS
                && sourceBytes() <= (pieces.isPresent() ? MOST_READ_BYTES : MOST_HELD_BYTES)
                && pieces.map(Pieces::total).orElse(0) <= MOST_PIECE_BYTES;
    }

    private long sourceBytes() {
        return spans.stream().mapToLong(TensorSpan::length).sum();
    }
}
