package dev.mgit.lineage.merge;

import dev.mgit.delta.TensorSpec;
import java.io.IOException;
import java.util.List;

/**
 * The base and a mixture of the differences of both sides to it. For ties and dare each difference is first thinned
 * out; for the ties methods only those elements are mixed whose sign is that of the weighted sum.
 */
final class TaskArithmeticMerger extends TensorMerger {
    private final List<TaskVector> differences;
    private final double[] base = new double[(int) Math.min(CHUNK, elements)];

    TaskArithmeticMerger(MergeStrategy strategy, TensorSpec spec, MergeTensorInputs inputs) {
        super(strategy, spec, inputs);
        differences = List.of(
                new TaskVector(this, MergeStage.OURS, strategy.ours(), spec.name()),
                new TaskVector(this, MergeStage.THEIRS, strategy.theirs(), spec.name()));
    }

    @Override
    void prepare() throws IOException {
        for (TaskVector difference : differences) {
            difference.prepare();
        }
    }

    @Override
    void mix(long first, double[] result, int count) throws IOException {
        inputs.read(MergeStage.BASE, first, base, count);
        double[][] weighted = new double[differences.size()][];
        for (int d = 0; d < weighted.length; d++) {
            weighted[d] = differences.get(d).weighted(first, base, count);
        }
        for (int i = 0; i < count; i++) {
            double mixed = strategy.method().agreesOnSign() ? agreeing(weighted, i) : all(weighted, i);
            double scaled = strategy.lambda() == 1 ? mixed : round(mixed * round(strategy.lambda()));
            result[i] = round(base[i] + scaled);
        }
    }

    private double all(double[][] weighted, int i) {
        double sum = round(weighted[0][i] + weighted[1][i]);
        double divisor = round(differences.get(0).weight() + differences.get(1).weight());
        return strategy.normalize() && Math.abs(divisor) >= 1e-8 ? round(sum / divisor) : sum;
    }

    private double agreeing(double[][] weighted, int i) {
        boolean positive = round(weighted[0][i] + weighted[1][i]) >= 0;
        double sum = 0;
        double divisor = 0;
        for (int d = 0; d < weighted.length; d++) {
            double value = weighted[d][i];
            if (positive ? value > 0 : value < 0) {
                sum = round(sum + value);
                divisor = round(divisor + differences.get(d).weight());
            }
        }
        return strategy.normalize() && divisor != 0 ? round(sum / divisor) : sum;
    }
}
