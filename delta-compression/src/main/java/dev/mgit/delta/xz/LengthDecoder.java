package dev.mgit.delta.xz;

/** Lengths of repetitions: 2 to 9, 10 to 17, and 18 to 273, each range with bits of its own. */
final class LengthDecoder {
    private static final int SHORT_BITS = 3;
    private static final int LONG_BITS = 8;
    private static final int SHORT = 1 << SHORT_BITS;
    private static final int LEAST = 2;

    private final short[] choice = new short[2];
    private final short[] low = new short[16 << SHORT_BITS];
    private final short[] middle = new short[16 << SHORT_BITS];
    private final short[] high = new short[1 << LONG_BITS];

    void reset() {
        RangeDecoder.reset(choice);
        RangeDecoder.reset(low);
        RangeDecoder.reset(middle);
        RangeDecoder.reset(high);
    }

    int length(RangeDecoder range, int position) {
        if (range.bit(choice, 0) == 0) {
            return LEAST + range.tree(low, position << SHORT_BITS, SHORT_BITS);
        }
        return range.bit(choice, 1) == 0
                ? LEAST + SHORT + range.tree(middle, position << SHORT_BITS, SHORT_BITS)
                : LEAST + 2 * SHORT + range.tree(high, 0, LONG_BITS);
    }
}
