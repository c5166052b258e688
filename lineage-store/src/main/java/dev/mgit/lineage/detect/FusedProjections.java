package dev.mgit.lineage.detect;

import dev.mgit.delta.TensorSpec;
import dev.mgit.delta.layout.ByteSource;
import dev.mgit.delta.layout.SliceByteSource;
import dev.mgit.lineage.tensors.CheckpointTensor;
import java.io.EOFException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The matrices that one may hold: three times as many rows as columns look like query, key and value on top of each other,
 * three times as many columns like the same side by side (GPT-2); those of recurrent layers hold their gates
 * ({@link RecurrentGates}). They are sketched beside the whole, so that a model that keeps them apart, or in another order, is
 * found too. A matrix of another meaning loses nothing by it.
 */
final class FusedProjections {
    private static final int PROJECTIONS = 3;

    private FusedProjections() {}

    /**
     * The parts of a weight, or none. Integers that stand for floats are left whole, since their scales go by place, and so is
     * what holds no numbers: its bytes need not be as many as its shape says.
     */
    static List<CheckpointTensor> parts(CheckpointTensor weight, RecurrentGates gates) throws IOException {
        List<Long> shape = RecurrentGates.shape(weight);
        if (shape.size() != 2
                || weight.scaling().isPresent()
                || !weight.hasNumbers()
                || weight.spec().elements() == 0) {
            return List.of();
        }
        long rows = shape.get(0);
        long columns = shape.get(1);
        Optional<Integer> stacked = gates.along(weight, rows);
        if (stacked.isPresent() || rows == PROJECTIONS * columns) {
            return stacked(weight, stacked.orElse(PROJECTIONS), rows, columns);
        }
        Optional<Integer> beside = gates.along(weight, columns);
        return beside.isPresent() || columns == PROJECTIONS * rows
                ? beside(weight, beside.orElse(PROJECTIONS), rows, columns)
                : List.of();
    }

    private static List<CheckpointTensor> stacked(CheckpointTensor weight, int count, long rows, long columns) {
        long bytes = rows / count * columns * weight.spec().dtype().bytes();
        List<CheckpointTensor> parts = new ArrayList<>();
        for (int part = 0; part < count; part++) {
            ByteSource slice = new SliceByteSource(weight.bytes(), part * bytes, bytes);
            parts.add(part(weight, part, List.of(rows / count, columns), slice));
        }
        return parts;
    }

    private static List<CheckpointTensor> beside(CheckpointTensor weight, int count, long rows, long columns) {
        long row = columns / count * weight.spec().dtype().bytes();
        List<CheckpointTensor> parts = new ArrayList<>();
        for (int part = 0; part < count; part++) {
            ByteSource slice = new Columns(weight.bytes(), count * row, part * row, row, rows);
            parts.add(part(weight, part, List.of(rows, columns / count), slice));
        }
        return parts;
    }

    private static CheckpointTensor part(CheckpointTensor whole, int number, List<Long> shape, ByteSource bytes) {
        String name = whole.name() + "[" + number + "]";
        return new CheckpointTensor(
                name,
                new TensorSpec(name, whole.spec().dtype(), shape),
                whole.object(),
                whole.file(),
                bytes,
                whole.scaling(),
                whole.companion(),
                whole.tiedTo());
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
