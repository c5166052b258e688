package dev.mgit.lineage.detect;

import java.util.List;

/** Tells a merged low-rank adapter from other updates: the sampled grid of a rank-r update has rank r at most. */
final class LowRankTest {
    private LowRankTest() {}

    /** The largest rank of any changed weight's update, or 0 if some are not clearly low or nothing changed. */
    static int of(List<TensorPair> related) {
        int largest = 0;
        for (TensorPair pair : related) {
            if (pair.equal() == pair.count() || pair.isRearranged()) {
                continue;
            }
            int side = side(pair);
            int rank = side < SamplePositions.GRID / 2 ? side : rank(update(pair, side));
            if (rank * 3 > rank(weights(pair, side)) * 2) {
                return 0;
            }
            largest = Math.max(largest, rank);
        }
        return largest;
    }

    /** The largest rank that a sampled update shows, which may be of more than is sampled; 0 if nothing changed. */
    static int least(List<TensorPair> related) {
        return related.stream()
                .filter(pair -> pair.equal() < pair.count() && !pair.isRearranged())
                .mapToInt(pair -> rank(update(pair, side(pair))))
                .max()
                .orElse(0);
    }

    private static int side(TensorPair pair) {
        return Math.min(
                Math.min(pair.a().sampleRows(), pair.b().sampleRows()),
                Math.min(pair.a().sampleColumns(), pair.b().sampleColumns()));
    }

    private static double[][] update(TensorPair pair, int side) {
        double[][] update = weights(pair, side);
        for (int i = 0; i < side; i++) {
            for (int j = 0; j < side; j++) {
                update[i][j] -= pair.a().value(i, j);
            }
        }
        return update;
    }

    private static double[][] weights(TensorPair pair, int side) {
        double[][] weights = new double[side][side];
        for (int i = 0; i < side; i++) {
            for (int j = 0; j < side; j++) {
                weights[i][j] = pair.b().value(i, j);
            }
        }
        return weights;
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
