package dev.mgit.delta.codec;

/** Order-0 entropies from counts, with a table in place of the logarithm: accurate to about 1e-4 bits a symbol. */
final class Entropy {
    private static final int TABLE_BITS = 11;
    private static final double[] LOG2 = new double[1 << TABLE_BITS];

    static {
        for (int i = 0; i < LOG2.length; i++) {
            LOG2[i] = Math.log1p((i + 0.5) / LOG2.length) / Math.log(2);
        }
        LOG2[0] = 0;
    }

    private Entropy() {}

    static double log2(int value) {
        int exponent = 31 - Integer.numberOfLeadingZeros(value);
        int fraction = (int) (((long) value << (32 - exponent)) & 0xffffffffL) >>> (32 - TABLE_BITS);
        return exponent + LOG2[fraction];
    }

    /** Bits an ideal coder takes for all symbols counted in {@code counts[from, from + size)}. */
    static double bits(int[] counts, int from, int size) {
        int total = 0;
        double sum = 0;
        for (int i = from; i < from + size; i++) {
            int count = counts[i];
            if (count != 0) {
                total += count;
                sum += count * log2(count);
            }
        }
        return total == 0 ? 0 : Math.max(0, total * log2(total) - sum);
    }

    static int distinct(int[] counts, int from, int size) {
        int distinct = 0;
        for (int i = from; i < from + size; i++) {
            distinct += counts[i] != 0 ? 1 : 0;
        }
        return distinct;
    }
}
