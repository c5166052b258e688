package dev.mgit.delta.codec;

/**
 * The inner loops between residuals that share longs and their tokens and extra bits. A token goes to the end of its
 * class's part of the token array, or where there is one class simply to the end; extra bits go to a bit string, lowest
 * first, in word order.
 *
 * <p>The fast loops take whole longs whose words' extra bits fit a long together; callers pass the word width as a
 * constant, so that each width gets its own unrolled code. The others take any rest.
 */
final class TokenLoops {
    /** Where each class's next token goes, or comes from. */
    final int[] next = new int[Classes.MOST];

    private byte[] tokens = new byte[0];
    private byte[] bits = new byte[0];
    private final long[] bases = new long[256];
    private final byte[] extras = new byte[256];

    private byte[] ofKey = new byte[0];
    private int keyShift;
    private int m;
    private long pending;
    private int filled;
    private int at;
    private long bit;

    byte[] tokens(int room) {
        if (tokens.length < room) {
            tokens = new byte[room];
        }
        return tokens;
    }

    byte[] bits() {
        return bits;
    }

    /** True if the extra bits of all words of a long, behind seven bits left over, fit a long. */
    private static boolean fitTogether(Residual residual, int m) {
        int width = residual.form().bits();
        return Math.max(0, residual.bits() - 1 - m) * (64 / width) <= 57;
    }

    void startEncode(Classes classes, int keyShift, int m, int maxExtraBytes) {
        this.ofKey = classes.ofKey();
        this.keyShift = keyShift;
        this.m = m;
        pending = 0;
        filled = 0;
        at = 0;
        if (bits.length < maxExtraBytes + 16) {
            bits = new byte[maxExtraBytes + 16];
        }
    }

    /** Bytes of extra bits so far, the last of them padded. */
    int extraBytes() {
        return at + (filled > 0 ? 1 : 0);
    }

    /** Appends the tokens and extra bits of residuals in {@code words}, of which {@code lastBits} fill the last long. */
    void split(long[] words, long[] magnitudes, int longs, int lastBits, Residual residual, boolean single) {
        int width = residual.form().bits();
        int whole = !fitTogether(residual, m) ? 0 : lastBits == 64 ? longs : longs - 1;
        switch (width + (single ? 1 : 0)) {
            case 8 -> splitGrouped(words, magnitudes, whole, 8);
            case 16 -> splitGrouped(words, magnitudes, whole, 16);
            case 32 -> splitGrouped(words, magnitudes, whole, 32);
            case 9 -> splitInOrder(words, whole, 8);
            case 17 -> splitInOrder(words, whole, 16);
            case 33 -> splitInOrder(words, whole, 32);
            default -> whole = 0;
        }
        for (int i = whole; i < longs; i++) {
            int end = i == longs - 1 ? lastBits : 64;
            for (int lane = 0; lane < end; lane += width) {
                long field = -1L >>> (64 - width);
                long u = (words[i] >>> lane) & field;
                int c = single ? 0 : ofKey[(int) (((magnitudes[i] >>> lane) & field) >>> keyShift)];
                tokens[next[c]++] = (byte) Tokens.token(u, m);
                int shift = Tokens.shift(u, m);
                put(u & ~(-1L << Math.min(shift, 32)), Math.min(shift, 32));
                put((u & ~(-1L << shift)) >>> 32, Math.max(0, shift - 32));
            }
        }
    }

    private void put(long extra, int count) {
        pending |= extra << filled;
        filled += count;
        Words.LONG.set(bits, at, pending);
        at += filled >>> 3;
        pending >>>= filled & 56;
        filled &= 7;
    }

    private void splitGrouped(long[] words, long[] magnitudes, int longs, int width) {
        final byte[] classOf = ofKey;
        final byte[] out = tokens;
        final byte[] extra = bits;
        final int[] to = next;
        final long field = -1L >>> (64 - width);
        final int toKey = keyShift;
        final int significant = m;
        final int lead = 63 - significant;
        long left = pending;
        int count = filled;
        int end = at;
        for (int i = 0; i < longs; i++) {
            long w = words[i];
            long g = magnitudes[i];
            for (int lane = 0; lane < 64; lane += width) {
                long u = (w >>> lane) & field;
                int shift = Math.max(0, lead - Long.numberOfLeadingZeros(u | 1));
                int c = classOf[(int) (((g >>> lane) & field) >>> toKey)];
                int k = to[c];
                to[c] = k + 1;
                out[k] = (byte) ((shift << significant) + (int) (u >>> shift));
                left |= (u & ~(-1L << shift)) << count;
                count += shift;
            }
            Words.LONG.set(extra, end, left);
            end += count >>> 3;
            left >>>= count & 56;
            count &= 7;
        }
        pending = left;
        filled = count;
        at = end;
    }

