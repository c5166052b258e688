package dev.mgit.lineage.tensors;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * How the axes of one tensor stand for those of another: transposed matrices, convolutions as OIHW, HWIO or OHWI. Axes of
 * length 1 are left out of both.
 *
 * @param axes for each axis of the first tensor the axis of the second it is
 */
public record AxisPermutation(List<Integer> axes) {
    /** Rows of one matrix are columns of the other. */
    public static final AxisPermutation TRANSPOSED = new AxisPermutation(List.of(1, 0));

    private static final int MAX_RANK = 5;

    /** Correlation of 256 values of unrelated tensors has a deviation of 1/16. */
    private static final int SAMPLES = 256;

    private static final int LEAST_ELEMENTS = 64;
    private static final double ALIKE = 0.5;

    public AxisPermutation {
        axes = List.copyOf(axes);
    }

    /** Dimensions of a tensor without those of length 1. */
    public static List<Long> shape(CheckpointTensor weight) {
        return weight.shape().stream().filter(length -> length != 1).toList();
    }

    private record Found(AxisPermutation arrangement, double correlation) {}

    /** The order of b's axes, other than its own, that has a's values best; empty if none has. */
    public static Optional<AxisPermutation> of(CheckpointTensor a, CheckpointTensor b) throws IOException {
        return best(a, b).filter(found -> found.correlation() > ALIKE).map(Found::arrangement);
    }

    /** Correlation of sampled values in that order; empty if no order gives the shape. */
    public static Optional<Double> correlation(CheckpointTensor a, CheckpointTensor b) throws IOException {
        return best(a, b).map(Found::correlation);
    }

    private static Optional<Found> best(CheckpointTensor a, CheckpointTensor b) throws IOException {
        List<AxisPermutation> candidates = candidates(a, b);
        if (candidates.isEmpty()) {
            return Optional.empty();
        }
        long[] places = places(a.elements());
        double[] values = values(a, places);
        List<Found> found = new ArrayList<>();
        for (AxisPermutation candidate : candidates) {
            found.add(new Found(candidate, candidate.correlation(a, places, values, b)));
        }
        return found.stream().max(Comparator.comparingDouble(Found::correlation));
    }

    private double correlation(CheckpointTensor a, long[] places, double[] values, CheckpointTensor b)
            throws IOException {
        long[] theirs = new long[places.length];
        for (int i = 0; i < places.length; i++) {
            theirs[i] = place(shape(a), shape(b), places[i]);
        }
        return TensorSamples.correlation(values, values(b, theirs)).orElse(0.0);
    }

    /** The same as the second tensor sees the first. */
    public AxisPermutation inverse() {
        List<Integer> inverse = new ArrayList<>();
        for (int axis = 0; axis < axes.size(); axis++) {
            inverse.add(axes.indexOf(axis));
        }
        return new AxisPermutation(inverse);
    }

    /** Index of the element of b that stands for one of a. */
    public long place(List<Long> a, List<Long> b, long index) {
        long[] coordinates = new long[b.size()];
        long left = index;
        for (int k = a.size() - 1; k >= 0; k--) {
            coordinates[axes.get(k)] = left % a.get(k);
            left /= a.get(k);
        }
        long place = 0;
        for (int j = 0; j < coordinates.length; j++) {
            place = place * b.get(j) + coordinates[j];
        }
        return place;
    }

    private static long[] places(long elements) {
        long[] places = new long[(int) Math.min(SAMPLES, elements)];
        for (int i = 0; i < places.length; i++) {
            places[i] = elements <= SAMPLES ? i : Long.remainderUnsigned(Hashing.mix(i), elements);
        }
        return places;
    }

    public static double[] values(CheckpointTensor weight, long[] places) throws IOException {
        var reader = new TensorReader(weight);
        double[] values = new double[places.length];
        for (int i = 0; i < places.length; i++) {
            values[i] = reader.read(places[i], 1)[0];
        }
        return values;
    }

    private static List<AxisPermutation> candidates(CheckpointTensor a, CheckpointTensor b) {
        List<Long> left = shape(a);
        List<Long> right = shape(b);
        boolean possible = left.size() == right.size()
                && left.size() >= 2
                && left.size() <= MAX_RANK
                && a.elements() == b.elements()
                && a.elements() >= LEAST_ELEMENTS
                && a.hasNumbers()
                && b.hasNumbers();
        List<AxisPermutation> found = new ArrayList<>();
        if (possible) {
            permute(left, right, new ArrayList<>(), found);
        }
        return found;
    }

    private static void permute(List<Long> a, List<Long> b, List<Integer> axes, List<AxisPermutation> found) {
        if (axes.size() == a.size()) {
            boolean straight = true;
            for (int k = 0; k < axes.size(); k++) {
                straight &= axes.get(k) == k;
            }
            if (!straight) {
                found.add(new AxisPermutation(axes));
            }
            return;
        }
        for (int axis = 0; axis < b.size(); axis++) {
            if (!axes.contains(axis)
                    && b.get(axis).longValue() == a.get(axes.size()).longValue()) {
                axes.add(axis);
                permute(a, b, axes, found);
                axes.remove(axes.size() - 1);
            }
        }
    }
}
