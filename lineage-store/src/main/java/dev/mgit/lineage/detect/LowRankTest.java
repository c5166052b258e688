package dev.mgit.lineage.detect;

import java.util.List;

/** Tells a merged low-rank adapter from other updates: the sampled grid of a rank-r update has rank r at most. */
final class LowRankTest {
    private LowRankTest() {}

    /** The largest rank of any changed weight's update, or 0 if some are not clearly low or nothing changed. */
    static int of(List<TensorPair> related) {
        int largest = 0;
        for (TensorPair pair : related) {
            int side = Math.min(
                    Math.min(pair.a().sampleRows(), pair.b().sampleRows()),
                    Math.min(pair.a().sampleColumns(), pair.b().sampleColumns()));
            if (pair.equal() == pair.count() || pair.transposed()) {
                continue;
            }
            if (side < SamplePositions.GRID / 2) {
                return 0;
            }
            double[][] update = new double[side][side];
            double[][] weights = new double[side][side];
            for (int i = 0; i < side; i++) {
                for (int j = 0; j < side; j++) {
                    weights[i][j] = pair.b().value(i, j);
                    update[i][j] = weights[i][j] - pair.a().value(i, j);
                }
            }
            int rank = rank(update);
            if (rank * 3 > rank(weights) * 2) {
                return 0;
            }
            largest = Math.max(largest, rank);
        }
        return largest;
    }

    /** Gaussian elimination with full pivoting; what is left below 1/1000 of the first pivot counts as rounding. */
    private static int rank(double[][] matrix) {
        int size = matrix.length;
        double first = 0;
        for (int rank = 0; rank < size; rank++) {
            int row = rank;
            int column = rank;
            for (int i = rank; i < size; i++) {
                for (int j = rank; j < size; j++) {
                    if (Math.abs(matrix[i][j]) > Math.abs(matrix[row][column])) {
                        row = i;
                        column = j;
                    }
                }
            }
            double pivot = matrix[row][column];
            first = rank == 0 ? Math.abs(pivot) : first;
            if (!Double.isFinite(pivot) || Math.abs(pivot) <= first * 1e-3) {
                return rank;
            }
            swap(matrix, rank, row, column);
            for (int i = rank + 1; i < size; i++) {
                double factor = matrix[i][rank] / pivot;
                for (int j = rank; j < size; j++) {
                    matrix[i][j] -= factor * matrix[rank][j];
                }
            }
        }
        return size;
    }

    private static void swap(double[][] matrix, int at, int row, int column) {
        double[] moved = matrix[at];
        matrix[at] = matrix[row];
        matrix[row] = moved;
        for (double[] line : matrix) {
            double value = line[at];
            line[at] = line[column];
            line[column] = value;
        }
    }
}
