package dev.mgit.delta.codec;

/**
 * The exact integer residual between a word and its prediction, zigzagged, and back.
 *
 * <p>Floats are compared as sign and magnitude: the residual is the change of the magnitude seen from the predicted
 * sign, {@code |raw| - |prediction|}, and a change of sign continues below zero, {@code -1 - |raw| - |prediction|}.
 * That is the difference of the usual order-preserving integer images (FM-Delta's map) with its sign folded by the
 * prediction's, so shrinking weights show as one sign. It is taken modulo the word's remaining bits and so is a
 * bijection for every pattern: NaN payloads, -0 and subnormals are integers like all others.
 *
 * @param form the words' layout
 * @param shift trailing bits that are zero in all raw words, and are dropped from them; the prediction is rounded
 */
record Residual(WordForm form, int shift) {
    /** Bits of a zigzagged residual. */
    int bits() {
        return form.bits() - shift;
    }

    /** Bits of a shifted magnitude, a possible carry of the rounding left aside. */
    int magnitudeBits() {
        return (form.isFloat() ? form.bits() - 1 : form.bits()) - shift;
    }

    private long half() {
        return shift == 0 ? 0 : 1L << (shift - 1);
    }

    /** Replaces raw words by zigzagged residuals, and predicted words by their shifted magnitudes. */
    void forward(long[] raw, long[] prediction, int count) {
        final long mask = form.magnitudeMask();
        final long half = half();
        final int drop = shift;
        final int wrap = 64 - bits();
        if (form.isFloat()) {
            final int toSign = 64 - form.bits();
            for (int i = 0; i < count; i++) {
                long r = raw[i];
                long p = prediction[i];
                long flip = ((r ^ p) << toSign) >> 63;
                long magnitude = ((p & mask) + half) >>> drop;
                long d = (((((r & mask) >>> drop) ^ flip) - magnitude) << wrap) >> wrap;
                raw[i] = (d << 1) ^ (d >> 63);
                prediction[i] = magnitude;
            }
        } else {
            for (int i = 0; i < count; i++) {
                long magnitude = ((prediction[i] + half) & mask) >>> drop;
                long d = (((raw[i] >>> drop) - magnitude) << wrap) >> wrap;
                raw[i] = (d << 1) ^ (d >> 63);
                prediction[i] = magnitude;
            }
        }
    }

    /** Replaces zigzagged residuals by raw words. The prediction is in words as loaded. */
    void inverse(long[] residual, long[] prediction, int count) {
        final long mask = form.magnitudeMask();
        final long half = half();
        final int drop = shift;
        final int wrap = 64 - bits();
        if (form.isFloat()) {
            final long sign = mask + 1;
            for (int i = 0; i < count; i++) {
                long u = residual[i];
                long p = prediction[i];
                long magnitude = ((p & mask) + half) >>> drop;
                long v = ((((u >>> 1) ^ -(u & 1)) + magnitude) << wrap) >> wrap;
                long flip = v >> 63;
                residual[i] = ((p ^ flip) & sign) | (((v ^ flip) << drop) & mask);
            }
        } else {
            for (int i = 0; i < count; i++) {
                long u = residual[i];
                long magnitude = ((prediction[i] + half) & mask) >>> drop;
                residual[i] = (((u >>> 1) ^ -(u & 1)) + magnitude) << drop;
            }
        }
    }
}
