package dev.mgit.lineage.detect;

/**
 * How two tensors' samples correlate, and nothing else: most of those that are tried are strangers, of whom no more is
 * asked. The same value as a whole {@link TensorPair} has, in a tenth of the time.
 */
final class SampleCorrelation {
    private SampleCorrelation() {}

    /** The correlation of the better orientation, where both fit. */
    static double of(TensorSketch a, TensorSketch b) {
        boolean straight = a.rows() == b.rows() && a.columns() == b.columns();
        boolean turned = a.rows() == b.columns() && a.columns() == b.rows() && a.columns() > 1;
        if (!straight && !turned) {
            return TensorPair.of(a, b).correlation();
        }
        if (!turned) {
            return of(a, b, false);
        }
        double second = of(a, b, true);
        if (!a.isSquare()) {
            return second;
        }
        double first = of(a, b, false);
        return first >= second ? first : second;
    }

    /** Of tensors that are sampled at the same places. */
    private static double of(TensorSketch a, TensorSketch b, boolean transposed) {
        int rows = Math.min(a.sampleRows(), transposed ? b.sampleColumns() : b.sampleRows());
        int columns = Math.min(a.sampleColumns(), transposed ? b.sampleRows() : b.sampleColumns());
        float[] of = a.values();
        float[] with = b.values();
        int across = transposed ? b.sampleColumns() : 1;
        int down = transposed ? 1 : b.sampleColumns();
        int equal = 0;
        double sumA = 0;
        double sumB = 0;
        double squareA = 0;
        double squareB = 0;
        double product = 0;
        for (int i = 0; i < rows; i++) {
            int inA = i * a.sampleColumns();
            int inB = i * down;
            for (int j = 0; j < columns; j++, inB += across) {
                double x = of[inA + j];
                double y = with[inB];
                sumA += x;
                sumB += y;
                squareA += x * x;
                squareB += y * y;
                product += x * y;
                equal += x == y ? 1 : 0;
            }
        }
        return Double.isFinite(squareA) && Double.isFinite(squareB)
                ? of(rows * columns, equal, sumA, sumB, squareA, squareB, product)
                : TensorPair.of(a, b).correlation();
    }

    /** From sums over samples of both, of their squares and of their products; 1 where both are the same constant. */
    static double of(int count, int equal, double sumA, double sumB, double squareA, double squareB, double product) {
        double varianceA = count == 0 ? 0 : squareA - sumA * sumA / count;
        double varianceB = count == 0 ? 0 : squareB - sumB * sumB / count;
        double covariance = count == 0 ? 0 : product - sumA * sumB / count;
        boolean constant = varianceA <= 1e-12 * squareA || varianceB <= 1e-12 * squareB;
        if (constant) {
            return equal == count && count > 0 ? 1 : 0;
        }
        return covariance / Math.sqrt(varianceA * varianceB);
    }
}
