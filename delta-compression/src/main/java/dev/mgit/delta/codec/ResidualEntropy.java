package dev.mgit.delta.codec;

import dev.mgit.delta.Dtype;

/**
 * The order-0 entropy of whole residuals given the exponent of their prediction, counted over many blocks: the bound
 * that ratios of this package's coders are held against. Memory: {@value #SLOTS} counters.
 */
public final class ResidualEntropy {
    private static final int SLOTS = 1 << 22;
    private static final int MOST_DISTINCT = SLOTS / 2;
    /** With fewer of each residual than this on average, counts say more of the sample than of frequencies. */
    private static final int LEAST_OF_EACH = 8;

    private static final int CLASSES = 1 << 12;
    private static final int CLASS_SHIFT = 40;

    private final WordForm form;
    private final long[] keys = new long[SLOTS];
    private final int[] counts = new int[SLOTS];
    private final long[] totals = new long[CLASSES];
    private int distinct;
    private long words;

    public ResidualEntropy(Dtype dtype) {
        form = WordForm.of(dtype);
    }

    /** Counts one block of {@code length} bytes and its prediction. Nothing is counted of words above 32 bits. */
    public void add(byte[] raw, byte[] prediction, int length) {
        if (form.bits() > 32 || distinct > MOST_DISTINCT) {
            return;
        }
        int shift = Math.min(form.maxShift(), LittleEndianWords.sharedZeros(raw, length, form.log2Bytes()));
        Residual residual = new Residual(form, shift);
        long[] r = new long[(length + 7) >> 3];
        long[] p = new long[r.length];
        LittleEndianWords.loadLongs(raw, 0, length, r.length, r);
        LittleEndianWords.loadLongs(prediction, 0, length, r.length, p);
        long[] magnitudes = new long[r.length];
        residual.magnitudes(p, magnitudes, r.length);
        residual.forward(r, p, magnitudes, r.length);
        int classShift = residual.magnitudeBits() - form.exponentBits();
        int count = length >> form.log2Bytes();
        for (int i = 0; i < count && distinct <= MOST_DISTINCT; i++) {
            int c = form.isFloat() ? (int) (LittleEndianWords.lane(magnitudes, form, i) >>> classShift) : 0;
            count((long) c << CLASS_SHIFT | LittleEndianWords.lane(r, form, i));
            totals[c]++;
            words++;
        }
    }

    private void count(long key) {
        int slot = (int) (key * 0x9E3779B97F4A7C15L >>> (64 - 22));
        while (counts[slot] != 0 && keys[slot] != key) {
            slot = (slot + 1) & (SLOTS - 1);
        }
        if (counts[slot]++ == 0) {
            keys[slot] = key;
            distinct++;
        }
    }

    /** Raw bits over bits at the bound; 0 if it cannot be told. */
    public double ratio() {
        double nats = 0;
        for (int count : counts) {
            nats -= count == 0 ? 0 : count * Math.log(count);
        }
        for (long total : totals) {
            nats += total == 0 ? 0 : total * Math.log((double) total);
        }
        boolean told = nats > 0 && distinct <= MOST_DISTINCT && (long) distinct * LEAST_OF_EACH <= words;
        return told ? (double) words * form.bits() / (nats / Math.log(2)) : 0;
    }
}
