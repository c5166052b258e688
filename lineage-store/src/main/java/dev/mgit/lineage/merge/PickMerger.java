package dev.mgit.lineage.merge;

import dev.mgit.delta.TensorSpec;
import dev.mgit.lineage.merge.TensorOutput.Sink;
import java.io.IOException;

/** One side as it is: bit for bit, or in the dtype of the result. */
final class PickMerger extends TensorMerger {
    private static final int BLOCK = 1 << 18;

    private final MergeStage side;
    private final TensorSpec spec;

    PickMerger(MergeStage side, MergeStrategy strategy, TensorSpec spec, MergeTensorInputs inputs) {
        super(strategy, spec, inputs);
        this.side = side;
        this.spec = spec;
    }

    @Override
    void run(Sink sink) throws IOException {
        if (inputs.dtype(side) != spec.dtype()) {
            super.run(sink);
            return;
        }
        long length = spec.byteLength();
        byte[] block = new byte[(int) Math.min(BLOCK, length)];
        for (long at = 0; at < length; at += BLOCK) {
            int some = (int) Math.min(BLOCK, length - at);
            inputs.readRaw(side, at, block, some);
            sink.write(block, some);
        }
    }

    @Override
    void mix(long first, double[] result, int count) throws IOException {
        inputs.read(side, first, result, count);
    }
}
