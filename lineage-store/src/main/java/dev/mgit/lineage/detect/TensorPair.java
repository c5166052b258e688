package dev.mgit.lineage.detect;

import dev.mgit.delta.Dtype;

/**
 * Two tensors taken for each other, compared sample by sample.
 *
 * @param transposed whether rows of one are columns of the other
 * @param count samples compared
 * @param equal how many of them are equal
 * @param correlation of all compared samples; 1 where both are the same constant
 * @param distance mean square of the difference over the mean of both variances: 0 the same, 2 unrelated
 * @param kept the same distance over samples that are 0 in neither
 * @param zeroedInB samples that are 0 in b alone
 * @param zeroedInA samples that are 0 in a alone
 * @param roundedInB samples of b that are a's, rounded to b's dtype
 * @param roundedInA samples of a that are b's, rounded to a's dtype
 */
record TensorPair(
        TensorSketch a,
        TensorSketch b,
        boolean transposed,
        int count,
        int equal,
        double correlation,
        double distance,
        double kept,
        int zeroedInB,
        int zeroedInA,
        int roundedInB,
        int roundedInA) {
    /** Unrelated weights correlate by 1/8 or less over 64 samples, so this is four deviations away. */
    static final double RELATED = 0.5;

    static final double UNRELATED_DISTANCE = 2;

    TensorPair reversed() {
        return new TensorPair(
                b,
                a,
                transposed,
                count,
                equal,
                correlation,
                distance,
                kept,
                zeroedInA,
                zeroedInB,
                roundedInA,
                roundedInB);
    }

    /** Samples that both have, at most. */
    int samples() {
        return Math.min(a.values().length, b.values().length);
    }

    /**
     * Collects b/a of samples of one sign that are not small on either side.
     *
     * @param target receives them from {@code from} on; has room for all {@link #samples()}
     * @return where they end
     */
    int ratios(double[] target, int from) {
        double least = Math.sqrt(Math.min(a.square(), b.square())) / 2;
        int rows = Math.min(a.sampleRows(), transposed ? b.sampleColumns() : b.sampleRows());
        int columns = Math.min(a.sampleColumns(), transposed ? b.sampleRows() : b.sampleColumns());
        int to = from;
        for (int i = 0; i < rows; i++) {
            for (int j = 0; j < columns; j++) {
                float x = a.value(i, j);
                float y = transposed ? b.value(j, i) : b.value(i, j);
                double ratio = (double) y / x;
                if (Math.min(Math.abs(x), Math.abs(y)) > least && ratio > 0) {
                    target[to++] = ratio;
                }
            }
        }
        return to;
    }

    /** Whether the axes of one are in another order than the other's. */
    boolean isRearranged() {
        boolean sameSize = a.rows() == b.rows() && a.columns() == b.columns();
        return transposed || (sameSize && a.layout() != b.layout());
    }

    boolean related() {
        return correlation >= RELATED;
    }

    /** The better of both orientations, where both fit. */
    static TensorPair of(TensorSketch a, TensorSketch b) {
        boolean turned = a.rows() == b.columns() && a.columns() == b.rows() && a.columns() > 1;
        if (!turned) {
            return compare(a, b, false);
        }
        TensorPair second = compare(a, b, true);
        if (!a.isSquare()) {
            return second;
        }
        TensorPair first = compare(a, b, false);
        return first.correlation() >= second.correlation() ? first : second;
    }

    /** Whether the samples of two tensors can be compared: one shape, a transposed one, or one axis of another length. */
    static boolean comparable(TensorSketch a, TensorSketch b) {
        boolean same = a.rows() == b.rows() || a.columns() == b.columns();
        boolean turned = a.rows() == b.columns() && a.columns() == b.rows();
        boolean alike = (a.columns() == 1) == (b.columns() == 1) && a.depth() == b.depth();
        return a.hasNumbers() && b.hasNumbers() && alike && (same || turned);
    }

    private static TensorPair compare(TensorSketch a, TensorSketch b, boolean transposed) {
        int rows = Math.min(a.sampleRows(), transposed ? b.sampleColumns() : b.sampleRows());
        int columns = Math.min(a.sampleColumns(), transposed ? b.sampleRows() : b.sampleColumns());
        var sums = new Sums(a.dtype(), b.dtype());
        boolean[] sameRow = SamplePositions.shared(a.rows(), transposed ? b.columns() : b.rows(), rows);
        boolean[] sameColumn = SamplePositions.shared(a.columns(), transposed ? b.rows() : b.columns(), columns);
        for (int i = 0; i < rows; i++) {
            for (int j = 0; j < columns; j++) {
                if (sameRow[i] && sameColumn[j]) {
                    sums.add(a.value(i, j), transposed ? b.value(j, i) : b.value(i, j));
                }
            }
        }
        return sums.pair(a, b, transposed);
    }

    private static final class Sums {
        private final Dtype dtypeA;
        private final Dtype dtypeB;
        private int count;
        private int equal;
        private int zeroedInA;
        private int zeroedInB;
        private int roundedInA;
        private int roundedInB;
        private double a;
        private double b;
        private double aa;
        private double bb;
        private double ab;
        private double differences;
        private double keptDifferences;
        private int keptCount;

        Sums(Dtype dtypeA, Dtype dtypeB) {
            this.dtypeA = dtypeA;
            this.dtypeB = dtypeB;
        }

        void add(double x, double y) {
            if (!Double.isFinite(x) || !Double.isFinite(y)) {
                return;
            }
            count++;
            a += x;
            b += y;
            aa += x * x;
            bb += y * y;
            ab += x * y;
            differences += (x - y) * (x - y);
            if (x != 0 && y != 0) {
                keptDifferences += (x - y) * (x - y);
                keptCount++;
            }
            equal += x == y ? 1 : 0;
            zeroedInA += x == 0 && y != 0 ? 1 : 0;
            zeroedInB += y == 0 && x != 0 ? 1 : 0;
            roundedInA += rounded(x, y, dtypeA) ? 1 : 0;
            roundedInB += rounded(y, x, dtypeB) ? 1 : 0;
        }

        /** Whether {@code narrow} lies within half a unit of the last place of {@code wide}. */
        private static boolean rounded(double narrow, double wide, Dtype dtype) {
            if (!dtype.isFloat()) {
                return false;
            }
            int leastExponent = 2 - (1 << (dtype.exponentBits() - 1));
            int exponent = Math.max(Math.getExponent(wide), leastExponent);
            return Math.abs(narrow - wide) <= Math.scalb(0.5, exponent - dtype.mantissaBits()) * 1.001;
        }

        TensorPair pair(TensorSketch first, TensorSketch second, boolean transposed) {
            double varianceA = count == 0 ? 0 : aa - a * a / count;
            double varianceB = count == 0 ? 0 : bb - b * b / count;
            double scale = (varianceA + varianceB) / 2;
            double distance = differences == 0 ? 0 : scale <= 0 ? UNRELATED_DISTANCE : differences / scale;
            return new TensorPair(
                    first,
                    second,
                    transposed,
                    count,
                    equal,
                    SampleCorrelation.of(count, equal, a, b, aa, bb, ab),
                    Math.min(UNRELATED_DISTANCE, distance),
                    keptCount == 0 || scale <= 0 ? 0 : keptDifferences / scale * count / keptCount,
                    zeroedInB,
                    zeroedInA,
                    roundedInB,
                    roundedInA);
        }
    }
}
