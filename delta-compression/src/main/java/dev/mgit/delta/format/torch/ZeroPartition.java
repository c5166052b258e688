package dev.mgit.delta.format.torch;

import dev.mgit.delta.Dtype;
import dev.mgit.delta.TensorSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Which parts of which parameters one rank's flat tensor of DeepSpeed ZeRO holds, and where, as {@code zero_to_fp32.py} puts
 * them together again.
 *
 * <p>Up to stage 2 a group's parameters lie one after the other, are padded at the end, and are cut into one partition for
 * each rank. In stage 3 every parameter is cut by itself, into partitions of ⌈elements / ranks⌉.
 */
final class ZeroPartition {
    private ZeroPartition() {}

    /** @param offset in elements of the flat tensor */
    record Piece(long offset, TensorSpec spec) {}

    /**
     * The pieces of a partition of one group.
     *
     * @param shapes of the group's parameters, in order
     * @param elements of the flat tensor
     * @return empty if it cannot be a partition of these parameters
     */
    static List<Piece> ofGroup(Map<String, List<Long>> shapes, long elements, long rank, long ranks) {
        long total = 0;
        for (List<Long> shape : shapes.values()) {
            total = Math.addExact(total, elements(shape));
        }
        boolean covers = Math.multiplyExact(elements, ranks) >= total;
        boolean last = rank == ranks - 1;
        if (!covers && (!last || elements > total)) {
            return List.of();
        }
        // Elastic checkpoints leave the padding out, so that the last partition is shorter than the others.
        long start = covers ? Math.multiplyExact(elements, rank) : total - elements;
        List<Piece> pieces = new ArrayList<>();
        long at = 0;
        for (Map.Entry<String, List<Long>> parameter : shapes.entrySet()) {
            long count = elements(parameter.getValue());
            long from = Math.max(at, start);
            long to = Math.min(at + count, start + elements);
            if (from < to) {
                pieces.add(new Piece(from - start, spec(parameter.getKey(), parameter.getValue(), from - at, to - at)));
            }
            at += count;
        }
        return pieces;
    }

    /**
     * The pieces in one rank's flat tensors of stage 3, a list for each.
     *
     * @param flats elements of each
     * @return empty if they cannot hold these parameters
     */
    static List<List<Piece>> ofParameters(Map<String, List<Long>> shapes, List<Long> flats, long rank, long ranks) {
        List<List<Piece>> all = new ArrayList<>();
        List<Piece> pieces = new ArrayList<>();
        long at = 0;
        for (Map.Entry<String, List<Long>> parameter : shapes.entrySet()) {
            long count = elements(parameter.getValue());
            long part = count / ranks + (count % ranks == 0 ? 0 : 1);
            if (all.size() < flats.size() && at == flats.get(all.size())) {
                all.add(pieces);
                pieces = new ArrayList<>();
                at = 0;
            }
            if (all.size() == flats.size() || at + part > flats.get(all.size())) {
                return List.of();
            }
            long from = Math.min(count, part * rank);
            long to = Math.min(count, from + part);
            if (from < to) {
                pieces.add(new Piece(at, spec(parameter.getKey(), parameter.getValue(), from, to)));
            }
            at += part;
        }
        all.add(pieces);
        return all.size() == flats.size() ? all : List.of();
    }

    /** The whole parameter by its name, or the elements of it in row-major order: {@code weight[flat 0:100]}. */
    private static TensorSpec spec(String name, List<Long> shape, long from, long to) {
        return from == 0 && to == elements(shape)
                ? new TensorSpec(name, Dtype.F32, shape)
                : new TensorSpec(name + "[flat " + from + ":" + to + "]", Dtype.F32, List.of(to - from));
    }

    private static long elements(List<Long> shape) {
        long elements = 1;
        for (long dimension : shape) {
            elements = Math.multiplyExact(elements, dimension);
        }
        return elements;
    }
}
