package dev.mgit.delta.codec;

import java.util.Arrays;

/**
 * Residuals as tokens grouped by the class of their prediction, each group an entropy-coded stream of its own, and
 * their extra bits as they are.
 *
 * <pre>
 * body := form(byte) shift(byte) m(byte) [keyShift(byte) classes]   the bracket for floats only
 *         stream of tokens, for each class in turn; lengths follow from the prediction
 *         varint(extra) byte*extra                                  bits, lowest first, in word order
 * classes := byte(count - 1) varint(keys in the class - 1)*(count - 1)
 * </pre>
 */
final class TokenCoder {
    private static final int CHUNK = 512;
    private static final int SAMPLE = 1 << 14;

    private final StreamCoder streams;
    private final Classes classes = new Classes();
    private final long[] words = new long[CHUNK];
    private final long[] guesses = new long[CHUNK];
    private final int[] keyCounts = new int[Classes.KEYS];
    private final int[] sampleCounts = new int[Classes.MOST * 256];
    private final int[] next = new int[Classes.MOST];
    private final long[] bases = new long[256];
    private final int[] extras = new int[256];
    private byte[] tokens = new byte[0];
    private byte[] bits = new byte[0];

    TokenCoder(StreamCoder streams) {
        this.streams = streams;
    }

    void encode(byte[] raw, byte[] prediction, int count, Residual residual, Effort effort, ByteSink sink) {
        WordForm form = residual.form();
        int m = Tokens.significantBits(residual.bits(), wish(count));
        int keyShift = form.isFloat() ? residual.magnitudeBits() - form.exponentBits() : 64;
        sink.put(form.toByte());
        sink.put(residual.shift());
        sink.put(m);
        if (form.isFloat()) {
            chooseClasses(raw, prediction, count, residual, m, keyShift, effort);
            sink.put(keyShift);
            classes.write(sink);
        } else {
            classes.single();
            Arrays.fill(keyCounts, 0);
            keyCounts[0] = count;
        }
        reserve(count, residual.bits());
        startClasses(count);
        int extra = tokenise(raw, prediction, count, residual, m, keyShift);
        int from = 0;
        for (int c = 0; c < classes.size(); c++) {
            streams.encode(tokens, from, next[c] - from, effort, sink);
            from = next[c];
        }
        sink.putVarint(extra);
        sink.put(bits, 0, extra);
    }

    /** Fewer, wider tokens where a block is too small to learn many frequencies. */
    private static int wish(int count) {
        return count < 1 << 10 ? 1 : count < 1 << 13 ? 2 : count < 1 << 16 ? 3 : 4;
    }

    private void reserve(int count, int bitsPerWord) {
        if (tokens.length < count) {
            tokens = new byte[count];
        }
        int room = (int) ((long) count * bitsPerWord / 8) + 32;
        if (bits.length < room) {
            bits = new byte[room];
        }
    }

    private void chooseClasses(
            byte[] raw, byte[] prediction, int count, Residual residual, int m, int keyShift, Effort effort) {
        countKeys(prediction, count, residual, keyShift);
        classes.cut(keyCounts, count);
        int log = residual.form().log2Bytes();
        Arrays.fill(sampleCounts, 0, classes.size() * 256, 0);
        byte[] ofKey = classes.ofKey();
        int runs = Sampling.runs(effort == Effort.SMALL ? 4 * SAMPLE : SAMPLE, count);
        int sampled = 0;
        for (int run = 0; run < runs; run++) {
            int first = Sampling.first(run, runs, count);
            int length = Sampling.length(first, count);
            Words.load(raw, log, first, length, words);
            Words.load(prediction, log, first, length, guesses);
            residual.forward(words, guesses, length);
            for (int i = 0; i < length; i++) {
                sampleCounts[(ofKey[(int) (guesses[i] >>> keyShift)] << 8) + Tokens.token(words[i], m)]++;
            }
            sampled += length;
        }
        classes.join(sampleCounts, (double) count / Math.max(1, sampled));
    }

    private void countKeys(byte[] prediction, int count, Residual residual, int keyShift) {
        final long mask = residual.form().magnitudeMask();
        final long half = residual.shift() == 0 ? 0 : 1L << (residual.shift() - 1);
        final int drop = residual.shift() + keyShift;
        Arrays.fill(keyCounts, 0);
        for (int first = 0; first < count; first += CHUNK) {
            int length = Math.min(CHUNK, count - first);
            Words.load(prediction, residual.form().log2Bytes(), first, length, guesses);
            for (int i = 0; i < length; i++) {
                keyCounts[(int) (((guesses[i] & mask) + half) >>> drop)]++;
            }
        }
    }

    /** Sets {@link #next} to where each class begins among the tokens. */
    private void startClasses(int count) {
        Arrays.fill(next, 0);
        byte[] ofKey = classes.ofKey();
        for (int key = 0; key < keyCounts.length; key++) {
            next[ofKey[key]] += keyCounts[key];
        }
        int at = count;
        for (int c = classes.size() - 1; c >= 0; c--) {
            at -= next[c];
            next[c] = at;
        }
    }

