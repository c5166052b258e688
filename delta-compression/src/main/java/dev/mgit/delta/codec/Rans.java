package dev.mgit.delta.codec;

/**
 * Order-0 range asymmetric numeral system coder over bytes with one static table (Duda, arXiv:1311.2540; the 64-bit
 * form with 32-bit renormalisation as in Giesen, arXiv:1402.3392). States live in [2^29, 2^61), so that the encoder's
 * division is one signed high multiplication. Streams of {@value #FOUR_LANES} symbols and more run four states in
 * turn, shorter ones a single state, whose eight bytes they can better afford.
 *
 * <p>Stream: frequency table, states of each lane (8 bytes each), then 32-bit words.
 */
final class Rans {
    private static final int FOUR_LANES = 1 << 13;
    private static final int BITS = Frequencies.LOG2_TOTAL;
    private static final long LOW = 1L << 29;
    private static final int SLOT = Frequencies.TOTAL - 1;

    private final Frequencies frequencies = new Frequencies();
    private final long[] reciprocal = new long[256];
    private final int[] reciprocalShift = new int[256];
    private final int[] frequency = new int[256];
    private final int[] start = new int[256];
    /** Per slot: symbol in bits 24-31, frequency - 1 in bits 12-23, offset within the symbol in bits 0-11. */
    private final int[] slots = new int[Frequencies.TOTAL];

    private byte[] words = new byte[0];
    private int top;

    /** Appends the coded form of {@code source[from, from + length)}, whose byte counts are given. */
    void encode(byte[] source, int from, int length, int[] counts, ByteSink sink) {
        frequencies.fit(counts, 0, sink);
        int begin = 0;
        for (int i = 0; i < frequencies.symbols(); i++) {
            int f = frequencies.of(i);
            if (f != 0) {
                int log = f == 1 ? 1 : 32 - Integer.numberOfLeadingZeros(f - 1);
                reciprocal[i] = Long.divideUnsigned(1L << 61, f) * (1L << log) + fraction(f, log) + 1;
                reciprocalShift[i] = log - 1;
            }
            frequency[i] = f;
            start[i] = begin;
            begin += f;
        }
        // a symbol takes at most LOG2_TOTAL bits
        int room = length + length / 2 + 64;
        if (words.length < room) {
            words = new byte[room];
        }
        top = words.length;
        if (length >= FOUR_LANES) {
            encodeFour(source, from, length);
        } else {
            long state = LOW;
            for (int i = from + length - 1; i >= from; i--) {
                state = push(state, source[i] & 0xff);
            }
            store(state);
        }
        sink.put(words, top, words.length - top);
    }

    /** The part of floor(2^(61 + log) / f) that multiplying floor(2^61 / f) by 2^log misses. */
    private static long fraction(int f, int log) {
        return ((1L << 61) % f << log) / f;
    }

    private void encodeFour(byte[] source, int from, int length) {
        long a = LOW;
        long b = LOW;
        long c = LOW;
        long d = LOW;
        int i = length;
        for (; (i & 3) != 0; i--) {
            int symbol = source[from + i - 1] & 0xff;
            switch ((i - 1) & 3) {
                case 0 -> a = push(a, symbol);
                case 1 -> b = push(b, symbol);
                default -> c = push(c, symbol);
            }
        }
        for (; i > 0; i -= 4) {
            int at = from + i;
            d = push(d, source[at - 1] & 0xff);
            c = push(c, source[at - 2] & 0xff);
            b = push(b, source[at - 3] & 0xff);
            a = push(a, source[at - 4] & 0xff);
        }
        store(d);
        store(c);
        store(b);
        store(a);
    }

    private long push(long state, int symbol) {
        long x = state;
        int f = frequency[symbol];
        if (x >= (LOW >>> BITS << 32) * f) {
            top -= 4;
            LittleEndianWords.INT.set(words, top, (int) x);
            x >>>= 32;
        }
        long quotient = Math.multiplyHigh(x << 2, reciprocal[symbol]) >>> reciprocalShift[symbol];
        return x + quotient * (Frequencies.TOTAL - f) + start[symbol];
    }

    private void store(long state) {
        top -= 8;
        LittleEndianWords.LONG.set(words, top, state);
    }

