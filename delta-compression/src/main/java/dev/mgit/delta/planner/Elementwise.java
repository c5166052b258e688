package dev.mgit.delta.planner;

import dev.mgit.delta.Dtype;
import dev.mgit.delta.predictor.Predictor;
import java.util.List;
import java.util.Optional;

/** The same elements of every source, through one predictor. */
@SuppressWarnings("ArrayRecordComponent") // never compared
record Elementwise(Predictor predictor, Dtype dtype, List<SourceTensor> sources, byte[] parameters)
        implements Derivation {
    @Override
    public String name() {
        return predictor.name();
    }

    @Override
    public Optional<TensorPrediction> predicted(long offset, int length) {
        if (offset % dtype.bytes() != 0 || length % dtype.bytes() != 0) {
            return Optional.empty();
        }
        List<TensorSpan> spans = sources.stream()
                .map(source -> {
                    int width = source.spec().dtype().bytes();
                    return new TensorSpan(source, offset / dtype.bytes() * width, length / dtype.bytes() * width);
                })
                .toList();
        return Optional.of(new TensorPrediction(predictor, spans, parameters));
    }
}
