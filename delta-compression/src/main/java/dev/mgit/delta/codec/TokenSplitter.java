package dev.mgit.delta.codec;

/**
 * The inner loops from residuals that share longs to their tokens and extra bits. A token goes to the end of its class's
 * part of the token array, or where there is one class simply to the end; extra bits go to a bit string, lowest first, in
 * word order.
 *
 * <p>The fast loops take whole longs whose words' extra bits fit a long together; callers pass the word width as a
 * constant, so that each width gets its own code, and where it pays, loops are unrolled by hand. The others take any
 * rest. Longs with no extra bits at all have a short way. {@link TokenJoiner} is the way back.
 */
final class TokenSplitter {
    /** Where each class's next token goes. */
    final int[] next = new int[ContextClasses.MOST];

    private byte[] tokens = new byte[0];
    private byte[] bits = new byte[0];

    private Tokens alphabet = new Tokens(8, 0);
    private int[] byOctave = new int[64];
    private byte[] ofKey = new byte[0];
    private int keyShift;
    private long pending;
    private int filled;
    private int at;

    byte[] tokens() {
        return tokens;
    }

    byte[] bits() {
        return bits;
    }

    /** Bytes of extra bits written so far, the last of them padded. */
    int extraBytes() {
        return at + (filled > 0 ? 1 : 0);
    }

    void start(ContextClasses classes, int shift, Tokens chosen, int room, int maxExtraBytes) {
        ofKey = classes.ofKey();
        keyShift = shift;
        alphabet = chosen;
        byOctave = chosen.byOctave();
        pending = 0;
        filled = 0;
        at = 0;
        if (tokens.length < room) {
            tokens = new byte[room];
        }
        if (bits.length < maxExtraBytes + 16) {
            bits = new byte[maxExtraBytes + 16];
        }
    }

    /** Appends the tokens and extra bits of residuals in {@code words}, of which {@code lastBits} fill the last long. */
    void split(long[] words, long[] magnitudes, int longs, int lastBits, Residual residual, boolean single) {
        int width = residual.form().bits();
        int whole = !TokenLanes.fitTogether(residual, alphabet) ? 0 : lastBits == 64 ? longs : longs - 1;
        switch (width + (single ? 1 : 0)) {
            case 8 -> splitGrouped8(words, magnitudes, whole);
            case 16 -> splitGrouped16(words, magnitudes, whole);
            case 32 -> splitGrouped32(words, magnitudes, whole);
            case 9 -> splitInOrder(words, whole, 8);
            case 17 -> splitInOrder16(words, whole);
            case 33 -> splitInOrder(words, whole, 32);
            default -> whole = 0;
        }
        long field = -1L >>> (64 - width);
        for (int i = whole; i < longs; i++) {
            int end = i == longs - 1 ? lastBits : 64;
            for (int lane = 0; lane < end; lane += width) {
                long u = (words[i] >>> lane) & field;
                int c = single ? 0 : ofKey[(int) (((magnitudes[i] >>> lane) & field) >>> keyShift)];
                tokens[next[c]++] = (byte) alphabet.token(u);
                int count = alphabet.extraBits(u);
                long extra = u & ~(-1L << count);
                put(extra & 0xffffffffL, Math.min(count, 32));
                put(extra >>> 32, Math.max(0, count - 32));
            }
        }
    }

    private void put(long extra, int count) {
        pending |= extra << filled;
        filled += count;
        flush();
    }

    private void flush() {
        LittleEndianWords.LONG.set(bits, at, pending);
        at += filled >>> 3;
        pending >>>= filled & 56;
        filled &= 7;
    }

    private void splitGrouped8(long[] words, long[] magnitudes, int longs) {
        final byte[] classOf = ofKey;
        final byte[] out = tokens;
        final int[] to = next;
        final int toKey = keyShift;
        for (int i = 0; i < longs; i++) {
            long t = words[i];
            long g = magnitudes[i];
            for (int lane = 0; lane < 64; lane += 8) {
                int c = classOf[((int) (g >>> lane) & 0xff) >>> toKey];
                int k = to[c];
                to[c] = k + 1;
                out[k] = (byte) (t >>> lane);
            }
        }
    }