    /** Fills {@code target[to, to + length)} from the next {@code coded} bytes of the input. */
    void decode(ByteInput input, int coded, byte[] target, int to, int length) {
        int tail = input.remaining() - coded;
        frequencies.read(input);
        int slot = 0;
        for (int i = 0; i < frequencies.symbols(); i++) {
            int f = frequencies.of(i);
            int entry = i << 24 | (f - 1) << 12;
            for (int k = 0; k < f; k++) {
                slots[slot++] = entry | k;
            }
        }
        int size = input.remaining() - tail;
        int lanes = length >= FOUR_LANES ? 4 : 1;
        if (size < 8 * lanes || (size & 3) != 0) {
            throw ByteInput.damaged("an entropy-coded stream has an impossible length");
        }
        int at = input.skip(size);
        boolean whole = lanes == 4
                ? decodeFour(input.array(), at, at + size, target, to, length)
                : decodeOne(input.array(), at, at + size, target, to, length);
        if (!whole) {
            throw ByteInput.damaged("an entropy-coded stream does not end where it should");
        }
    }

    private boolean decodeOne(byte[] in, int from, int end, byte[] target, int to, int length) {
        long x = (long) LittleEndianWords.LONG.get(in, from);
        int at = from + 8;
        for (int i = 0; i < length; i++) {
            int entry = slots[(int) x & SLOT];
            target[to + i] = (byte) (entry >> 24);
            x = ((entry >>> 12 & SLOT) + 1) * (x >>> BITS) + (entry & SLOT);
            if (x < LOW) {
                if (at >= end) {
                    return false;
                }
                x = x << 32 | ((int) LittleEndianWords.INT.get(in, at) & 0xffffffffL);
                at += 4;
            }
        }
        return x == LOW && at == end;
    }

    private boolean decodeFour(byte[] in, int from, int end, byte[] target, int to, int length) {
        final int[] table = slots;
        long a = (long) LittleEndianWords.LONG.get(in, from);
        long b = (long) LittleEndianWords.LONG.get(in, from + 8);
        long c = (long) LittleEndianWords.LONG.get(in, from + 16);
        long d = (long) LittleEndianWords.LONG.get(in, from + 24);
        int at = from + 32;
        int i = 0;
        for (; i + 4 <= length; i += 4) {
            int ea = table[(int) a & SLOT];
            int eb = table[(int) b & SLOT];
            int ec = table[(int) c & SLOT];
            int ed = table[(int) d & SLOT];
            LittleEndianWords.INT.set(
                    target, to + i, ea >>> 24 | (eb >>> 24) << 8 | (ec >>> 24) << 16 | (ed >>> 24) << 24);
            a = ((ea >>> 12 & SLOT) + 1) * (a >>> BITS) + (ea & SLOT);
            b = ((eb >>> 12 & SLOT) + 1) * (b >>> BITS) + (eb & SLOT);
            c = ((ec >>> 12 & SLOT) + 1) * (c >>> BITS) + (ec & SLOT);
            d = ((ed >>> 12 & SLOT) + 1) * (d >>> BITS) + (ed & SLOT);
            if (at > end) {
                return false;
            }
            long need = (a - LOW) >> 63;
            a = a << (need & 32) | ((int) LittleEndianWords.INT.get(in, at) & 0xffffffffL & need);
            at += (int) need & 4;
            need = (b - LOW) >> 63;
            b = b << (need & 32) | ((int) LittleEndianWords.INT.get(in, at) & 0xffffffffL & need);
            at += (int) need & 4;
            need = (c - LOW) >> 63;
            c = c << (need & 32) | ((int) LittleEndianWords.INT.get(in, at) & 0xffffffffL & need);
            at += (int) need & 4;
            need = (d - LOW) >> 63;
            d = d << (need & 32) | ((int) LittleEndianWords.INT.get(in, at) & 0xffffffffL & need);
            at += (int) need & 4;
        }
        long[] rest = {a, b, c};
        for (int lane = 0; i < length; i++, lane++) {
            long x = rest[lane];
            int entry = table[(int) x & SLOT];
            target[to + i] = (byte) (entry >> 24);
            x = ((entry >>> 12 & SLOT) + 1) * (x >>> BITS) + (entry & SLOT);
            if (x < LOW) {
                if (at >= end) {
                    return false;
                }
                x = x << 32 | ((int) LittleEndianWords.INT.get(in, at) & 0xffffffffL);
                at += 4;
            }
            rest[lane] = x;
        }
        return at == end && rest[0] == LOW && rest[1] == LOW && rest[2] == LOW && d == LOW;
    }
}
