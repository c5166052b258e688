package dev.mgit.lineage.merge;

import dev.mgit.delta.TensorSpec;
import java.io.IOException;

/** (w₁·ours + w₂·theirs) / (w₁ + w₂), or without the division. */
final class LinearMerger extends TensorMerger {
    private final double[] theirs = new double[(int) Math.min(CHUNK, elements)];

    LinearMerger(MergeStrategy strategy, TensorSpec spec, MergeTensorInputs inputs) {
        super(strategy, spec, inputs);
    }

    @Override
    void mix(long first, double[] result, int count) throws IOException {
        double w1 = round(strategy.ours());
        double w2 = round(strategy.theirs());
        double divisor = strategy.normalize() ? round(w1 + w2) : 1;
        inputs.read(MergeStage.OURS, first, result, count);
        inputs.read(MergeStage.THEIRS, first, theirs, count);
        for (int i = 0; i < count; i++) {
            double sum = round(round(w1 * result[i]) + round(w2 * theirs[i]));
            result[i] = round(sum / divisor);
        }
    }
}
