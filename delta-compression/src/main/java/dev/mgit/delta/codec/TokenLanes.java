package dev.mgit.delta.codec;

/** What the loops over tokens need to know of the words that share a long. */
final class TokenLanes {
    private TokenLanes() {}

    /** True if the extra bits of all words of a long, behind seven bits left over, fit a long. */
    static boolean fitTogether(Residual residual, Tokens alphabet) {
        int most = Math.max(0, residual.bits() - 1 - alphabet.m());
        return residual.bits() <= alphabet.direct()
                || most * (64 / residual.form().bits()) <= 57;
    }

    /** In each word of a long, the bits that only residuals with extra bits have. */
    static long highBits(int width, int lowest) {
        long field = -1L >>> (64 - width);
        return lowest >= width ? 0 : Long.divideUnsigned(-1L, field) * ((field >>> lowest) << lowest);
    }
}
