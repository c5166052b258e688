package dev.mgit.delta.codec;

import dev.mgit.delta.Dtype;
import java.util.HashMap;
import java.util.Map;

/**
 * The order-0 entropy of whole residuals given the exponent of their prediction, counted over many blocks: the bound
 * that ratios of this package's coders are held against. Counting stops, and the bound is that of what was counted,
 * when too many different residuals were seen to keep in memory.
 */
public final class ResidualEntropy {
    private static final int MOST_DISTINCT = 6_000_000;
    private static final int KEY_SHIFT = 40;

    private final WordForm form;
    private final Map<Long, int[]> counts = new HashMap<>();
    private final Map<Long, long[]> totals = new HashMap<>();
    private long words;

    public ResidualEntropy(Dtype dtype) {
        form = WordForm.of(dtype);
    }

    /** Counts one block of {@code length} bytes and its prediction; words above 32 bits are not supported. */
    public void add(byte[] raw, byte[] prediction, int length) {
        if (counts.size() > MOST_DISTINCT || form.bits() > 32) {
            return;
        }
        int shift = Math.min(form.maxShift(), Long.numberOfTrailingZeros(Words.or(raw, length, form.log2Bytes())));
        Residual residual = new Residual(form, shift);
        long[] r = new long[(length + 7) >> 3];
        long[] p = new long[r.length];
        Words.loadLongs(raw, 0, length, r.length, r);
        Words.loadLongs(prediction, 0, length, r.length, p);
        long[] magnitudes = new long[r.length];
        residual.magnitudes(p, magnitudes, r.length);
        residual.forward(r, p, magnitudes, r.length);
        int keyShift = Math.min(63, residual.magnitudeBits() - form.exponentBits());
        int count = length >> form.log2Bytes();
        for (int i = 0; i < count; i++) {
            long key = form.isFloat() ? Words.lane(magnitudes, form, i) >>> keyShift : 0;
            counts.computeIfAbsent((key << KEY_SHIFT) | Words.lane(r, form, i), k -> new int[1])[0]++;
            totals.computeIfAbsent(key, k -> new long[1])[0]++;
        }
        words += count;
    }

    /** Raw bits over bits at the bound; 0 if nothing could be counted. */
    public double ratio() {
        double nats = 0;
        for (int[] count : counts.values()) {
            nats -= count[0] * Math.log(count[0]);
        }
        for (long[] total : totals.values()) {
            nats += total[0] * Math.log((double) total[0]);
        }
        return nats <= 0 ? 0 : (double) words * form.bits() / (nats / Math.log(2));
    }
}
