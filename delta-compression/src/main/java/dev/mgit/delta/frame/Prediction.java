package dev.mgit.delta.frame;

import java.util.List;

/**
 * How a block was predicted: by which predictor, from which stored regions, with which parameters.
 *
 * @param predictor {@link dev.mgit.delta.predictor.Predictor#code()}
 */
@SuppressWarnings("ArrayRecordComponent") // a short opaque parameter block, never compared
public record Prediction(int predictor, List<Region> sources, byte[] parameters) {
    public Prediction {
        sources = List.copyOf(sources);
    }
}
