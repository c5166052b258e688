package dev.mgit.lineage.merge;

import dev.mgit.delta.Dtype;
import dev.mgit.delta.TensorSpec;
import dev.mgit.delta.numeric.Floats;
import dev.mgit.lineage.merge.TensorOutput.Sink;
import java.io.IOException;

/**
 * Computes one tensor a chunk at a time. Steps are rounded to float, or are double throughout where the result is F64:
 * what mergekit computes with {@code dtype: float32} and the result's dtype as {@code out_dtype}. Each step is done in
 * double and rounded, which for one operation on floats gives the float operation's result exactly.
 */
abstract class TensorMerger {
    /** Elements worked on at a time. */
    static final int CHUNK = 1 << 16;

    final MergeStrategy strategy;
    final MergeTensorInputs inputs;
    final long elements;
    private final Dtype dtype;

    TensorMerger(MergeStrategy strategy, TensorSpec spec, MergeTensorInputs inputs) {
        this.strategy = strategy;
        this.inputs = inputs;
        this.elements = spec.elements();
        this.dtype = spec.dtype();
    }

    static TensorMerger of(MergeStrategy strategy, TensorSpec spec, MergeTensorInputs inputs) {
        return switch (strategy.method()) {
            case OURS -> new PickMerger(MergeStage.OURS, strategy, spec, inputs);
            case THEIRS -> new PickMerger(MergeStage.THEIRS, strategy, spec, inputs);
            case AVERAGE, LINEAR -> new LinearMerger(strategy, spec, inputs);
            case SLERP -> new SlerpMerger(strategy, spec, inputs);
            case TASK_ARITHMETIC, TIES, DARE, DARE_TIES -> new TaskArithmeticMerger(strategy, spec, inputs);
        };
    }

    /** Looks at all inputs as often as needed before the first chunk is mixed. */
    void prepare() throws IOException {}

    /** Mixes {@code count} elements from element {@code first} on. */
    abstract void mix(long first, double[] result, int count) throws IOException;

    void run(Sink sink) throws IOException {
        prepare();
        double[] result = new double[(int) Math.min(CHUNK, elements)];
        byte[] bytes = new byte[result.length * dtype.bytes()];
        for (long at = 0; at < elements; at += CHUNK) {
            int count = (int) Math.min(CHUNK, elements - at);
            mix(at, result, count);
            Floats.write(dtype, result, bytes, 0, count);
            sink.write(bytes, count * dtype.bytes());
        }
    }

    /** The nearest number of the dtype computed in. */
    final double round(double value) {
        return dtype == Dtype.F64 ? value : (float) value;
    }
}
