package dev.mgit.delta.planner;

import java.util.Arrays;
import java.util.List;

/**
 * Weights that make a sum of columns nearest to a target: by least squares, and by what most elements have in common. What a
 * residual costs is the number of its bits, so being right for many is worth more than being nearly right for all.
 */
final class RobustFit {
    private static final int ROUNDS = 16;

    private RobustFit() {}

    /** @return the fits worth trying, none that is not finite */
    static List<double[]> of(List<double[]> columns, double[] target) {
        double[] ones = new double[target.length];
        for (int i = 0; i < ones.length; i++) {
            double sum = target[i];
            for (double[] column : columns) {
                sum += column[i];
            }
            ones[i] = Double.isFinite(sum) ? 1 : 0;
        }
        double[] squares = solve(columns, target, ones);
        double[] most = squares;
        for (int round = 0; round < ROUNDS; round++) {
            double[] errors = errors(columns, target, most, ones);
            double typical = median(errors);
            if (typical == 0) {
                break;
            }
            double[] weights = new double[errors.length];
            for (int i = 0; i < errors.length; i++) {
                weights[i] = ones[i] * typical / Math.hypot(errors[i], typical / 8);
            }
            most = solve(columns, target, weights);
        }
        return Arrays.equals(most, squares) ? List.of(squares) : List.of(squares, most);
    }

    private static double[] solve(List<double[]> columns, double[] target, double[] weights) {
        double[][] weighted =
                columns.stream().map(column -> times(column, weights)).toArray(double[][]::new);
        return LeastSquares.solve(weighted, times(target, weights));
    }

    private static double[] times(double[] values, double[] weights) {
        double[] product = new double[values.length];
        for (int i = 0; i < product.length; i++) {
            product[i] = weights[i] == 0 ? 0 : values[i] * weights[i];
        }
        return product;
    }

    /** Distances from the target; those of elements that do not count are left out. */
    private static double[] errors(List<double[]> columns, double[] target, double[] fit, double[] counts) {
        double[] errors = new double[target.length];
        for (int i = 0; i < errors.length; i++) {
            double error = target[i];
            for (int j = 0; j < fit.length; j++) {
                error -= fit[j] * columns.get(j)[i];
            }
            errors[i] = counts[i] == 0 ? 0 : Math.abs(error);
        }
        return errors;
    }

    private static double median(double[] errors) {
        double[] above =
                Arrays.stream(errors).filter(error -> error > 0).sorted().toArray();
        return above.length == 0 ? 0 : above[above.length / 2];
    }
}
