package dev.mgit.delta.planner;

import dev.mgit.delta.frame.Frame;
import dev.mgit.delta.frame.Prediction;
import dev.mgit.delta.predictor.Predictor;
import java.util.List;

/** A prediction whose sources are tensors rather than blocks, so that a planner can try it out. */
@SuppressWarnings("ArrayRecordComponent") // a short opaque parameter block, never compared
record TensorPrediction(Predictor predictor, List<TensorSpan> spans, byte[] parameters) {
    TensorPrediction {
        spans = List.copyOf(spans);
    }

    Prediction prediction() {
        return new Prediction(
                predictor.code(), spans.stream().map(TensorSpan::region).toList(), parameters);
    }

    /** Less than frames may name: a reader with the usual heap has to hold it beside its other blocks. */
    private static final long MOST_SOURCE_BYTES = 1L << 27;

    /** Whether a frame may say it, and every reader can afford it. */
    boolean fits() {
        long bytes = 0;
        for (TensorSpan span : spans) {
            bytes += span.length();
        }
        return spans.size() <= Frame.MAX_REGIONS
                && bytes <= MOST_SOURCE_BYTES
                && parameters.length <= Frame.MAX_PARAMETERS;
    }
}
