package dev.mgit.lineage.diff.measure;

import dev.mgit.lineage.tensors.Hashing;
import java.util.Optional;

/**
 * Estimates the rank of a matrix that is seen once, in pieces, in any order: S·M·Tᵀ with S and T count sketches, which
 * add every row and column with a random sign into one of a fixed number of buckets (Clarkson and Woodruff, "Low-Rank
 * Approximation and Regression in Input Sparsity Time", J. ACM 63(6), 2017; two-sided as in Tropp et al., "Practical
 * Sketching Algorithms for Low-Rank Matrix Approximation", SIAM J. Matrix Anal. 38(4), 2017). A side that fits is not
 * sketched. Costs one addition an element and 0.3 MB.
 */
public final class RankSketch {
    /** Buckets a side: ranks up to a quarter of this are told from full rank, which covers usual adapters. */
    public static final int BUCKETS = 192;

    /** Wider matrices would need more memory for hashing their columns than the sketch itself. */
    private static final long MAX_COLUMNS = 1 << 18;

    private static final double ENERGY = 0.999;

    /** What rounding a low-rank update leaves: a gap in the spectrum with nearly all energy above it. */
    private static final double GAP = 10;

    private static final double ENERGY_ABOVE_GAP = 0.9;

    private final long rows;
    private final int columns;
    private final int height;
    private final int width;
    private final int[] columnBucket;
    private final double[] sketch;

    private RankSketch(long rows, int columns) {
        this.rows = rows;
        this.columns = columns;
        this.height = (int) Math.min(rows, BUCKETS);
        this.width = Math.min(columns, BUCKETS);
        this.sketch = new double[height * width];
        this.columnBucket = new int[columns];
        for (int j = 0; j < columns; j++) {
            columnBucket[j] = bucket(j, columns, width, 1);
        }
    }

    /** A sketch for a matrix, or none if it is too wide or a vector. */
    static Optional<RankSketch> of(long rows, long columns) {
        return rows < 2 || columns < 2 || columns > MAX_COLUMNS
                ? Optional.empty()
                : Optional.of(new RankSketch(rows, (int) columns));
    }

    /** The bucket of an index, complemented where its sign is negative. */
    private static int bucket(long index, long count, int buckets, long side) {
        if (count <= buckets) {
            return (int) index;
        }
        long bits = Hashing.mix(index * 2 + side);
        int bucket = (int) ((bits >>> 33) % buckets);
        return (bits & 1) == 0 ? bucket : ~bucket;
    }

    /** Adds elements from the row-major index {@code first} on. */
    synchronized void add(long first, double[] values, int count) {
        long row = first / columns;
        int column = (int) (first % columns);
        int rowBucket = bucket(row, rows, height, 0);
        for (int i = 0; i < count; i++) {
            int to = columnBucket[column];
            double value = (rowBucket ^ to) < 0 ? -values[i] : values[i];
            sketch[(rowBucket < 0 ? ~rowBucket : rowBucket) * width + (to < 0 ? ~to : to)] += value;
            if (++column == columns) {
                column = 0;
                rowBucket = bucket(++row, rows, height, 0);
            }
        }
    }

    /** The rank; empty if the matrix is all zeros. */
    synchronized Optional<UpdateRank> rank() {
        int limit = Math.min(height, width);
        double[] energies = new SymmetricEigenvalues(gram(limit)).descending();
        double total = 0;
        for (int i = 0; i < limit; i++) {
            energies[i] = Math.max(0, energies[i]);
            total += energies[i];
        }
        if (total <= 0 || !Double.isFinite(total)) {
            return Optional.empty();
        }
        boolean exact = height == rows && width == columns;
        double above = 0;
        int byEnergy = 0;
        for (int i = 0; i < limit && above < ENERGY * total; i++) {
            above += energies[byEnergy++];
        }
        var found = new UpdateRank(byEnergy, limit, exact);
        return Optional.of(found.isLow() ? found : byGap(energies, total, found));
    }

    private static UpdateRank byGap(double[] energies, double total, UpdateRank otherwise) {
        double above = 0;
        for (int i = 0; i + 1 < energies.length; i++) {
            above += energies[i];
            var candidate = new UpdateRank(i + 1, otherwise.limit(), otherwise.exact());
            if (!candidate.isLow()) {
                break;
            }
            if (above >= ENERGY_ABOVE_GAP * total && energies[i] >= GAP * energies[i + 1]) {
                return candidate;
            }
        }
        return otherwise;
    }

    /** The products of all rows, or of all columns where these are fewer. */
    private double[][] gram(int size) {
        boolean byRow = height <= width;
        int inner = byRow ? width : height;
        double[][] vectors = new double[size][inner];
        for (int i = 0; i < size; i++) {
            for (int k = 0; k < inner; k++) {
                vectors[i][k] = byRow ? sketch[i * width + k] : sketch[k * width + i];
            }
        }
        double[][] gram = new double[size][size];
        for (int i = 0; i < size; i++) {
            for (int j = 0; j <= i; j++) {
                double sum = 0;
                for (int k = 0; k < inner; k++) {
                    sum += vectors[i][k] * vectors[j][k];
                }
                gram[i][j] = sum;
                gram[j][i] = sum;
            }
        }
        return gram;
    }
}
