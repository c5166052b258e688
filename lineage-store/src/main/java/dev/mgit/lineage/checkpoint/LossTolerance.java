package dev.mgit.lineage.checkpoint;

import dev.mgit.delta.TensorSpec;
import dev.mgit.delta.codec.QuantizationStep;
import dev.mgit.delta.format.Formats;
import dev.mgit.lineage.parameters.LossBound;
import dev.mgit.lineage.parameters.TensorPredictions;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Which tensors may be stored other than to the bit, and how far off.
 *
 * @param bound greatest absolute error of an element; 0 to keep everything to the bit
 * @param exact names of tensors that are kept to the bit all the same
 */
record LossTolerance(double bound, Set<String> exact) {
    static final LossTolerance EXACT = new LossTolerance(0, Set.of());

    static LossTolerance of(Optional<Double> bound, Set<String> exact) {
        return bound.map(b -> new LossTolerance(b, Set.copyOf(exact))).orElse(EXACT);
    }

    boolean isExact() {
        return bound == 0;
    }

    /**
     * Predictions that also say what the tensor may lose.
     *
     * @param format of its file
     */
    TensorPredictions applied(String format, TensorSpec tensor, TensorPredictions predictions) {
        if (isExact()
                || Formats.checksumsTensors(format)
                || exact.contains(tensor.name())
                || !QuantizationStep.suits(tensor.dtype())) {
            return predictions;
        }
        List<Long> shape = tensor.shape();
        long columns = shape.size() < 2 ? 0 : shape.get(shape.size() - 1);
        return predictions.losing(new LossBound(bound, columns > Integer.MAX_VALUE ? 0 : (int) columns));
    }
}
