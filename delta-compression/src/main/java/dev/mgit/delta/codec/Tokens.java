package dev.mgit.delta.codec;

/**
 * The alphabet that turns a residual into a byte-sized token and raw extra bits: values below {@code 2^direct} are
 * their own token; each octave above has {@code 2^m} tokens, which stand for its values' top bits, and the rest of the
 * bits are extra. (The hybrid unsigned integers of JPEG XL, ISO/IEC 18181-1.)
 *
 * @param direct 1 to 8
 * @param m 0 to {@code direct}
 */
record Tokens(int direct, int m) {
    private static final Tokens BYTES = new Tokens(8, 0);
    private static final Tokens[] LARGE = {new Tokens(7, 3), new Tokens(6, 3), new Tokens(5, 3), new Tokens(4, 2)};
    private static final Tokens[] MEDIUM = {new Tokens(6, 3), new Tokens(5, 3), new Tokens(4, 2)};
    private static final Tokens[] SMALL = {new Tokens(4, 2)};
    private static final Tokens[] TINY = {new Tokens(2, 1)};

    /** The alphabet for so many residuals of {@code bits} bits: smaller where there are few to learn frequencies from. */
    static Tokens choose(int bits, int count) {
        if (bits <= 8) {
            return BYTES;
        }
        Tokens[] candidates = count < 1 << 10 ? TINY : count < 1 << 13 ? SMALL : count < 1 << 16 ? MEDIUM : LARGE;
        int i = 0;
        while (i + 1 < candidates.length && !candidates[i].suits(bits)) {
            i++;
        }
        return candidates[i];
    }

    /** True if every token fits a byte, and the extra bits of two residuals a long together with seven bits more. */
    private boolean suits(int bits) {
        return (1 << direct) + ((bits - direct) << m) <= 256 && (bits > 32 || bits - 1 - m <= 28);
    }

    static Tokens read(ByteInput input) {
        int packed = input.get();
        Tokens tokens = new Tokens(packed >> 4, packed & 15);
        if (tokens.direct < 1 || tokens.direct > 8 || tokens.m > tokens.direct) {
            throw ByteInput.damaged("its alphabet is out of range");
        }
        return tokens;
    }

    void write(ByteSink sink) {
        sink.put(direct << 4 | m);
    }

    /** Extra bits of a value. */
    int extraBits(long value) {
        int octave = 63 - Long.numberOfLeadingZeros(value | 1);
        return octave < direct ? 0 : octave - m;
    }

    int token(long value) {
        int octave = 63 - Long.numberOfLeadingZeros(value | 1);
        return octave < direct ? (int) value : offset(octave) + (int) (value >>> (octave - m));
    }

    /** What is added to the top bits of an octave's values to make their tokens. */
    private int offset(int octave) {
        return (1 << direct) + ((octave - direct - 1) << m);
    }

    /** For each octave, by the position of its leading one: {@link #offset} times 256, plus extra bits. */
    int[] byOctave() {
        int[] table = new int[64];
        for (int octave = direct; octave < 64; octave++) {
            table[octave] = offset(octave) << 8 | (octave - m);
        }
        return table;
    }

    int octaveOf(int token) {
        return token < 1 << direct ? -1 : Math.min(63, direct + ((token - (1 << direct)) >> m));
    }

    /** The least value of a token; for tokens no value has, any number. */
    long base(int token) {
        int octave = octaveOf(token);
        return octave < 0 ? token : (long) (token - offset(octave)) << (octave - m);
    }

    /** Extra bits of a token's values. */
    int extraBitsOf(int token) {
        int octave = octaveOf(token);
        return octave < 0 ? 0 : octave - m;
    }
}