    /** Groups all tokens, leaves in {@link #next} where each class ends, and returns the bytes of extra bits. */
    private int tokenise(byte[] raw, byte[] prediction, int count, Residual residual, int m, int keyShift) {
        final int log = residual.form().log2Bytes();
        final byte[] ofKey = classes.ofKey();
        final byte[] out = tokens;
        final byte[] bit = bits;
        final boolean single = !residual.form().isFloat();
        long pending = 0;
        int filled = 0;
        int at = 0;
        for (int first = 0; first < count; first += CHUNK) {
            int length = Math.min(CHUNK, count - first);
            Words.load(raw, log, first, length, words);
            Words.load(prediction, log, first, length, guesses);
            residual.forward(words, guesses, length);
            if (single) {
                Arrays.fill(guesses, 0, length, 0);
            }
            for (int i = 0; i < length; i++) {
                long u = words[i];
                int shift = Math.max(0, 63 - m - Long.numberOfLeadingZeros(u | 1));
                int c = ofKey[(int) (guesses[i] >>> keyShift)];
                int to = next[c];
                next[c] = to + 1;
                out[to] = (byte) ((shift << m) + (int) (u >>> shift));
                long extra = u & ~(-1L << shift);
                if (shift > 32) {
                    pending |= (extra & 0xffffffffL) << filled;
                    Words.LONG.set(bit, at, pending);
                    at += 4;
                    pending >>>= 32;
                    extra >>>= 32;
                    shift -= 32;
                }
                pending |= extra << filled;
                filled += shift;
                Words.LONG.set(bit, at, pending);
                at += filled >>> 3;
                pending >>>= filled & ~7;
                filled &= 7;
            }
        }
        return at + (filled > 0 ? 1 : 0);
    }

    /** Fills the whole words of the target and returns their form. */
    WordForm decode(ByteInput input, byte[] prediction, byte[] target, int length) {
        WordForm form = WordForm.fromByte(input.get());
        int shift = input.get();
        int m = input.get();
        if (shift > form.maxShift() || m > 7) {
            throw ByteInput.damaged("a parameter is out of range");
        }
        Residual residual = new Residual(form, shift);
        int count = length >> form.log2Bytes();
        int keyShift = 64;
        if (form.isFloat()) {
            keyShift = input.get();
            if (keyShift < residual.magnitudeBits() - 11 || keyShift + shift > 63) {
                throw ByteInput.damaged("a parameter is out of range");
            }
            classes.read(input);
            countKeys(prediction, count, residual, keyShift);
        } else {
            classes.single();
            Arrays.fill(keyCounts, 0);
            keyCounts[0] = count;
        }
        reserve(count, 0);
        startClasses(count);
        for (int c = 0; c < classes.size(); c++) {
            int end = c + 1 < classes.size() ? next[c + 1] : count;
            streams.decode(input, tokens, next[c], end - next[c]);
        }
        for (int token = 0; token < 256; token++) {
            extras[token] = Math.min(63, Tokens.extraBits(token, m));
            bases[token] = Tokens.base(token, m);
        }
        int extra = input.getVarint(input.remaining());
        int at = input.skip(extra);
        restore(input.array(), at, at + extra, prediction, target, count, residual, keyShift);
        return form;
    }

    private void restore(
            byte[] in,
            int from,
            int end,
            byte[] prediction,
            byte[] target,
            int count,
            Residual residual,
            int keyShift) {
        final int log = residual.form().log2Bytes();
        final byte[] ofKey = classes.ofKey();
        final byte[] token = tokens;
        final boolean single = !residual.form().isFloat();
        final long mask = residual.form().magnitudeMask();
        final long half = residual.shift() == 0 ? 0 : 1L << (residual.shift() - 1);
        final int drop = single ? 63 : residual.shift() + keyShift;
        final long keyMask = single ? 0 : mask;
        final long limit = 8L * end;
        long bit = 8L * from;
        for (int first = 0; first < count; first += CHUNK) {
            int length = Math.min(CHUNK, count - first);
            Words.load(prediction, log, first, length, guesses);
            for (int i = 0; i < length; i++) {
                int c = ofKey[(int) (((guesses[i] & keyMask) + half) >>> drop)];
                int t = token[next[c]++] & 0xff;
                int extra = extras[t];
                long value = (long) Words.LONG.get(in, (int) (bit >>> 3)) >>> (bit & 7);
                if (extra > 56) {
                    long high = (long) Words.LONG.get(in, (int) ((bit + 32) >>> 3)) >>> (bit & 7);
                    value = (value & 0xffffffffL) | high << 32;
                }
                bit += extra;
                words[i] = bases[t] + (value & ~(-1L << extra));
            }
            if (bit > limit) {
                throw ByteInput.damaged("it ends too early");
            }
            residual.inverse(words, guesses, length);
            Words.store(words, length, target, log, first);
        }
        if (limit - bit >= 8) {
            throw ByteInput.damaged("it has bytes left over");
        }
    }
}
