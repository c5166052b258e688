package dev.mgit.delta.codec;

import java.util.Arrays;

/**
 * The contexts of a block's residuals: ranges of neighbouring prediction exponents. The size of an update in units of
 * the last place follows the exponent of the predicted value, which both sides know.
 */
final class ContextClasses {
    /** Most keys: an exponent of 11 bits, and one more for magnitudes that rounding carried over the top. */
    static final int KEYS = (1 << 11) + 1;

    static final int MOST = 64;
    /** Bits a class of its own costs beside its symbols: lengths, states. */
    private static final int OVERHEAD_BITS = 27 * 8;
    /** Bits of one symbol's frequency. */
    private static final int SYMBOL_BITS = 5;
    /** Expected shortfall of an empirical entropy, bits a symbol value (Miller 1955): half a nat. */
    private static final double BIAS_BITS = 0.72;

    private final byte[] ofKey = new byte[KEYS];
    private final int[] last = new int[MOST];
    private final double[] cost = new double[MOST];
    private final double[] joined = new double[MOST];
    private final int[] sum = new int[256];
    private int size;

    /** Class of each key. */
    byte[] ofKey() {
        return ofKey;
    }

    int size() {
        return size;
    }

    void single() {
        size = 1;
        last[0] = KEYS - 1;
        Arrays.fill(ofKey, (byte) 0);
    }

    /** Cuts the keys into ranges that hold enough words each to be worth looking at. */
    void cut(int[] keyCounts, int words) {
        int least = Math.max(words / (MOST - 1) + 1, 96);
        size = 0;
        int inRange = 0;
        for (int key = 0; key < KEYS; key++) {
            if (inRange >= least && keyCounts[key] != 0) {
                last[size++] = key - 1;
                inRange = 0;
            }
            inRange += keyCounts[key];
        }
        last[size++] = KEYS - 1;
        spread();
    }

    /**
     * Joins neighbouring classes until every cut left saves more than it costs.
     *
     * @param counts tokens counted in a sample, 256 for each class; joined alike
     * @param scale words of the block for each word of the sample
     */
    void join(int[] counts, double scale) {
        for (int c = 0; c < size; c++) {
            cost[c] = cost(counts, c * 256, scale);
        }
        for (int c = 0; c + 1 < size; c++) {
            joined[c] = joinedCost(counts, c, scale);
        }
        while (size > 1) {
            int best = 0;
            for (int c = 1; c + 1 < size; c++) {
                best = gain(c) > gain(best) ? c : best;
            }
            if (gain(best) < 0) {
                break;
            }
            remove(best, counts);
            for (int c = Math.max(0, best - 1); c <= best && c + 1 < size; c++) {
                joined[c] = joinedCost(counts, c, scale);
            }
        }
        spread();
    }

    private double gain(int c) {
        return cost[c] + cost[c + 1] - joined[c];
    }

    private void remove(int c, int[] counts) {
        for (int i = 0; i < 256; i++) {
            counts[c * 256 + i] += counts[(c + 1) * 256 + i];
        }
        cost[c] = joined[c];
        int behind = size - c - 2;
        System.arraycopy(counts, (c + 2) * 256, counts, (c + 1) * 256, behind * 256);
        System.arraycopy(cost, c + 2, cost, c + 1, behind);
        System.arraycopy(joined, c + 2, joined, c + 1, behind);
        System.arraycopy(last, c + 1, last, c, behind + 1);
        size--;
    }

    private double joinedCost(int[] counts, int c, double scale) {
        for (int i = 0; i < 256; i++) {
            sum[i] = counts[c * 256 + i] + counts[(c + 1) * 256 + i];
        }
        return cost(sum, 0, scale);
    }

    private static double cost(int[] counts, int from, double scale) {
        int distinct = Entropy.distinct(counts, from, 256);
        return (Entropy.bits(counts, from, 256) + BIAS_BITS * distinct) * scale
                + SYMBOL_BITS * distinct
                + OVERHEAD_BITS;
    }

    private void spread() {
        int from = 0;
        for (int c = 0; c < size; c++) {
            Arrays.fill(ofKey, from, last[c] + 1, (byte) c);
            from = last[c] + 1;
        }
    }

    void write(int keyShift, ByteSink sink) {
        sink.put(size);
        if (size > 1) {
            sink.put(keyShift);
        }
        int from = 0;
        for (int c = 0; c + 1 < size; c++) {
            sink.putVarint(last[c] - from);
            from = last[c] + 1;
        }
    }

    /** Reads what {@link #write} wrote and returns the key shift. */
    int read(ByteInput input, int magnitudeBits) {
        int classes = input.get();
        if (classes <= 1) {
            single();
            return 63;
        }
        int keyShift = input.get();
        if (classes > MOST || keyShift < magnitudeBits - 11 || keyShift > 63) {
            throw ByteInput.damaged("its classes are out of range");
        }
        size = classes;
        int from = 0;
        for (int c = 0; c + 1 < size; c++) {
            last[c] = from + input.getVarint(KEYS);
            from = last[c] + 1;
            if (from >= KEYS) {
                throw ByteInput.damaged("a class is out of range");
            }
        }
        last[size - 1] = KEYS - 1;
        spread();
        return keyShift;
    }
}
