package dev.mgit.delta.codec;

/** The inner loops from tokens and extra bits back to residuals that share longs; see {@link TokenSplitter}. */
final class TokenJoiner {
    /** Where each class's next token comes from. */
    final int[] next = new int[ContextClasses.MOST];

    private final long[] bases = new long[256];
    private final byte[] extras = new byte[256];
    private byte[] tokens = new byte[0];
    private Tokens alphabet = new Tokens(8, 0);
    private byte[] ofKey = new byte[0];
    private int keyShift;
    private long bit;

    /** Room for the tokens of all words, to be filled before they are joined. */
    byte[] tokens(int room) {
        if (tokens.length < room) {
            tokens = new byte[room];
        }
        return tokens;
    }

    /** @param firstByte where in the input extra bits begin */
    void start(ContextClasses classes, int shift, Tokens chosen, int firstByte) {
        ofKey = classes.ofKey();
        keyShift = shift;
        alphabet = chosen;
        bit = 8L * firstByte;
        for (int token = 0; token < 256; token++) {
            extras[token] = (byte) chosen.extraBitsOf(token);
            bases[token] = chosen.base(token);
        }
    }

    /** The next extra bit to be read, counted from the start of the input. */
    long bit() {
        return bit;
    }

    /** Fills {@code words} with the residuals of the next tokens. */
    void join(byte[] in, long[] words, long[] magnitudes, int longs, int lastBits, Residual residual, boolean single) {
        int width = residual.form().bits();
        int whole = !TokenLanes.fitTogether(residual, alphabet) ? 0 : lastBits == 64 ? longs : longs - 1;
        switch (width + (single ? 1 : 0)) {
            case 8 -> joinGrouped8(words, magnitudes, whole);
            case 16 -> joinGrouped16(in, words, magnitudes, whole);
            case 32 -> joinGrouped32(in, words, magnitudes, whole);
            case 9 -> joinInOrder(in, words, whole, 8);
            case 17 -> joinInOrder(in, words, whole, 16);
            case 33 -> joinInOrder(in, words, whole, 32);
            default -> whole = 0;
        }
        long field = -1L >>> (64 - width);
        for (int i = whole; i < longs; i++) {
            int end = i == longs - 1 ? lastBits : 64;
            long w = 0;
            for (int lane = 0; lane < end; lane += width) {
                int c = single ? 0 : ofKey[(int) (((magnitudes[i] >>> lane) & field) >>> keyShift)];
                int t = tokens[next[c]++] & 0xff;
                w |= ((bases[t] + take(in, extras[t])) & field) << lane;
            }
            words[i] = w;
        }
    }

    private long take(byte[] in, int count) {
        long value = (long) LittleEndianWords.LONG.get(in, (int) (bit >>> 3)) >>> (bit & 7);
        if (count > 56) {
            long high = (long) LittleEndianWords.LONG.get(in, (int) ((bit + 32) >>> 3)) >>> (bit & 7);
            value = (value & 0xffffffffL) | high << 32;
        }
        bit += count;
        return value & ~(-1L << count);
    }

    private void joinGrouped8(long[] words, long[] magnitudes, int longs) {
        final byte[] classOf = ofKey;
        final byte[] token = tokens;
        final int[] from = next;
        final int toKey = keyShift;
        for (int i = 0; i < longs; i++) {
            long g = magnitudes[i];
            long t = 0;
            for (int lane = 0; lane < 64; lane += 8) {
                int c = classOf[((int) (g >>> lane) & 0xff) >>> toKey];
                int k = from[c];
                from[c] = k + 1;
                t |= (token[k] & 0xffL) << lane;
            }
            words[i] = t;
        }
    }

