package dev.mgit.lineage.detect;

import java.util.HashSet;
import java.util.Set;

/**
 * Correlation of what was added to weights with the product B·A of an adapter's factors, at the samples. The inner
 * dimension is sampled too, so of a high rank a part of the sum is known, whose correlation is the root of that part.
 */
final class FactorAgreement {
    /** Samples below which a low correlation says nothing. */
    private static final int SURE = 64;

    private final boolean turned;
    private double both;
    private double added;
    private double product;
    private int count;

    /** @param turned whether weights are [in, out], as GPT-2 keeps them */
    FactorAgreement(boolean turned) {
        this.turned = turned;
    }

    /** @param pair the weight before and after */
    void add(TensorPair pair, TensorSketch a, TensorSketch b) {
        boolean fits = turned
                ? pair.a().rows() == a.columns() && pair.a().columns() == b.rows()
                : pair.a().rows() == b.rows() && pair.a().columns() == a.columns();
        if (pair.isRearranged() || a.rows() != b.columns() || !fits) {
            return;
        }
        int inner = Math.min(a.sampleRows(), b.sampleColumns());
        long[] positions = SamplePositions.of(a.rows(), inner);
        int rows = Math.min(pair.a().sampleRows(), pair.b().sampleRows());
        int columns = Math.min(pair.a().sampleColumns(), pair.b().sampleColumns());
        for (int i = 0; i < rows; i++) {
            for (int j = 0; j < columns; j++) {
                int out = turned ? j : i;
                int in = turned ? i : j;
                if (out < b.sampleRows() && in < a.sampleColumns()) {
                    double sum = 0;
                    Set<Long> seen = new HashSet<>();
                    for (int k = 0; k < inner; k++) {
                        sum += seen.add(positions[k]) ? b.value(out, k) * a.value(k, in) : 0;
                    }
                    double difference = pair.b().value(i, j) - pair.a().value(i, j);
                    both += sum * difference;
                    added += difference * difference;
                    product += sum * sum;
                    count++;
                }
            }
        }
    }

    /** Between 0 and 1; 0 if there was nothing to compare. A scale may be negative. */
    double value() {
        double scale = Math.sqrt(added) * Math.sqrt(product);
        return scale > 0 ? Math.abs(both) / scale : 0;
    }

    boolean isSure() {
        return count >= SURE;
    }
}
