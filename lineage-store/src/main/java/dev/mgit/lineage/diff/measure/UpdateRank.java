package dev.mgit.lineage.diff.measure;

/**
 * The effective rank of an update: how many singular values hold 99.9% of its energy, or stand clear above a floor of
 * rounding noise.
 *
 * @param rank at least 1
 * @param limit the most that could have been found: the smaller dimension, or the size of the sketch
 * @param exact false if found from a sketch of a matrix larger than that
 */
public record UpdateRank(int rank, int limit, boolean exact) {
    /** Updates of full rank need most singular values; adapters a few. Between them lies this share of the limit. */
    private static final int LOW = 4;

    /** Whether the update looks like the product of two thin factors. */
    public boolean isLow() {
        return rank * LOW <= limit;
    }
}
