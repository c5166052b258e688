package dev.mgit.lineage.merge;

/**
 * Keeps the k elements of largest magnitude, k being the density's share of all, rounded down but at least one. The
 * bits of non-negative floats are ordered as their values are, so the k-th largest is found exactly by counting the
 * high and then the low halves of the bits. Of elements as large as the k-th the first ones are kept.
 */
final class LargestMask {
    private static final int LOW_BITS = 15;
    private static final int HIGH_VALUES = 1 << (31 - LOW_BITS);

    private final long keep;
    private long[] counts = new long[0];
    private int high;
    private int threshold;
    /** Elements as large as the threshold that are kept, and those of them met in this pass. */
    private long keepEqual;

    private long metEqual;
    private long above;

    LargestMask(long elements, double density) {
        keep = Math.max(1, (long) (density * elements));
    }

    private static int bits(double value) {
        return Float.floatToIntBits((float) Math.abs(value));
    }

    void countHigh(double[] values, int count) {
        counts = counts.length == 0 ? new long[HIGH_VALUES] : counts;
        for (int i = 0; i < count; i++) {
            counts[bits(values[i]) >>> LOW_BITS]++;
        }
    }

    void chooseHigh() {
        high = choose();
        counts = new long[1 << LOW_BITS];
    }

    void countLow(double[] values, int count) {
        for (int i = 0; i < count; i++) {
            int bits = bits(values[i]);
            if (bits >>> LOW_BITS == high) {
                counts[bits & ((1 << LOW_BITS) - 1)]++;
            }
        }
    }

    void chooseLow() {
        threshold = high << LOW_BITS | choose();
        keepEqual = keep - above;
        counts = new long[0];
        restart();
    }

    /** The largest value such that it and those above hold {@code keep} elements or more. */
    private int choose() {
        int value = counts.length - 1;
        while (value > 0 && above + counts[value] < keep) {
            above += counts[value--];
        }
        return value;
    }

    /** To be called before each pass over the elements. */
    void restart() {
        metEqual = 0;
    }

    /** Whether the next element of the tensor is kept. */
    boolean keepsNext(double value) {
        int bits = bits(value);
        return bits > threshold || (bits == threshold && metEqual++ < keepEqual);
    }
}
