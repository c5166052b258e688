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
    /** Longs handled at a time, so that they stay in the nearest cache. */
    private static final int CHUNK = 256;

    private static final int SAMPLE = 1 << 14;

    /** Distance of the tables that count keys. */
    private static final int STRIDE = 1 << 12;

    private final StreamCoder streams;
    private final Classes classes = new Classes();
    private final long[] words = new long[CHUNK];
    private final long[] guesses = new long[CHUNK];
    private final int[] keyCounts = new int[4 * STRIDE];
    private final int[] sampleCounts = new int[Classes.MOST * 256];
    private final int[] next = new int[Classes.MOST];
    private final long[] bases = new long[256];
    private final byte[] extras = new byte[256];
    private byte[] tokens = new byte[0];
    private byte[] bits = new byte[0];

    TokenCoder(StreamCoder streams) {
        this.streams = streams;
    }

    void encode(byte[] raw, byte[] prediction, int count, Residual residual, Effort effort, ByteSink sink) {
        WordForm form = residual.form();
        int m = Tokens.significantBits(residual.bits(), wish(count));
        int keyShift = form.isFloat() ? residual.magnitudeBits() - form.exponentBits() : 63;
        sink.put(form.toByte());
        sink.put(residual.shift());
        sink.put(m);
        countKeys(prediction, count, residual, keyShift);
        if (form.isFloat()) {
            chooseClasses(raw, prediction, count, residual, m, keyShift, effort);
            sink.put(keyShift);
            classes.write(sink);
        } else {
            classes.single();
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
        classes.cut(keyCounts, count);
        WordForm form = residual.form();
        int log = form.log2Bytes();
        Arrays.fill(sampleCounts, 0, classes.size() * 256, 0);
        byte[] ofKey = classes.ofKey();
        int runs = Sampling.runs(effort == Effort.SMALL ? 4 * SAMPLE : SAMPLE, count);
        int sampled = 0;
        for (int run = 0; run < runs; run++) {
            int first = Sampling.first(run, runs, count);
            int length = Sampling.length(first, count);
            int longs = load(raw, prediction, first << log, (first + length) << log);
            residual.forward(words, guesses, longs);
            for (int i = 0; i < length; i++) {
                int key = (int) (Words.lane(guesses, form, i) >>> keyShift);
                sampleCounts[(ofKey[key] << 8) + Tokens.token(Words.lane(words, form, i), m)]++;
            }
            sampled += length;
        }
        classes.join(sampleCounts, (double) count / Math.max(1, sampled));
    }

    private int load(byte[] raw, byte[] prediction, int from, int end) {
        int longs = Math.min(CHUNK, (end - from + 7) >> 3);
        Words.loadLongs(raw, from, end, longs, words);
        Words.loadLongs(prediction, from, end, longs, guesses);
        return longs;
    }

    /** Counts the keys of all predicted words; several tables keep equal neighbours from waiting for each other. */
    private void countKeys(byte[] prediction, int count, Residual residual, int keyShift) {
        final int log = residual.form().log2Bytes();
        final int end = count << log;
        final int width = residual.form().bits();
        final long field = -1L >>> (64 - width);
        final int[] counts = keyCounts;
        Arrays.fill(counts, 0);
        if (!residual.form().isFloat()) {
            counts[0] = count;
            return;
        }
        for (int from = 0; from < end; from += 8 * CHUNK) {
            int longs = Math.min(CHUNK, (end - from + 7) >> 3);
            Words.loadLongs(prediction, from, end, longs, guesses);
            residual.magnitudes(guesses, longs);
            for (int i = 0; i < longs; i++) {
                long g = guesses[i];
                int table = (i & 1) * 2 * STRIDE;
                for (int lane = 0; lane < 64; lane += width) {
                    counts[table + (int) (((g >>> lane) & field) >>> keyShift)]++;
                    table ^= STRIDE;
                }
            }
        }
        counts[0] -= ((8 - (end & 7)) & 7) >> log;
        for (int key = 0; key < Classes.KEYS; key++) {
            counts[key] += counts[STRIDE + key] + counts[2 * STRIDE + key] + counts[3 * STRIDE + key];
        }
    }

    /** Sets {@link #next} to where each class begins among the tokens. */
    private void startClasses(int count) {
        Arrays.fill(next, 0);
        byte[] ofKey = classes.ofKey();
        for (int key = 0; key < Classes.KEYS; key++) {
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
        final int end = count << residual.form().log2Bytes();
        final int width = residual.form().bits();
        final boolean narrow = fitsTogether(residual.bits(), width, m);
        BitState state = new BitState();
        for (int from = 0; from < end; from += 8 * CHUNK) {
            int longs = load(raw, prediction, from, end);
            residual.forward(words, guesses, longs);
            if (!residual.form().isFloat()) {
                Arrays.fill(guesses, 0, longs, 0);
            }
            int last = Math.min(8, end - from - 8 * (longs - 1)) * 8;
            if (narrow) {
                tokeniseNarrow(longs - 1, width, m, keyShift, state);
                tokeniseWide(longs - 1, longs, last, width, m, keyShift, state);
            } else {
                tokeniseWide(0, longs - 1, 64, width, m, keyShift, state);
                tokeniseWide(longs - 1, longs, last, width, m, keyShift, state);
            }
        }
        return state.at + (state.filled > 0 ? 1 : 0);
    }

    /** Where the extra bits stand between two chunks. */
    private static final class BitState {
        private long pending;
        private int filled;
        private int at;
    }

    /** True if the extra bits of all words of a long, behind seven bits left over, fit a long. */
    private static boolean fitsTogether(int bits, int width, int m) {
        return Math.max(0, bits - 1 - m) * (64 / width) <= 57;
    }

    private void tokeniseNarrow(int longs, int width, int m, int keyShift, BitState state) {
        final byte[] ofKey = classes.ofKey();
        final byte[] out = tokens;
        final byte[] bit = bits;
        final int[] to = next;
        final long field = -1L >>> (64 - width);
        final int lead = 63 - m;
        long pending = state.pending;
        int filled = state.filled;
        int at = state.at;
        for (int i = 0; i < longs; i++) {
            long w = words[i];
            long g = guesses[i];
            for (int lane = 0; lane < 64; lane += width) {
                long u = (w >>> lane) & field;
                int shift = Math.max(0, lead - Long.numberOfLeadingZeros(u | 1));
                int c = ofKey[(int) (((g >>> lane) & field) >>> keyShift)];
                int k = to[c];
                to[c] = k + 1;
                out[k] = (byte) ((shift << m) + (int) (u >>> shift));
                pending |= (u & ~(-1L << shift)) << filled;
                filled += shift;
            }
            Words.LONG.set(bit, at, pending);
            at += filled >>> 3;
            pending >>>= filled & 56;
            filled &= 7;
        }
        state.pending = pending;
        state.filled = filled;
        state.at = at;
    }

    private void tokeniseWide(int first, int longs, int lanes, int width, int m, int keyShift, BitState state) {
        final byte[] ofKey = classes.ofKey();
        final long field = -1L >>> (64 - width);
        for (int i = first; i < longs; i++) {
            for (int lane = 0; lane < lanes; lane += width) {
                long u = (words[i] >>> lane) & field;
                int shift = Tokens.shift(u, m);
                int c = ofKey[(int) (((guesses[i] >>> lane) & field) >>> keyShift)];
                tokens[next[c]++] = (byte) Tokens.token(u, m);
                long extra = u & ~(-1L << shift);
                if (shift > 32) {
                    put(extra & 0xffffffffL, 32, state);
                    put(extra >>> 32, shift - 32, state);
                } else {
                    put(extra, shift, state);
                }
            }
        }
    }

    private void put(long extra, int count, BitState state) {
        state.pending |= extra << state.filled;
        state.filled += count;
        Words.LONG.set(bits, state.at, state.pending);
        state.at += state.filled >>> 3;
        state.pending >>>= state.filled & 56;
        state.filled &= 7;
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
        int keyShift = 63;
        if (form.isFloat()) {
            keyShift = input.get();
            if (keyShift < residual.magnitudeBits() - 11 || keyShift > 63) {
                throw ByteInput.damaged("a parameter is out of range");
            }
            classes.read(input);
        } else {
            classes.single();
        }
        countKeys(prediction, count, residual, keyShift);
        reserve(count, 0);
        startClasses(count);
        for (int c = 0; c < classes.size(); c++) {
            int end = c + 1 < classes.size() ? next[c + 1] : count;
            streams.decode(input, tokens, next[c], end - next[c]);
        }
        for (int token = 0; token < 256; token++) {
            extras[token] = (byte) Math.min(63, Tokens.extraBits(token, m));
            bases[token] = Tokens.base(token, m);
        }
        int extra = input.getVarint(input.remaining());
        int at = input.skip(extra);
        restore(input.array(), at, at + extra, prediction, target, count, residual, m, keyShift);
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
            int m,
            int keyShift) {
        final int log = residual.form().log2Bytes();
        final int width = residual.form().bits();
        final boolean narrow = fitsTogether(residual.bits(), width, m);
        final int stop = count << log;
        final long limit = 8L * end;
        long bit = 8L * from;
        long[] keys = new long[CHUNK];
        for (int first = 0; first < stop; first += 8 * CHUNK) {
            int longs = Math.min(CHUNK, (stop - first + 7) >> 3);
            Words.loadLongs(prediction, first, stop, longs, guesses);
            if (residual.form().isFloat()) {
                System.arraycopy(guesses, 0, keys, 0, longs);
                residual.magnitudes(keys, longs);
            }
            int last = Math.min(8, stop - first - 8 * (longs - 1)) * 8;
            bit = narrow
                    ? restoreNarrow(in, bit, keys, longs - 1, width, keyShift)
                    : restoreWide(in, bit, keys, 0, longs - 1, 64, width, keyShift);
            bit = restoreWide(in, bit, keys, longs - 1, longs, last, width, keyShift);
            if (bit > limit) {
                throw ByteInput.damaged("it ends too early");
            }
            residual.inverse(words, guesses, longs);
            Words.storeLongs(words, longs, target, first, stop);
        }
        if (limit - bit >= 8) {
            throw ByteInput.damaged("it has bytes left over");
        }
    }

    private long restoreNarrow(byte[] in, long from, long[] keys, int longs, int width, int keyShift) {
        final byte[] ofKey = classes.ofKey();
        final byte[] token = tokens;
        final int[] at = next;
        final long[] base = bases;
        final byte[] extra = extras;
        final long field = -1L >>> (64 - width);
        long bit = from;
        for (int i = 0; i < longs; i++) {
            long g = keys[i];
            long value = (long) Words.LONG.get(in, (int) (bit >>> 3)) >>> (bit & 7);
            long w = 0;
            for (int lane = 0; lane < 64; lane += width) {
                int c = ofKey[(int) (((g >>> lane) & field) >>> keyShift)];
                int k = at[c];
                at[c] = k + 1;
                int t = token[k] & 0xff;
                int n = extra[t];
                w |= ((base[t] + (value & ~(-1L << n))) & field) << lane;
                value >>>= n;
                bit += n;
            }
            words[i] = w;
        }
        return bit;
    }

    private long restoreWide(
            byte[] in, long from, long[] keys, int first, int longs, int lanes, int width, int keyShift) {
        final byte[] ofKey = classes.ofKey();
        final long field = -1L >>> (64 - width);
        long bit = from;
        for (int i = first; i < longs; i++) {
            long w = 0;
            for (int lane = 0; lane < lanes; lane += width) {
                int c = ofKey[(int) (((keys[i] >>> lane) & field) >>> keyShift)];
                int t = tokens[next[c]++] & 0xff;
                int n = extras[t];
                long value = (long) Words.LONG.get(in, (int) (bit >>> 3)) >>> (bit & 7);
                if (n > 56) {
                    long high = (long) Words.LONG.get(in, (int) ((bit + 32) >>> 3)) >>> (bit & 7);
                    value = (value & 0xffffffffL) | high << 32;
                }
                w |= ((bases[t] + (value & ~(-1L << n))) & field) << lane;
                bit += n;
            }
            words[i] = w;
        }
        return bit;
    }
}
