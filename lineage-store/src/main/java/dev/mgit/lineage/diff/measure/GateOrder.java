package dev.mgit.lineage.diff.measure;

import dev.mgit.delta.layout.ByteSource;
import dev.mgit.lineage.tensors.AxisPermutation;
import dev.mgit.lineage.tensors.CheckpointTensor;
import dev.mgit.lineage.tensors.Hashing;
import dev.mgit.lineage.tensors.TensorSamples;
import java.io.EOFException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * In which order recurrent layers pack their gates: LSTM ifgo in PyTorch and Keras, iofc in ONNX; GRU rzn in PyTorch, zrh
 * in ONNX and Keras. The blocks along the longer axis of a matrix stand for those of another in another order.
 *
 * @param blocks for each block of the first the block of the second
 * @param axis of the first tensor that is in blocks
 * @param arrangement of the axes, if they too are in another order
 */
public record GateOrder(List<Integer> blocks, int axis, Optional<AxisPermutation> arrangement) {
    private static final Pattern RECURRENT = Pattern.compile("(?i).*(lstm|gru|rnn|weight_[ih]h|recurrent|cell).*");
    private static final List<Integer> COUNTS = List.of(4, 3);
    private static final int SAMPLES = 64;
    private static final int LEAST = 4;
    private static final double ALIKE = 0.8;

    /** Whether a tensor's name is one of a recurrent layer's. */
    public static boolean isRecurrent(String name) {
        return RECURRENT.matcher(name).matches();
    }

    /** Empty unless every block has another place than in the same order, or some have, and all are found. */
    public static Optional<GateOrder> of(CheckpointTensor a, CheckpointTensor b) throws IOException {
        List<Long> left = AxisPermutation.shape(a);
        List<Long> right = AxisPermutation.shape(b);
        boolean possible = left.size() == 2 && right.size() == 2 && a.hasNumbers() && b.hasNumbers();
        if (!possible
                || !isRecurrent(a.name())
                || a.scaling().isPresent()
                || b.scaling().isPresent()) {
            return Optional.empty();
        }
        List<Optional<AxisPermutation>> ways = new ArrayList<>();
        if (left.equals(right)) {
            ways.add(Optional.empty());
        }
        if (left.get(0).equals(right.get(1)) && left.get(1).equals(right.get(0))) {
            ways.add(Optional.of(AxisPermutation.TRANSPOSED));
        }
        for (Optional<AxisPermutation> way : ways) {
            for (int axis = 0; axis < 2; axis++) {
                for (int count : COUNTS) {
                    Optional<List<Integer>> blocks = blocks(a, b, way, axis, count);
                    if (blocks.isPresent()) {
                        return Optional.of(new GateOrder(blocks.get(), axis, way));
                    }
                }
            }
        }
        return Optional.empty();
    }

    private static Optional<List<Integer>> blocks(
            CheckpointTensor a, CheckpointTensor b, Optional<AxisPermutation> way, int axis, int count)
            throws IOException {
        List<Long> shape = AxisPermutation.shape(a);
        long block = shape.get(axis) / count;
        boolean outermost = axis == 0 || way.isPresent();
        if (shape.get(axis) % count != 0 || block < LEAST || !outermost) {
            return Optional.empty();
        }
        double[][] ours = new double[count][];
        double[][] theirs = new double[count][];
        for (int i = 0; i < count; i++) {
            long[] places = places(shape, axis, i * block, block);
            ours[i] = AxisPermutation.values(a, places);
            for (int k = 0; k < places.length; k++) {
                places[k] = way.isPresent() ? way.get().place(shape, AxisPermutation.shape(b), places[k]) : places[k];
            }
            theirs[i] = AxisPermutation.values(b, places);
        }
        List<Integer> found = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            for (int j = 0; j < count && found.size() == i; j++) {
                if (!found.contains(j)
                        && TensorSamples.correlation(ours[i], theirs[j]).orElse(0.0) > ALIKE) {
                    found.add(j);
                }
            }
        }
        boolean straight = true;
        for (int i = 0; i < found.size(); i++) {
            straight &= found.get(i) == i;
        }
        return found.size() < count || straight ? Optional.empty() : Optional.of(found);
    }

    /** The same places within every block. */
    private static long[] places(List<Long> shape, int axis, long start, long block) {
        long[] places = new long[SAMPLES];
        long other = shape.get(1 - axis);
        for (int k = 0; k < SAMPLES; k++) {
            long packed = start + Long.remainderUnsigned(Hashing.mix(2L * k), block);
            long along = Long.remainderUnsigned(Hashing.mix(2L * k + 1), other);
            places[k] = axis == 0 ? packed * other + along : along * shape.get(1) + packed;
        }
        return places;
    }

    /** The two with their gates in one order: that whose blocks lie together is read as the other has them. */
    public TensorComparison.Matched match(CheckpointTensor a, CheckpointTensor b) throws IOException {
        if (axis == 0) {
            List<Integer> inverse = new ArrayList<>();
            for (int j = 0; j < blocks.size(); j++) {
                inverse.add(blocks.indexOf(j));
            }
            return new TensorComparison.Matched(reordered(a, inverse), b, arrangement);
        }
        return new TensorComparison.Matched(a, reordered(b, blocks), arrangement);
    }

    private static CheckpointTensor reordered(CheckpointTensor weight, List<Integer> order) throws IOException {
        long whole = weight.bytes().size();
        long size = whole / order.size();
        ByteSource bytes = new ByteSource() {
            @Override
            public long size() {
                return whole;
            }

            @Override
            public void read(long position, byte[] target, int offset, int length) throws IOException {
                if (position < 0 || length < 0 || position > whole - length) {
                    throw new EOFException("bytes " + position + " to " + (position + length) + " of " + whole);
                }
                int done = 0;
                while (done < length) {
                    int block = (int) ((position + done) / size);
                    long within = (position + done) % size;
                    int part = (int) Math.min(length - done, size - within);
                    weight.bytes().read(order.get(block) * size + within, target, offset + done, part);
                    done += part;
                }
            }
        };
        return weight.withBytes(bytes);
    }
}
