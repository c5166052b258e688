package dev.mgit.bench;

import java.util.Arrays;

/**
 * An adaptive order-0 model under a carryless range coder (Subbotin 1999). The model is quasi-static (Schindler 1998,
 * as FM-Delta uses it): frequencies are counted all along and taken over after intervals that double up to
 * {@value #SLOWEST} symbols.
 */
final class RangeModel {
    private static final int TOTAL_BITS = 13;
    private static final int SLOWEST = 1 << 13;
    private static final int TOP = 1 << 24;
    private static final int BOTTOM = 1 << 16;

    private final int symbols;
    private final int[] counts;
    private final int[] cumulated;
    private final byte[] ofSlot = new byte[1 << TOTAL_BITS];
    private int untilUpdate;
    private int interval;
    private byte[] bytes = new byte[0];
    private int at;
    private int low;
    private int range;
    private int code;

    RangeModel(int symbols) {
        this.symbols = symbols;
        this.counts = new int[symbols];
        this.cumulated = new int[symbols + 1];
    }

    void startEncode(byte[] out) {
        start(out);
    }

    private void start(byte[] buffer) {
        bytes = buffer;
        at = 0;
        low = 0;
        range = -1;
        interval = 64;
        Arrays.fill(counts, 1);
        update();
    }

    /** Takes the counts over as frequencies of sum 2^{@value #TOTAL_BITS}, none of them 0. */
    private void update() {
        long sum = Arrays.stream(counts).asLongStream().sum();
        int left = (1 << TOTAL_BITS) - symbols;
        int given = 0;
        int greatest = 0;
        int[] frequency = new int[symbols];
        for (int i = 0; i < symbols; i++) {
            frequency[i] = 1 + (int) (left * (long) counts[i] / sum);
            given += frequency[i];
            greatest = counts[i] > counts[greatest] ? i : greatest;
        }
        frequency[greatest] += (1 << TOTAL_BITS) - given;
        for (int i = 0; i < symbols; i++) {
            cumulated[i + 1] = cumulated[i] + frequency[i];
            Arrays.fill(ofSlot, cumulated[i], cumulated[i + 1], (byte) i);
            counts[i] = sum > BOTTOM ? (counts[i] + 1) >> 1 : counts[i];
        }
        untilUpdate = interval;
        interval = Math.min(SLOWEST, 2 * interval);
    }

    private void count(int symbol) {
        counts[symbol]++;
        if (--untilUpdate == 0) {
            update();
        }
    }

    void encode(int symbol) {
        int unit = range >>> TOTAL_BITS;
        low += cumulated[symbol] * unit;
        range = (cumulated[symbol + 1] - cumulated[symbol]) * unit;
        while (shifts()) {
            bytes[at++] = (byte) (low >>> 24);
            low <<= 8;
            range <<= 8;
        }
        count(symbol);
    }

    /** Whether the leading byte is settled, or the range must be cut to settle it. */
    private boolean shifts() {
        if (Integer.compareUnsigned(low ^ (low + range), TOP) < 0) {
            return true;
        }
        if (Integer.compareUnsigned(range, BOTTOM) < 0) {
            range = -low & (BOTTOM - 1);
            return true;
        }
        return false;
    }

    /** Bits that are equally likely, at most 32. */
    void encodeBits(int value, int count) {
        for (int done = 0; done < count; done += 8) {
            int some = Math.min(8, count - done);
            range >>>= some;
            low += (value >>> done & ((1 << some) - 1)) * range;
            while (shifts()) {
                bytes[at++] = (byte) (low >>> 24);
                low <<= 8;
                range <<= 8;
            }
        }
    }

    int finishEncode() {
        for (int i = 0; i < 4; i++) {
            bytes[at++] = (byte) (low >>> 24);
            low <<= 8;
        }
        return at;
    }

    void startDecode(byte[] in) {
        start(in);
        code = 0;
        for (int i = 0; i < 4; i++) {
            code = code << 8 | (in[at++] & 0xff);
        }
    }

    int decode() {
        int unit = range >>> TOTAL_BITS;
        int slot = Math.min((1 << TOTAL_BITS) - 1, Integer.divideUnsigned(code - low, unit));
        int symbol = ofSlot[slot];
        low += cumulated[symbol] * unit;
        range = (cumulated[symbol + 1] - cumulated[symbol]) * unit;
        refill();
        count(symbol);
        return symbol;
    }

    private void refill() {
        while (shifts()) {
            code = code << 8 | (bytes[at++] & 0xff);
            low <<= 8;
            range <<= 8;
        }
    }

    long decodeBits(int count) {
        long value = 0;
        for (int done = 0; done < count; done += 8) {
            int some = Math.min(8, count - done);
            range >>>= some;
            int part = Integer.divideUnsigned(code - low, range);
            low += part * range;
            refill();
            value |= (long) part << done;
        }
        return value;
    }
}
