package dev.mgit.lineage.tensors;

import dev.mgit.delta.Dtype;
import dev.mgit.delta.numeric.Elements;
import java.io.IOException;

/** Reads runs of a tensor's elements as numbers, integers and GGML blocks as what they stand for. */
public final class TensorReader {
    private final CheckpointTensor weight;
    private final Dtype dtype;

    public TensorReader(CheckpointTensor weight) {
        this.weight = weight;
        this.dtype = weight.spec().dtype();
    }

    /** Whether the elements can be read as numbers at all. */
    public boolean canRead() {
        return weight.hasNumbers() || GgmlDequantization.readable(dtype);
    }

    /**
     * Reads {@code count} elements.
     *
     * @param first index of the first one in the tensor, row-major
     * @throws IOException if the tensor ends before that
     */
    public double[] read(long first, int count) throws IOException {
        if (dtype.isBlockType()) {
            return blocks(first, count);
        }
        byte[] bytes = new byte[Math.multiplyExact(count, dtype.bytes())];
        weight.bytes().read(first * dtype.bytes(), bytes, 0, bytes.length);
        double[] values = new double[count];
        Elements.read(dtype, bytes, 0, values, count);
        weight.scaling().ifPresent(scaling -> scaling.apply(first, values, count));
        return values;
    }

    private double[] blocks(long first, int count) throws IOException {
        int size = dtype.blockElements();
        long block = first / size;
        int blocks = (int) ((first + count - 1) / size - block) + 1;
        byte[] bytes = new byte[Math.multiplyExact(blocks, dtype.blockBytes())];
        weight.bytes().read(block * dtype.blockBytes(), bytes, 0, bytes.length);
        double[] all = new double[blocks * size];
        GgmlDequantization.read(dtype, bytes, blocks, all);
        double[] values = new double[count];
        System.arraycopy(all, (int) (first - block * size), values, 0, count);
        return values;
    }
}
