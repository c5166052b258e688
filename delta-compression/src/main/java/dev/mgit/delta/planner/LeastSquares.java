package dev.mgit.delta.planner;

import java.util.Arrays;

/** Small linear least squares by normal equations. */
final class LeastSquares {
    private LeastSquares() {}

    /**
     * Weights w that make sum_i w_i * columns_i nearest to a target.
     *
     * @return all zeros where the columns do not determine them
     */
    static double[] solve(double[][] columns, double[] target) {
        int n = columns.length;
        double[][] matrix = new double[n][n + 1];
        for (int i = 0; i < n; i++) {
            for (int j = 0; j < n; j++) {
                matrix[i][j] = dot(columns[i], columns[j]);
            }
            matrix[i][n] = dot(columns[i], target);
        }
        for (int pivot = 0; pivot < n; pivot++) {
            int largest = pivot;
            for (int row = pivot + 1; row < n; row++) {
                if (Math.abs(matrix[row][pivot]) > Math.abs(matrix[largest][pivot])) {
                    largest = row;
                }
            }
            double[] swapped = matrix[pivot];
            matrix[pivot] = matrix[largest];
            matrix[largest] = swapped;
            for (int row = 0; row < n; row++) {
                if (row != pivot) {
                    double factor = matrix[row][pivot] / matrix[pivot][pivot];
                    for (int column = pivot; column <= n; column++) {
                        matrix[row][column] -= factor * matrix[pivot][column];
                    }
                }
            }
        }
        double[] weights = new double[n];
        for (int i = 0; i < n; i++) {
            weights[i] = matrix[i][n] / matrix[i][i];
            if (!Double.isFinite(weights[i])) {
                Arrays.fill(weights, 0);
                return weights;
            }
        }
        return weights;
    }

    static double dot(double[] a, double[] b) {
        double sum = 0;
        for (int i = 0; i < a.length; i++) {
            sum += a[i] * b[i];
        }
        return sum;
    }

    /** The decimal of at most {@code places} places nearest to a value. */
    static double snap(double value, int places) {
        double power = Math.pow(10, places);
        return Math.rint(value * power) / power;
    }
}
