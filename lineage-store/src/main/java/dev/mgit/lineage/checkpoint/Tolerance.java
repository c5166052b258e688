package dev.mgit.lineage.checkpoint;

import dev.mgit.delta.TensorSpec;
import dev.mgit.delta.codec.Quantum;
import dev.mgit.delta.format.Formats;
import dev.mgit.lineage.parameters.Loss;
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
record Tolerance(double bound, Set<String> exact) {
    static final Tolerance EXACT = new Tolerance(0, Set.of());

    static Tolerance of(Optional<Double> bound, Set<String> exact) {
        return bound.map(b -> new Tolerance(b, Set.copyOf(exact))).orElse(EXACT);
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
                || !Quantum.suits(tensor.dtype())) {
            return predictions;
        }
        List<Long> shape = tensor.shape();
        long columns = shape.size() < 2 ? 0 : shape.get(shape.size() - 1);
        return predictions.losing(new Loss(bound, columns > Integer.MAX_VALUE ? 0 : (int) columns));
    }
}
