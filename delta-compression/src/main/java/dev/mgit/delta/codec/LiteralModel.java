package dev.mgit.delta.codec;

/**
 * Codes bytes that no match holds. Each bit is judged by the bits above it together with, one at a time: the place modulo 4,
 * the byte before, the one before that, the fourth before, and the byte the last match would have gone on with, which is often
 * right in part, most of all where the match has just ended.
 */
final class LiteralModel {
    private static final int BYTE = 1 << 8;
    private static final int PLACES = 4;
    private static final int NEAR = 4;
    private static final int FAR = 16;
    private static final int BEFORE = PLACES * BYTE;
    private static final int SECOND = BEFORE + BYTE * BYTE;
    private static final int FOURTH = SECOND + BYTE * BYTE;
    private static final int EXPECTED = FOURTH + BYTE * BYTE;
    private static final int EXPECTED_BIT = EXPECTED + NEAR * BYTE * BYTE;
    private static final int SIZE = EXPECTED_BIT + FAR * 3 * BYTE;
    private static final int LIMIT = 30;
    private static final int RATE = 14;

    private final BitMixer mixer = new BitMixer(new BitCounters(SIZE, LIMIT), 6, 2 * NEAR * BYTE, RATE);

    /**
     * Codes {@code bytes[at]}, before which at least four bytes stand.
     *
     * @param since bytes since the last match
     * @param expected what the last match would have gone on with
     * @return the byte
     */
    int code(ArithmeticCoder coder, byte[] bytes, int at, int since, int expected) {
        int value = bytes[at];
        int place = (at & PLACES - 1) * BYTE;
        int before = BEFORE + (bytes[at - 1] & 0xff) * BYTE;
        int second = SECOND + (bytes[at - 2] & 0xff) * BYTE;
        int fourth = FOURTH + (bytes[at - 4] & 0xff) * BYTE;
        int near = Math.min(since, NEAR - 1);
        int likely = EXPECTED + (near * BYTE + expected) * BYTE;
        int far = EXPECTED_BIT + Math.min(since, FAR - 1) * 3 * BYTE;
        int prefix = 1;
        for (int i = 7; i >= 0; i--) {
            boolean agrees = (expected | BYTE) >> i + 1 == prefix;
            int[] contexts = mixer.contexts;
            contexts[0] = place + prefix;
            contexts[1] = before + prefix;
            contexts[2] = second + prefix;
            contexts[3] = fourth + prefix;
            contexts[4] = likely + prefix;
            contexts[5] = far + (agrees ? expected >> i & 1 : 2) * BYTE + prefix;
            int set = (2 * near + (agrees ? 1 : 0)) * BYTE + prefix;
            prefix = prefix << 1 | mixer.code(coder, set, value >> i & 1);
        }
        return prefix & 0xff;
    }
}
