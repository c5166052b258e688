package dev.mgit.delta.planner;

import dev.mgit.delta.Dtype;
import dev.mgit.delta.TensorSpec;
import dev.mgit.delta.predictor.CastPredictor;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * Finds sources that hold the child's elements under any name, in any dtype and any order of axes, by correlating a few
 * values. 32 values of unrelated tensors correlate beyond 0.9 about once in 10^12.
 */
final class ContentSearch {
    private static final double ALIKE = 0.9;
    private static final int MAX_SOURCES = 4096;
    private static final int MAX_RANK = 5;
    /** A second look at the runner-up costs a read; further ones have never paid. */
    private static final int TRIED = 2;

    private record Like(Placement placement, double correlation, int rank) {}

    private ContentSearch() {}

    static void search(Trial trial, Candidates candidates) {
        for (Placement placement : likes(trial.child(), candidates)) {
            ConversionSearch.offer(trial, placement, candidates);
        }
    }

    /** The few placements most like the child, best first. */
    static List<Placement> likes(ChildTensor child, Candidates candidates) {
        TensorSpec spec = child.spec();
        List<Placement> found = new ArrayList<>(floats(spec, candidates));
        if (spec.elements() < TensorProbe.LEAST || !SampledValues.readable(spec.dtype())) {
            return found;
        }
        Optional<QuantizationParameters> quantization = QuantizationParameters.of(child);
        Map<List<Object>, List<double[]>> gathered = new HashMap<>();
        List<Like> likes = new ArrayList<>();
        List<SourceTensor> sources = candidates.withElements(spec.elements());
        for (SourceTensor source : sources.subList(0, Math.min(MAX_SOURCES, sources.size()))) {
            // Equal tensors within a version share their blocks anyway; what is left are copies in another dtype.
            boolean twin =
                    source.rank() == SourceTensor.SAME_VERSION && source.spec().dtype() == spec.dtype();
            if (twin
                    || !SampledValues.readable(source.spec().dtype())
                    || !leadsTo(source.spec().dtype(), spec.dtype())) {
                continue;
            }
            for (List<Integer> axes : orders(source.spec(), spec)) {
                List<double[]> values = gathered.computeIfAbsent(
                        List.of(
                                source.spec().shape(),
                                axes,
                                source.spec().dtype().blockElements()),
                        key -> gather(child, source.spec(), axes, quantization));
                double correlation = correlation(values, candidates.probe(source));
                if (correlation >= ALIKE) {
                    likes.add(new Like(placement(source, axes), correlation, source.rank()));
                }
            }
        }
        // Cast values correlate almost perfectly: among those the nearer version is the better prediction.
        likes.sort(Comparator.comparingDouble((Like like) -> -Math.rint(like.correlation() * 1e4))
                .thenComparingInt(Like::rank));
        likes.stream().limit(TRIED).map(Like::placement).forEach(found::add);
        return found;
    }

    /**
     * Where the floats of a quantized tensor may be by its name, in any order of axes. Under a coarse scale most values
     * are zero, which resemble nothing.
     */
    private static List<Placement> floats(TensorSpec spec, Candidates candidates) {
        String name = QuantizationParameters.floatName(spec.name());
        return name.equals(spec.name())
                ? List.of()
                : candidates.called(name).stream()
                        .filter(source ->
                                source.spec().dtype().isFloat() && source.spec().elements() == spec.elements())
                        .limit(1)
                        .flatMap(source -> orders(source.spec(), spec).stream().map(axes -> placement(source, axes)))
                        .toList();
    }

    private static Placement placement(SourceTensor source, List<Integer> axes) {
        return straight(axes) ? new Placement.Straight(source) : new Placement.Turned(source, axes);
    }

    private static double correlation(List<double[]> readings, double[] source) {
        return readings.stream()
                .mapToDouble(values -> Math.abs(SampledValues.correlation(values, source)))
                .max()
                .orElse(0);
    }

    private static boolean leadsTo(Dtype from, Dtype to) {
        boolean quantized = to == Dtype.Q8_0 || to == Dtype.Q4_0 || to == Dtype.I8 || to == Dtype.U8;
        return from == to || CastPredictor.possible(from, to) || (from.isFloat() && quantized);
    }

    /** The child's values where the source is probed; of quantized ones, also the floats that they stand for. */
    private static List<double[]> gather(
            ChildTensor child, TensorSpec source, List<Integer> axes, Optional<QuantizationParameters> quantization) {
        TensorSpec spec = child.spec();
        long[] positions = TensorProbe.positions(source, axes);
        int run = straight(axes) ? TensorProbe.run(source) : 1;
        double[] values = new double[positions.length];
        for (int i = 0; i < values.length; i += run) {
            System.arraycopy(SampledValues.read(child::read, spec.dtype(), positions[i], run), 0, values, i, run);
        }
        List<double[]> readings = new ArrayList<>();
        readings.add(values);
        quantization.ifPresent(q -> readings.addAll(q.dequantized(spec, positions, values)));
        return readings;
    }

    private static boolean straight(List<Integer> axes) {
        for (int i = 0; i < axes.size(); i++) {
            if (axes.get(i) != i) {
                return false;
            }
        }
        return true;
    }

    /** Every order of the source's axes that gives the child's shape; the order as it is always counts, as a reshape. */
    private static List<List<Integer>> orders(TensorSpec source, TensorSpec child) {
        int rank = source.shape().size();
        List<Integer> plain = new ArrayList<>();
        for (int i = 0; i < rank; i++) {
            plain.add(i);
        }
        List<List<Integer>> orders = new ArrayList<>();
        orders.add(plain);
        boolean turnable =
                rank >= 2 && rank <= MAX_RANK && rank == child.shape().size();
        if (turnable && source.dtype().blockElements() == 1 && !source.dtype().equals(Dtype.I4)) {
            permute(source, child, new ArrayList<>(), plain, orders);
        }
        return orders;
    }

    private static void permute(
            TensorSpec source, TensorSpec child, List<Integer> axes, List<Integer> plain, List<List<Integer>> orders) {
        if (axes.size() == plain.size()) {
            if (!axes.equals(plain) && movesElements(source, axes)) {
                orders.add(List.copyOf(axes));
            }
            return;
        }
        for (int axis : plain) {
            boolean fits = !axes.contains(axis)
                    && Objects.equals(source.shape().get(axis), child.shape().get(axes.size()));
            if (fits) {
                axes.add(axis);
                permute(source, child, axes, plain, orders);
                axes.remove(axes.size() - 1);
            }
        }
    }

    /** Moving axes of length 1 is a reshape. */
    private static boolean movesElements(TensorSpec source, List<Integer> axes) {
        List<Integer> real = new ArrayList<>(axes);
        real.removeIf(axis -> source.shape().get(axis) == 1);
        List<Integer> sorted = new ArrayList<>(real);
        Collections.sort(sorted);
        return !real.equals(sorted);
    }
}
