package dev.mgit.lineage.detect;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Finds that a model is a weighted sum of others: the part of its samples that no sum of theirs explains is tiny against
 * its distance from each. Weights are fitted tensor by tensor, so merges that mix layers differently (spherical,
 * layer-wise) are found too, and task arithmetic with its base among the three.
 */
final class MergeSearch {
    /** What is left after a merge is rounding; a model trained on from a merge still leaves a quarter and more. */
    private static final double LEFT = 0.02;

    /** Share of the tensors that all parents must have. */
    private static final double MOST_TENSORS = 0.95;

    /** A tensor nearer to one parent than this share of its distance from the other was taken from it as it is. */
    private static final double TAKEN = 1e-3;

    private static final int CANDIDATES = 8;
    private static final double LEAST_WEIGHT = 0.04;

    /**
     * Parents by number of the candidate, the heaviest first.
     *
     * @param taken whether each tensor is one parent's as it is, and some are the same in all of them
     */
    record Found(List<Integer> parents, List<Double> weights, double left, boolean taken) {}

    /** The samples of one tensor: the model's own, then each candidate's; null where it has no such tensor. */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    private record Column(double[] target, double[][] sources) {}

    private MergeSearch() {}

    /** @param candidates compared with the model as side b */
    static Optional<Found> of(List<SketchComparison> candidates) {
        List<SketchComparison> nearest = candidates.subList(0, Math.min(CANDIDATES, candidates.size()));
        if (nearest.size() < 2 || nearest.get(0).distance() < 1e-9) {
            return Optional.empty();
        }
        List<Column> columns = columns(nearest);
        Optional<Found> best = Optional.empty();
        for (int i = 0; i < nearest.size(); i++) {
            for (int j = i + 1; j < nearest.size(); j++) {
                best = better(best, fit(columns, i, j));
            }
        }
        if (best.isEmpty()) {
            for (int i = 0; i < nearest.size(); i++) {
                for (int j = i + 1; j < nearest.size(); j++) {
                    for (int k = j + 1; k < nearest.size(); k++) {
                        best = better(best, fit(columns, i, j, k));
                    }
                }
            }
        }
        return best;
    }

    private static Optional<Found> better(Optional<Found> best, Optional<Found> next) {
        return best.isEmpty()
                        || next.filter(found -> found.left() < best.get().left())
                                .isPresent()
                ? next.or(() -> best)
                : best;
    }

    private static List<Column> columns(List<SketchComparison> candidates) {
        List<Map<String, TensorPair>> byName = new ArrayList<>();
        for (SketchComparison candidate : candidates) {
            Map<String, TensorPair> pairs = new HashMap<>();
            candidate.related().forEach(pair -> pairs.put(pair.b().name(), pair));
            byName.add(pairs);
        }
        List<Column> columns = new ArrayList<>();
        for (TensorSketch tensor : candidates.get(0).b().tensors()) {
            double[][] sources = new double[candidates.size()][];
            int found = 0;
            for (int i = 0; i < sources.length; i++) {
                TensorPair pair = byName.get(i).get(tensor.name());
                if (pair != null && sameGrid(pair)) {
                    sources[i] = values(pair);
                    found++;
                }
            }
            if (found > 1) {
                double[] target = new double[tensor.values().length];
                for (int i = 0; i < target.length; i++) {
                    target[i] = tensor.values()[i];
                }
                columns.add(new Column(target, sources));
            }
        }
        return columns;
    }

    private static boolean sameGrid(TensorPair pair) {
        TensorSketch a = pair.a();
        TensorSketch b = pair.b();
        boolean samples = pair.transposed()
                ? a.sampleRows() == b.sampleColumns() && a.sampleColumns() == b.sampleRows()
                : a.sampleRows() == b.sampleRows() && a.sampleColumns() == b.sampleColumns();
        return samples && a.elements() == b.elements();
    }

    private static double[] values(TensorPair pair) {
        TensorSketch b = pair.b();
        double[] values = new double[b.values().length];
        for (int i = 0; i < b.sampleRows(); i++) {
            for (int j = 0; j < b.sampleColumns(); j++) {
                values[i * b.sampleColumns() + j] =
                        pair.transposed() ? pair.a().value(j, i) : pair.a().value(i, j);
            }
        }
        return values;
    }

