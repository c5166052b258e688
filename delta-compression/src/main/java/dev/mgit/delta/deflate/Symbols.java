package dev.mgit.delta.deflate;

/** The alphabets of RFC 1951, section 3.2.5 and 3.2.7. */
final class Symbols {
    static final int MIN_MATCH = 3;
    static final int MAX_MATCH = 258;
    static final int WINDOW = 1 << 15;

    static final int END_OF_BLOCK = 256;
    static final int FIRST_LENGTH = 257;
    static final int LITERALS_AND_LENGTHS = 286;
    static final int DISTANCES = 30;
    static final int CODE_LENGTHS = 19;

    static final int REPEAT = 16;
    static final int ZEROS = 17;
    static final int MANY_ZEROS = 18;

    static final int STORED = 0;
    static final int FIXED = 1;
    static final int DYNAMIC = 2;

    static final int[] LENGTH_EXTRA = {
        0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0
    };
    static final int[] DISTANCE_EXTRA = {
        0, 0, 0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6, 7, 7, 8, 8, 9, 9, 10, 10, 11, 11, 12, 12, 13, 13
    };
    static final int[] CODE_LENGTH_EXTRA = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2, 3, 7};
    /** The order in which the lengths of the code of code lengths stand in a block. */
    static final int[] CODE_LENGTH_ORDER = {16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15};

    /** By length code: the shortest match it stands for. */
    static final int[] LENGTH_BASE = new int[LENGTH_EXTRA.length];
    /** By distance code: the nearest it stands for. */
    static final int[] DISTANCE_BASE = new int[DISTANCES];
    /** By match length less {@link #MIN_MATCH}: its code. */
    static final byte[] LENGTH_CODE = new byte[MAX_MATCH - MIN_MATCH + 1];
    /** By distance less one: its code. */
    static final byte[] DISTANCE_CODE = new byte[WINDOW];

    static {
        int length = MIN_MATCH;
        for (int code = 0; code < LENGTH_EXTRA.length - 1; code++) {
            LENGTH_BASE[code] = length;
            for (int i = 0; i < 1 << LENGTH_EXTRA[code] && length <= MAX_MATCH; i++) {
                LENGTH_CODE[length++ - MIN_MATCH] = (byte) code;
            }
        }
        // The longest has a code of its own.
        LENGTH_BASE[LENGTH_EXTRA.length - 1] = MAX_MATCH;
        LENGTH_CODE[MAX_MATCH - MIN_MATCH] = (byte) (LENGTH_EXTRA.length - 1);
        int distance = 1;
        for (int code = 0; code < DISTANCES; code++) {
            DISTANCE_BASE[code] = distance;
            for (int i = 0; i < 1 << DISTANCE_EXTRA[code]; i++) {
                DISTANCE_CODE[distance++ - 1] = (byte) code;
            }
        }
    }

    private Symbols() {}

    static int lengthCode(int length) {
        return LENGTH_CODE[length - MIN_MATCH];
    }

    static int distanceCode(int distance) {
        return DISTANCE_CODE[distance - 1];
    }

    /** Code lengths of blocks that bring none of their own. */
    static byte[] fixedLengths() {
        byte[] lengths = new byte[288];
        for (int i = 0; i < lengths.length; i++) {
            lengths[i] = (byte) (i < 144 ? 8 : i < 256 ? 9 : i < 280 ? 7 : 8);
        }
        return lengths;
    }

    static byte[] fixedDistanceLengths() {
        byte[] lengths = new byte[DISTANCES];
        java.util.Arrays.fill(lengths, (byte) 5);
        return lengths;
    }

    /** The codes that lengths stand for (RFC 1951, 3.2.2), their first bit lowest. */
    static short[] codes(byte[] lengths, int count) {
        int[] next = new int[17];
        int[] perLength = new int[17];
        for (int i = 0; i < count; i++) {
            perLength[lengths[i]]++;
        }
        perLength[0] = 0;
        for (int bits = 1; bits < 16; bits++) {
            next[bits] = (next[bits - 1] + perLength[bits - 1]) << 1;
        }
        short[] codes = new short[lengths.length];
        for (int i = 0; i < count; i++) {
            if (lengths[i] > 0) {
                int code = next[lengths[i]]++;
                codes[i] = (short) (Integer.reverse(code) >>> (Integer.SIZE - lengths[i]));
            }
        }
        return codes;
    }
}
