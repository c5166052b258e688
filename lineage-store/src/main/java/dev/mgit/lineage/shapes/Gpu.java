package dev.mgit.lineage.shapes;

import java.util.Locale;

/**
 * What the shapes of matrix products are held against.
 *
 * @see <a href="https://arxiv.org/abs/2401.14489">The Case for Co-Designing Model Architectures with Hardware</a>, whose
 *     rules are summarized in "Machine Learning Engineering", training/performance: operands in multiples of 128 bytes,
 *     64 elements of 16 bits (A100, H100), or of 16 bytes, 8 elements (V100)
 */
public enum Gpu {
    A100(64, 108),
    H100(64, 132),
    V100(8, 80);

    /** Rows and columns of the output that one multiprocessor computes at a time. */
    static final int TILE_ROWS = 128;

    static final int TILE_COLUMNS = 256;

    private final int granule;
    private final int multiprocessors;

    Gpu(int granule, int multiprocessors) {
        this.granule = granule;
        this.multiprocessors = multiprocessors;
    }

    /** Elements of 16 bits that a dimension should be a multiple of. */
    public int granule() {
        return granule;
    }

    public int multiprocessors() {
        return multiprocessors;
    }

    /** Tiles of an m×n output. */
    static long tiles(long m, long n) {
        return ceil(m, TILE_ROWS) * ceil(n, TILE_COLUMNS);
    }

    /** Rounds of all multiprocessors that an m×n output takes: ceil(ceil(m/Tm)·ceil(n/Tn)/SMs). */
    public long waves(long m, long n) {
        return ceil(tiles(m, n), multiprocessors);
    }

    /** The share of those rounds that has work. */
    public double filled(long m, long n) {
        return (double) tiles(m, n) / (waves(m, n) * multiprocessors);
    }

    private static long ceil(long value, long by) {
        return (value + by - 1) / by;
    }

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