    private void splitGrouped16(long[] words, long[] magnitudes, int longs) {
        final byte[] classOf = ofKey;
        final byte[] out = tokens;
        final int[] to = next;
        final int toKey = keyShift;
        final long high = TokenLanes.highBits(16, alphabet.direct());
        for (int i = 0; i < longs; i++) {
            long w = words[i];
            long t = (w & high) == 0 ? w : fourTokens(w);
            long g = magnitudes[i];
            int c0 = classOf[((int) g & 0xffff) >>> toKey];
            int c1 = classOf[((int) g >>> 16) >>> toKey];
            int c2 = classOf[((int) (g >>> 32) & 0xffff) >>> toKey];
            int c3 = classOf[((int) (g >>> 32) >>> 16) >>> toKey];
            int k0 = to[c0];
            to[c0] = k0 + 1;
            int k1 = to[c1];
            to[c1] = k1 + 1;
            int k2 = to[c2];
            to[c2] = k2 + 1;
            int k3 = to[c3];
            to[c3] = k3 + 1;
            out[k0] = (byte) t;
            out[k1] = (byte) (t >>> 16);
            out[k2] = (byte) (t >>> 32);
            out[k3] = (byte) (t >>> 48);
        }
    }

    private void splitGrouped32(long[] words, long[] magnitudes, int longs) {
        final byte[] classOf = ofKey;
        final byte[] out = tokens;
        final int[] to = next;
        final int toKey = keyShift;
        final long high = TokenLanes.highBits(32, alphabet.direct());
        for (int i = 0; i < longs; i++) {
            long w = words[i];
            long t = (w & high) == 0 ? w : twoTokens(w);
            long g = magnitudes[i];
            int c0 = classOf[(int) g >>> toKey];
            int c1 = classOf[(int) (g >>> 32) >>> toKey];
            int k0 = to[c0];
            to[c0] = k0 + 1;
            int k1 = to[c1];
            to[c1] = k1 + 1;
            out[k0] = (byte) t;
            out[k1] = (byte) (t >>> 32);
        }
    }

    private void splitInOrder16(long[] words, int longs) {
        final byte[] out = tokens;
        final long high = TokenLanes.highBits(16, alphabet.direct());
        int k = next[0];
        for (int i = 0; i < longs; i++, k += 4) {
            long w = words[i];
            long t = (w & high) == 0 ? w : fourTokens(w);
            t = (t | t >>> 8) & 0x0000ffff0000ffffL;
            LittleEndianWords.INT.set(out, k, (int) (t | t >>> 16));
        }
        next[0] = k;
    }

    private void splitInOrder(long[] words, int longs, int width) {
        final byte[] out = tokens;
        final long high = TokenLanes.highBits(width, alphabet.direct());
        int k = next[0];
        for (int i = 0; i < longs; i++) {
            long w = words[i];
            long t = (w & high) == 0 ? w : twoTokens(w);
            switch (width) {
                case 8 -> LittleEndianWords.LONG.set(out, k, t);
                default -> LittleEndianWords.SHORT.set(out, k, (short) (t | t >>> 24));
            }
            k += 64 / width;
        }
        next[0] = k;
    }

    // Shifts go by the low five or six bits of an octave's entry: its count of extra bits.

    private long fourTokens(long w) {
        final int[] octaves = byOctave;
        int u0 = (int) w & 0xffff;
        int u1 = (int) w >>> 16;
        int u2 = (int) (w >>> 32) & 0xffff;
        int u3 = (int) (w >>> 48);
        int o0 = octaves[31 - Integer.numberOfLeadingZeros(u0 | 1)];
        int o1 = octaves[31 - Integer.numberOfLeadingZeros(u1 | 1)];
        int o2 = octaves[31 - Integer.numberOfLeadingZeros(u2 | 1)];
        int o3 = octaves[31 - Integer.numberOfLeadingZeros(u3 | 1)];
        int low = (u0 & ~(-1 << o0)) | (u1 & ~(-1 << o1)) << o0;
        int high = (u2 & ~(-1 << o2)) | (u3 & ~(-1 << o3)) << o2;
        int lowBits = (o0 & 31) + (o1 & 31);
        putBits(low | (long) high << lowBits, lowBits + (o2 & 31) + (o3 & 31));
        long first = (o0 >> 8) + (u0 >>> o0) | (long) ((o1 >> 8) + (u1 >>> o1)) << 16;
        return first | (long) ((o2 >> 8) + (u2 >>> o2)) << 32 | (long) ((o3 >> 8) + (u3 >>> o3)) << 48;
    }

    private long twoTokens(long w) {
        final int[] octaves = byOctave;
        long left = pending;
        int count = filled;
        long t = 0;
        for (int lane = 0; lane < 64; lane += 32) {
            long u = (w >>> lane) & 0xffffffffL;
            int octave = octaves[63 - Long.numberOfLeadingZeros(u | 1)];
            int shift = octave & 63;
            t |= ((octave >> 8) + (u >>> shift)) << lane;
            left |= (u & ~(-1L << shift)) << count;
            count += shift;
        }
        pending = left;
        filled = count;
        flush();
        return t;
    }

    /** Appends bits, at most 57, that are zero above. */
    private void putBits(long extra, int count) {
        pending |= extra << filled;
        filled += count;
        flush();
    }
}
