package dev.mgit.delta.predict;

import dev.mgit.delta.frame.Frame;
import dev.mgit.delta.frame.Prediction;
import java.util.List;

/** A prediction whose sources are tensors rather than blocks, so that a planner can try it out. */
@SuppressWarnings("ArrayRecordComponent") // a short opaque parameter block, never compared
record Guess(Predictor predictor, List<Span> spans, byte[] parameters) {
    Guess {
        spans = List.copyOf(spans);
    }

    Prediction prediction() {
        return new Prediction(predictor.code(), spans.stream().map(Span::region).toList(), parameters);
    }

    /** Whether a frame may say it. */
    boolean fits() {
        long bytes = 0;
        for (Span span : spans) {
            bytes += span.length();
        }
        return spans.size() <= Frame.MAX_REGIONS
                && bytes <= Frame.MAX_SOURCE_BYTES
                && parameters.length <= Frame.MAX_PARAMETERS;
    }

    /** Bytes of sources named. */
    long sourceBytes() {
        return spans.stream().mapToLong(Span::length).sum();
    }
}