    private void splitInOrder(long[] words, int longs, int width) {
        final byte[] out = tokens;
        final byte[] extra = bits;
        final long field = -1L >>> (64 - width);
        final int significant = m;
        final int lead = 63 - significant;
        int k = next[0];
        long left = pending;
        int count = filled;
        int end = at;
        for (int i = 0; i < longs; i++) {
            long w = words[i];
            for (int lane = 0; lane < 64; lane += width) {
                long u = (w >>> lane) & field;
                int shift = Math.max(0, lead - Long.numberOfLeadingZeros(u | 1));
                out[k++] = (byte) ((shift << significant) + (int) (u >>> shift));
                left |= (u & ~(-1L << shift)) << count;
                count += shift;
            }
            Words.LONG.set(extra, end, left);
            end += count >>> 3;
            left >>>= count & 56;
            count &= 7;
        }
        next[0] = k;
        pending = left;
        filled = count;
        at = end;
    }

    void startDecode(Classes classes, int keyShift, int m, int firstByte) {
        this.ofKey = classes.ofKey();
        this.keyShift = keyShift;
        this.m = m;
        bit = 8L * firstByte;
        for (int token = 0; token < 256; token++) {
            extras[token] = (byte) Math.min(63, Tokens.extraBits(token, m));
            bases[token] = Tokens.base(token, m);
        }
    }

    /** The next extra bit to be read, counted from the start of the input. */
    long bit() {
        return bit;
    }

    /** Fills {@code words} with the residuals of the next tokens. */
    void join(byte[] in, long[] words, long[] magnitudes, int longs, int lastBits, Residual residual, boolean single) {
        int width = residual.form().bits();
        int whole = !fitTogether(residual, m) ? 0 : lastBits == 64 ? longs : longs - 1;
        switch (width + (single ? 1 : 0)) {
            case 8 -> joinGrouped(in, words, magnitudes, whole, 8);
            case 16 -> joinGrouped(in, words, magnitudes, whole, 16);
            case 32 -> joinGrouped(in, words, magnitudes, whole, 32);
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
        long value = (long) Words.LONG.get(in, (int) (bit >>> 3)) >>> (bit & 7);
        if (count > 56) {
            long high = (long) Words.LONG.get(in, (int) ((bit + 32) >>> 3)) >>> (bit & 7);
            value = (value & 0xffffffffL) | high << 32;
        }
        bit += count;
        return value & ~(-1L << count);
    }

    private void joinGrouped(byte[] in, long[] words, long[] magnitudes, int longs, int width) {
        final byte[] classOf = ofKey;
        final byte[] token = tokens;
        final int[] from = next;
        final long[] base = bases;
        final byte[] extra = extras;
        final long field = -1L >>> (64 - width);
        final int toKey = keyShift;
        long position = bit;
        for (int i = 0; i < longs; i++) {
            long g = magnitudes[i];
            long value = (long) Words.LONG.get(in, (int) (position >>> 3)) >>> (position & 7);
            long w = 0;
            for (int lane = 0; lane < 64; lane += width) {
                int c = classOf[(int) (((g >>> lane) & field) >>> toKey)];
                int k = from[c];
                from[c] = k + 1;
                int t = token[k] & 0xff;
                int n = extra[t];
                w |= ((base[t] + (value & ~(-1L << n))) & field) << lane;
                value >>>= n;
                position += n;
            }
            words[i] = w;
        }
        bit = position;
    }

    private void joinInOrder(byte[] in, long[] words, int longs, int width) {
        final byte[] token = tokens;
        final long[] base = bases;
        final byte[] extra = extras;
        final long field = -1L >>> (64 - width);
        int k = next[0];
        long position = bit;
        for (int i = 0; i < longs; i++) {
            long value = (long) Words.LONG.get(in, (int) (position >>> 3)) >>> (position & 7);
            long w = 0;
            for (int lane = 0; lane < 64; lane += width) {
                int t = token[k++] & 0xff;
                int n = extra[t];
                w |= ((base[t] + (value & ~(-1L << n))) & field) << lane;
                value >>>= n;
                position += n;
            }
            words[i] = w;
        }
        next[0] = k;
        bit = position;
    }
}