    private static Optional<Found> fit(List<Column> columns, int... chosen) {
        double left = 0;
        int taken = 0;
        int shared = 0;
        double[] sums = new double[chosen.length];
        double[] apart = new double[chosen.length];
        int fitted = 0;
        for (Column column : columns) {
            double[][] sources = new double[chosen.length][];
            boolean all = true;
            for (int i = 0; i < chosen.length; i++) {
                sources[i] = column.sources()[chosen[i]];
                all &= sources[i] != null;
            }
            if (!all) {
                continue;
            }
            double energy = Solve.dot(column.target(), column.target());
            double[] weights = Solve.weights(sources, column.target());
            left += Solve.left(sources, weights, column.target()) / energy;
            double nearest = Double.POSITIVE_INFINITY;
            double furthest = 0;
            for (int i = 0; i < chosen.length; i++) {
                double rest = Solve.left(new double[][] {sources[i]}, new double[] {1}, column.target()) / energy;
                sums[i] += weights[i];
                apart[i] += rest;
                nearest = Math.min(nearest, rest);
                furthest = Math.max(furthest, rest);
            }
            taken += nearest <= TAKEN * furthest ? 1 : 0;
            shared += furthest == 0 ? 1 : 0;
            fitted++;
        }
        if (fitted == 0 || fitted < MOST_TENSORS * columns.size()) {
            return Optional.empty();
        }
        boolean puzzle = taken == fitted && shared > 0;
        return judge(left / fitted, sums, apart, fitted, puzzle, chosen);
    }

    private static Optional<Found> judge(
            double left, double[] sums, double[] apart, int fitted, boolean taken, int... chosen) {
        double total = 0;
        int negative = 0;
        boolean fits = Double.isFinite(left);
        for (int i = 0; i < sums.length; i++) {
            double weight = sums[i] / fitted;
            total += weight;
            negative += weight < 0 ? 1 : 0;
            fits &= Math.abs(weight) >= LEAST_WEIGHT && left <= LEFT * apart[i] / fitted;
            sums[i] = weight;
        }
        // Two positive weights lie between two parents. Of three one may be the base that task vectors were taken from.
        if (!fits || negative > sums.length - 2 || total < 0.8 || total > 1.2) {
            return Optional.empty();
        }
        List<Integer> order = new ArrayList<>();
        for (int i = 0; i < chosen.length; i++) {
            order.add(i);
        }
        order.sort((x, y) -> Double.compare(sums[y], sums[x]));
        return Optional.of(new Found(
                order.stream().map(i -> chosen[i]).toList(),
                order.stream().map(i -> sums[i]).toList(),
                left,
                taken));
    }

    /** Least squares for two or three columns. */
    private static final class Solve {
        static double dot(double[] a, double[] b) {
            double sum = 0;
            for (int i = 0; i < a.length; i++) {
                sum += a[i] * b[i];
            }
            return sum;
        }

        /**
         * Nearly equal columns make the plain normal equations lose the little they differ by, so the target's distance
         * from the first column is expressed in the others' distances from it, and weights sum to 1.
         */
        static double[] weights(double[][] sources, double[] target) {
            int n = sources.length - 1;
            double[][] updates = new double[n][];
            for (int i = 0; i < n; i++) {
                updates[i] = minus(sources[i + 1], sources[0]);
            }
            double[] goal = minus(target, sources[0]);
            double[] solved = n == 1 ? one(updates, goal) : two(updates, goal);
            double[] weights = new double[n + 1];
            weights[0] = 1;
            for (int i = 0; i < n; i++) {
                weights[i + 1] = solved[i];
                weights[0] -= solved[i];
            }
            return weights;
        }

        private static double[] one(double[][] updates, double[] goal) {
            double square = dot(updates[0], updates[0]);
            return new double[] {square == 0 ? 0 : dot(updates[0], goal) / square};
        }

        private static double[] two(double[][] updates, double[] goal) {
            double aa = dot(updates[0], updates[0]);
            double bb = dot(updates[1], updates[1]);
            double ab = dot(updates[0], updates[1]);
            double ag = dot(updates[0], goal);
            double bg = dot(updates[1], goal);
            double determinant = aa * bb - ab * ab;
            if (determinant <= 1e-9 * aa * bb) {
                return new double[2];
            }
            return new double[] {(ag * bb - bg * ab) / determinant, (bg * aa - ag * ab) / determinant};
        }

        private static double[] minus(double[] a, double[] b) {
            double[] difference = new double[a.length];
            for (int i = 0; i < a.length; i++) {
                difference[i] = a[i] - b[i];
            }
            return difference;
        }

        static double left(double[][] sources, double[] weights, double[] target) {
            double sum = 0;
            for (int i = 0; i < target.length; i++) {
                double rest = target[i];
                for (int j = 0; j < weights.length; j++) {
                    rest -= weights[j] * sources[j][i];
                }
                sum += rest * rest;
            }
            return sum;
        }
    }
}
