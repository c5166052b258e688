package dev.mgit.delta.planner;

import dev.mgit.delta.Dtype;
import dev.mgit.delta.predictor.CombinePredictor;
import dev.mgit.delta.predictor.ExtrapolatePredictor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * Finds out whether the child is a weighted sum of several parents: a merge, task arithmetic, or the next step along
 * the line of the last two. Weights come from least squares on samples and are snapped to the short decimals people
 * write; of the ways to compute the sum the one that hits most samples exactly is taken.
 */
final class CombinationSearch {
    private static final int MAX_PARENTS = 8;
    /** Elements each spelling of the sum is tried on. */
    private static final int TRIED = 1024;
    /** Weights below this are noise. */
    private static final double NO_WEIGHT = 1e-3;

    private CombinationSearch() {}

    static void search(Trial trial, List<SourceTensor> twins) {
        if (twins.size() < 2) {
            return;
        }
        List<SourceTensor> parents = twins.subList(0, Math.min(MAX_PARENTS, twins.size()));
        Samples samples = new Samples(trial, parents);
        double[] weights = samples.weightsThatSumToOne();
        boolean line = parents.size() == 2 && weights[1] < -NO_WEIGHT;
        if (line) {
            Dtype precision = trial.spec().dtype() == Dtype.F64 ? Dtype.F64 : Dtype.F32;
            byte[] parameters = ExtrapolatePredictor.parameters(precision, LeastSquares.snap(-weights[1], 2));
            trial.offer(new Elementwise(new ExtrapolatePredictor(), trial.spec().dtype(), parents, parameters));
            return;
        }
        long weighty =
                Arrays.stream(weights).filter(w -> Math.abs(w) > NO_WEIGHT).count();
        if (weighty > 1 || Math.abs(Arrays.stream(weights).max().orElse(0) - 1) > NO_WEIGHT) {
            samples.bestSpelling(weights).ifPresent(trial::offer);
        }
    }

    /** One way to compute a sum. */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    private record Spelling(List<Integer> order, byte[] parameters) {}

    /** The trial's samples of the child and its parents. */
    private static final class Samples {
        private final Dtype dtype;
        private final List<SourceTensor> parents;
        private final byte[] child;
        private final List<byte[]> raw = new ArrayList<>();
        private final double[] target;
        private final double[][] columns;

        Samples(Trial trial, List<SourceTensor> parents) {
            this.dtype = trial.spec().dtype();
            this.parents = parents;
            this.child = trial.raw();
            this.target = SampledValues.decode(dtype, child, child.length / dtype.bytes());
            this.columns = new double[parents.size()][];
            for (int i = 0; i < columns.length; i++) {
                byte[] bytes = new byte[child.length];
                int at = 0;
                for (Trial.Range range : trial.ranges()) {
                    byte[] some = new TensorSpan(parents.get(i), range.offset(), range.length()).read();
                    System.arraycopy(some, 0, bytes, at, some.length);
                    at += some.length;
                }
                raw.add(bytes);
                columns[i] = SampledValues.decode(dtype, bytes, target.length);
            }
        }

        /** Relative to the first parent, which is near to all others: their differences are what tells them apart. */
        double[] weightsThatSumToOne() {
            double[] difference = minus(target, columns[0]);
            double[][] differences = new double[columns.length - 1][];
            for (int i = 0; i < differences.length; i++) {
                differences[i] = minus(columns[i + 1], columns[0]);
            }
            double[] others = LeastSquares.solve(differences, difference);
            double[] weights = new double[columns.length];
            weights[0] = 1 - Arrays.stream(others).sum();
            System.arraycopy(others, 0, weights, 1, others.length);
            return weights;
        }

        private static double[] minus(double[] a, double[] b) {
            double[] difference = new double[a.length];
            for (int i = 0; i < a.length; i++) {
                double d = a[i] - b[i];
                difference[i] = Double.isFinite(d) ? d : 0;
            }
            return difference;
        }

        Optional<Derivation> bestSpelling(double[] weights) {
            int tried = Math.min(TRIED, target.length) * dtype.bytes();
            byte[] wanted = Arrays.copyOf(child, tried);
            byte[] predicted = new byte[tried];
            Spelling best = null;
            long bestDistance = Long.MAX_VALUE;
            for (Spelling spelling : spellings(weights)) {
                List<byte[]> inputs = spelling.order().stream()
                        .map(i -> Arrays.copyOf(raw.get(i), tried))
                        .toList();
                new CombinePredictor().predict(inputs, spelling.parameters(), dtype, predicted, tried);
                long distance = distance(wanted, predicted);
                if (distance < bestDistance) {
                    bestDistance = distance;
                    best = spelling;
                }
                if (distance == 0) {
                    break;
                }
            }
            return Optional.ofNullable(best)
                    .map(b -> new Elementwise(
                            new CombinePredictor(),
                            dtype,
                            b.order().stream().map(parents::get).toList(),
                            b.parameters()));
        }

        /** Elements that differ. */
        private long distance(byte[] wanted, byte[] predicted) {
            int width = dtype.bytes();
            long differ = 0;
            for (int at = 0; at < wanted.length; at += width) {
                differ += Arrays.equals(wanted, at, at + width, predicted, at, at + width) ? 0 : 1;
            }
            return differ;
        }

        private List<Spelling> spellings(double[] weights) {
            List<Spelling> all = new ArrayList<>();
            List<Dtype> precisions = new ArrayList<>(List.of(Dtype.F32, Dtype.F64));
            if (!precisions.contains(dtype)) {
                precisions.add(dtype);
            }
            for (int places : new int[] {2, 3, 4, 17}) {
                double[] snapped = Arrays.stream(weights)
                        .map(w -> places > 15 ? w : LeastSquares.snap(w, places))
                        .toArray();
                List<Integer> used = new ArrayList<>();
                for (int i = 0; i < snapped.length; i++) {
                    if (Math.abs(snapped[i]) >= NO_WEIGHT) {
                        used.add(i);
                    }
                }
                if (used.size() < 2) {
                    continue; // all but one were rounded away, and one parent alone is no sum
                }
                for (Dtype precision : precisions) {
                    linear(all, precision, used, snapped);
                    used.forEach(base -> task(all, precision, base, used, snapped));
                }
            }
            return all;
        }

        private static void linear(List<Spelling> all, Dtype precision, List<Integer> used, double[] weights) {
            double[] own = used.stream().mapToDouble(i -> weights[i]).toArray();
            all.add(new Spelling(used, CombinePredictor.parameters(precision, CombinePredictor.LINEAR, 1, own)));
            double[] ones = new double[own.length];
            Arrays.fill(ones, 1);
            if (Arrays.stream(own).allMatch(w -> Math.abs(w * own.length - 1) < 0.05)) {
                all.add(new Spelling(
                        used, CombinePredictor.parameters(precision, CombinePredictor.LINEAR, own.length, ones)));
            }
        }

        private static void task(List<Spelling> all, Dtype precision, int base, List<Integer> used, double[] weights) {
            List<Integer> order = new ArrayList<>();
            order.add(base);
            used.stream().filter(i -> i != base).forEach(order::add);
            double[] own = order.stream().skip(1).mapToDouble(i -> weights[i]).toArray();
            all.add(new Spelling(order, CombinePredictor.parameters(precision, CombinePredictor.TASK, 1, own)));
        }
    }
}