    private void joinGrouped16(byte[] in, long[] words, long[] magnitudes, int longs) {
        final byte[] classOf = ofKey;
        final byte[] token = tokens;
        final int[] from = next;
        final int toKey = keyShift;
        final long high = TokenLanes.highBits(16, alphabet.direct());
        for (int i = 0; i < longs; i++) {
            long g = magnitudes[i];
            int c0 = classOf[((int) g & 0xffff) >>> toKey];
            int c1 = classOf[((int) g >>> 16) >>> toKey];
            int c2 = classOf[((int) (g >>> 32) & 0xffff) >>> toKey];
            int c3 = classOf[((int) (g >>> 32) >>> 16) >>> toKey];
            int k0 = from[c0];
            from[c0] = k0 + 1;
            int k1 = from[c1];
            from[c1] = k1 + 1;
            int k2 = from[c2];
            from[c2] = k2 + 1;
            int k3 = from[c3];
            from[c3] = k3 + 1;
            long t = (token[k0] & 0xffL)
                    | (token[k1] & 0xffL) << 16
                    | (token[k2] & 0xffL) << 32
                    | (token[k3] & 0xffL) << 48;
            words[i] = (t & high) == 0 ? t : residualsOf(in, t, 16);
        }
    }

    private void joinGrouped32(byte[] in, long[] words, long[] magnitudes, int longs) {
        final byte[] classOf = ofKey;
        final byte[] token = tokens;
        final int[] from = next;
        final int toKey = keyShift;
        final long high = TokenLanes.highBits(32, alphabet.direct());
        for (int i = 0; i < longs; i++) {
            long g = magnitudes[i];
            int c0 = classOf[(int) g >>> toKey];
            int c1 = classOf[(int) (g >>> 32) >>> toKey];
            int k0 = from[c0];
            from[c0] = k0 + 1;
            int k1 = from[c1];
            from[c1] = k1 + 1;
            long t = (token[k0] & 0xffL) | (token[k1] & 0xffL) << 32;
            words[i] = (t & high) == 0 ? t : residualsOf(in, t, 32);
        }
    }

    private void joinInOrder(byte[] in, long[] words, int longs, int width) {
        final byte[] token = tokens;
        final long high = TokenLanes.highBits(width, alphabet.direct());
        int k = next[0];
        for (int i = 0; i < longs; i++) {
            long t = switch (width) {
                case 8 -> (long) LittleEndianWords.LONG.get(token, k);
                case 16 -> {
                    long four = (int) LittleEndianWords.INT.get(token, k) & 0xffffffffL;
                    four = (four | four << 16) & 0x0000ffff0000ffffL;
                    yield (four | four << 8) & 0x00ff00ff00ff00ffL;
                }
                default -> {
                    long two = (short) LittleEndianWords.SHORT.get(token, k) & 0xffff;
                    yield (two | two << 24) & 0x000000ff000000ffL;
                }
            };
            k += 64 / width;
            words[i] = (t & high) == 0 ? t : residualsOf(in, t, width);
        }
        next[0] = k;
    }

    /** Turns the tokens in a long into residuals, taking in their extra bits. */
    private long residualsOf(byte[] in, long t, int width) {
        final long[] base = bases;
        final byte[] extra = extras;
        long position = bit;
        long value = (long) LittleEndianWords.LONG.get(in, (int) (position >>> 3)) >>> (position & 7);
        if (width == 16) {
            int t0 = (int) t & 0xff;
            int t1 = (int) (t >>> 16) & 0xff;
            int t2 = (int) (t >>> 32) & 0xff;
            int t3 = (int) (t >>> 48) & 0xff;
            int n0 = extra[t0];
            int n1 = n0 + extra[t1];
            int n2 = n1 + extra[t2];
            int n3 = n2 + extra[t3];
            bit = position + n3;
            return ((base[t0] + (value & ~(-1L << n0))) & 0xffff)
                    | ((base[t1] + ((value & ~(-1L << n1)) >>> n0)) & 0xffff) << 16
                    | ((base[t2] + ((value & ~(-1L << n2)) >>> n1)) & 0xffff) << 32
                    | ((base[t3] + ((value & ~(-1L << n3)) >>> n2)) & 0xffff) << 48;
        }
        int t0 = (int) t & 0xff;
        int t1 = (int) (t >>> 32) & 0xff;
        int n0 = extra[t0];
        int n1 = n0 + extra[t1];
        bit = position + n1;
        return ((base[t0] + (value & ~(-1L << n0))) & 0xffffffffL) | (base[t1] + ((value & ~(-1L << n1)) >>> n0)) << 32;
    }
}
