package dev.mgit.lineage.detect;

import dev.mgit.delta.TensorSpec;
import dev.mgit.delta.format.ByteSource;
import dev.mgit.delta.format.SliceByteSource;
import dev.mgit.lineage.tensors.CheckpointTensor;
import java.io.EOFException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * The projections that one matrix may hold: three times as many rows as columns look like query, key and value on top
 * of each other, three times as many columns like the same side by side (GPT-2). They are sketched beside the whole, so
 * that a model that keeps them apart is found too. A matrix of another meaning loses nothing by it.
 */
final class FusedProjections {
    private static final int PARTS = 3;

    private FusedProjections() {}

    /** The parts of a weight, or none. Integers that stand for floats are left whole: their scales go by place. */
    static List<CheckpointTensor> parts(CheckpointTensor weight) throws IOException {
        List<Long> shape = weight.spec().shape();
        if (shape.size() != 2
                || weight.scaling().isPresent()
                || weight.spec().dtype().isBlockType()) {
            return List.of();
        }
        long rows = shape.get(0);
        long columns = shape.get(1);
        boolean stacked = rows == PARTS * columns;
        long size = Math.min(rows, columns);
        if (size == 0 || (!stacked && columns != PARTS * rows)) {
            return List.of();
        }
        long row = size * weight.spec().dtype().bytes();
        List<CheckpointTensor> parts = new ArrayList<>();
        for (int part = 0; part < PARTS; part++) {
            ByteSource bytes = stacked
                    ? new SliceByteSource(weight.bytes(), part * size * row, size * row)
                    : new Columns(weight.bytes(), PARTS * row, part * row, row, size);
            String name = weight.name() + "[" + part + "]";
            parts.add(new CheckpointTensor(
                    name,
                    new TensorSpec(name, weight.spec().dtype(), List.of(size, size)),
                    weight.object(),
                    weight.file(),
                    bytes,
                    weight.scaling(),
                    weight.companion()));
        }
        return parts;
    }

    /**
     * Some columns of a matrix as a matrix of their own; lengths in bytes.
     *
     * @param stride from one row of the whole to the next
     * @param start of the columns within a row of the whole
     * @param row length of one row of the columns
     * @param rows how many there are
     */
    private record Columns(ByteSource whole, long stride, long start, long row, long rows) implements ByteSource {
        @Override
        public long size() {
            return row * rows;
        }

        @Override
        public void read(long position, byte[] target, int offset, int length) throws IOException {
            if (position < 0 || length < 0 || position > size() - length) {
                throw new EOFException("bytes " + position + " to " + (position + length) + " of " + size());
            }
            int done = 0;
            while (done < length) {
                long at = (position + done) / row;
                long within = (position + done) % row;
                int part = (int) Math.min(length - done, row - within);
                whole.read(at * stride + start + within, target, offset + done, part);
                done += part;
            }
        }
    }
}
