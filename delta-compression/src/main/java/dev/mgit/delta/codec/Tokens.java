package dev.mgit.delta.codec;

/**
 * The log-linear alphabet that turns a residual into a byte-sized token and raw extra bits. With {@code m} significant
 * bits, values below 2^(m+1) are their own token; each further octave has 2^m tokens and one more extra bit. (The
 * bucket scheme of HdrHistogram, also known as hybrid unsigned integers from JPEG XL, with no tuned parameter but m.)
 */
final class Tokens {
    private Tokens() {}

    /** The most significant bits, at most {@code wish}, whose tokens for residuals of {@code bits} bits fit a byte. */
    static int significantBits(int bits, int wish) {
        int m = Math.min(wish, 7);
        while (m > 0 && lastToken(bits, m) > 255) {
            m--;
        }
        return m;
    }

    /** The token of the greatest value of {@code bits} bits. */
    static int lastToken(int bits, int m) {
        int shift = Math.max(0, bits - 1 - m);
        return (shift << m) + (int) (-1L >>> (64 - bits) >>> shift);
    }

    static int shift(long value, int m) {
        return Math.max(0, 63 - m - Long.numberOfLeadingZeros(value | 1));
    }

    static int token(long value, int m) {
        int shift = shift(value, m);
        return (shift << m) + (int) (value >>> shift);
    }

    /** Extra bits of a token. */
    static int extraBits(int token, int m) {
        return Math.max(0, (token >> m) - 1);
    }

    /** The least value of a token. */
    static long base(int token, int m) {
        int shift = extraBits(token, m);
        return (long) (token - (shift << m)) << shift;
    }
}
