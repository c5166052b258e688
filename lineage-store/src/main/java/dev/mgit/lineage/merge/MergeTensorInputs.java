package dev.mgit.lineage.merge;

import dev.mgit.delta.Dtype;
import dev.mgit.delta.numeric.Floats;
import dev.mgit.lineage.merge.TensorSource.TensorBytes;
import dev.mgit.lineage.tensorindex.TensorLocation;
import java.io.IOException;
import java.util.EnumMap;
import java.util.Map;

/** The opened input tensors of one output, read as numbers a chunk at a time. */
final class MergeTensorInputs implements AutoCloseable {
    private record Opened(Dtype dtype, TensorBytes bytes) {}

    private final TensorSource source;
    private final Map<MergeStage, Opened> opened = new EnumMap<>(MergeStage.class);
    private byte[] raw = new byte[0];

    MergeTensorInputs(TensorSource source) {
        this.source = source;
    }

    void add(MergeStage side, TensorLocation tensor) throws IOException {
        opened.put(side, new Opened(tensor.spec().dtype(), source.open(side, tensor)));
    }

    Dtype dtype(MergeStage side) {
        return opened(side).dtype();
    }

    void readRaw(MergeStage side, long offset, byte[] target, int length) throws IOException {
        opened(side).bytes().read(offset, target, length);
    }

    /** Reads {@code count} elements of a float tensor from element {@code first} on. */
    void read(MergeStage side, long first, double[] target, int count) throws IOException {
        Opened input = opened(side);
        int length = count * input.dtype().bytes();
        if (raw.length < length) {
            raw = new byte[length];
        }
        input.bytes().read(first * input.dtype().bytes(), raw, length);
        Floats.read(input.dtype(), raw, 0, target, count);
    }

    private Opened opened(MergeStage side) {
        Opened input = opened.get(side);
        if (input == null) {
            throw new IllegalStateException("no input from " + side);
        }
        return input;
    }

    @Override
    public void close() throws IOException {
        IOException failed = null;
        for (Opened input : opened.values()) {
            try {
                input.bytes().close();
            } catch (IOException e) {
                failed = e;
            }
        }
        if (failed != null) {
            throw failed;
        }
    }
}
