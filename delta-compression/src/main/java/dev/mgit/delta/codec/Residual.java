package dev.mgit.delta.codec;

/**
 * The exact integer residual between words and their prediction, zigzagged, and back, on all words that share a long
 * at once.
 *
 * <p>Floats are compared as sign and magnitude: the residual is the change of the magnitude seen from the predicted
 * sign, {@code |raw| - |prediction|}, and a change of sign continues below zero, {@code -1 - |raw| - |prediction|}.
 * That is the difference of the usual order-preserving integer images (FM-Delta's map) with its sign folded by the
 * prediction's, so shrinking weights show as one sign. It is taken modulo the word's remaining bits and so is a
 * bijection for every pattern: NaN payloads, -0 and subnormals are integers like all others.
 *
 * <p>Trailing bits that are zero in all raw words are dropped from them; a float's prediction is rounded to the bits
 * that remain, an integer's cut. The arithmetic within a long is that of Warren, Hacker's Delight, 2-18: carries are
 * kept from crossing into the next word by handling each word's top bit apart.
 */
final class Residual {
    private final WordForm form;
    private final int shift;
    /** Bits of a zigzagged residual. */
    private final int bits;

    // one bit or field for each word of a long
    private final long ones;
    private final long signs;
    private final long all;
    private final long tops;
    private final long half;

    /** @param shift trailing bits that are zero in all raw words, at most {@link WordForm#maxShift()} */
    Residual(WordForm form, int shift) {
        this.form = form;
        this.shift = shift;
        this.bits = form.bits() - shift;
        this.ones = Long.divideUnsigned(-1L, -1L >>> (64 - form.bits()));
        this.signs = form.isFloat() ? ones << (form.bits() - 1) : 0;
        this.all = ones * (-1L >>> (64 - bits));
        this.tops = ones << (bits - 1);
        this.half = form.isFloat() && shift > 0 ? ones << (shift - 1) : 0;
    }

    /** With as much of a block's words dropped as they have in common: trailing bits that none of them uses. */
    static Residual of(byte[] raw, int length, WordForm form) {
        return new Residual(
                form, Math.min(form.maxShift(), LittleEndianWords.sharedZeros(raw, length, form.log2Bytes())));
    }

    WordForm form() {
        return form;
    }

    int shift() {
        return shift;
    }

    int bits() {
        return bits;
    }

    /** What is left of a predicted magnitude has this many bits, a carry of the rounding left aside. */
    int magnitudeBits() {
        return form.isFloat() ? bits - 1 : bits;
    }

    /** Fills in the magnitudes, or cut integers, that residuals are taken against. */
    void magnitudes(long[] prediction, long[] magnitudes, int longs) {
        final long keep = ~signs;
        final long round = half;
        final long mask = all;
        final int drop = shift;
        for (int i = 0; i < longs; i++) {
            magnitudes[i] = (((prediction[i] & keep) + round) >>> drop) & mask;
        }
    }

    /** Replaces raw words by zigzagged residuals, given the predicted words and {@link #magnitudes}. */
    void forward(long[] raw, long[] prediction, long[] magnitudes, int longs) {
        final long keep = ~signs;
        final long mask = all;
        final long top = tops;
        final long one = ones;
        final long sign = signs;
        final int drop = shift;
        final int toOne = form.bits() - 1;
        final int field = bits - 1;
        for (int i = 0; i < longs; i++) {
            long r = raw[i];
            long flip = ((r ^ prediction[i]) & sign) >>> toOne;
            long v = (((r & keep) >>> drop) & mask) ^ ((flip << field << 1) - flip);
            long magnitude = magnitudes[i];
            long d = ((v | top) - (magnitude & ~top)) ^ ((v ^ ~magnitude) & top);
            long negative = (d >>> field) & one;
            raw[i] = ((d & ~top) << 1) ^ ((negative << field << 1) - negative);
        }
    }

    /** Replaces zigzagged residuals by raw words, given the predicted words and {@link #magnitudes}. */
    void inverse(long[] residual, long[] prediction, long[] magnitudes, int longs) {
        final long mask = all;
        final long top = tops;
        final long one = ones;
        final long sign = signs;
        final int drop = shift;
        final int toOne = form.bits() - 1;
        final int field = bits - 1;
        final long flips = sign == 0 ? 0 : one;
        for (int i = 0; i < longs; i++) {
            long u = residual[i] & mask;
            long magnitude = magnitudes[i];
            long negative = u & one;
            long d = ((u >>> 1) & ~top & mask) ^ ((negative << field << 1) - negative);
            long v = ((d & ~top) + (magnitude & ~top)) ^ ((d ^ magnitude) & top);
            long flip = (v >>> field) & flips;
            v ^= (flip << field << 1) - flip;
            residual[i] = (v << drop) | ((prediction[i] & sign) ^ (flip << toOne));
        }
    }

    /**
     * Replaces raw words by what is coded where there is no prediction: a float's magnitude with the sign below it,
     * an integer zigzagged.
     */
    void rotate(long[] raw, int longs) {
        final int toOne = form.bits() - 1;
        final int field = bits - 1;
        final int drop = shift;
        final long one = ones;
        final long top = tops;
        final long keep = ~signs;
        final long mask = all;
        final boolean isFloat = form.isFloat();
        for (int i = 0; i < longs; i++) {
            long r = raw[i];
            long x = ((r & keep) >>> drop) & mask;
            long low = isFloat ? (r >>> toOne) & one : (x >>> field) & one;
            long fold = isFloat ? low : (low << field << 1) - low;
            raw[i] = ((x & ~top) << 1) ^ fold;
        }
    }

    void rotateBack(long[] words, int longs) {
        final int toOne = form.bits() - 1;
        final int field = bits - 1;
        final int drop = shift;
        final long one = ones;
        final long top = tops;
        final long mask = all;
        final boolean isFloat = form.isFloat();
        for (int i = 0; i < longs; i++) {
            long x = words[i] & mask;
            long low = x & one;
            long v = (x >>> 1) & ~top & mask;
            words[i] = isFloat ? (v << drop) | (low << toOne) : (v ^ ((low << field << 1) - low)) << drop;
        }
    }
}
