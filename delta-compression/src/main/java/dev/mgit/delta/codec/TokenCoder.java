package dev.mgit.delta.codec;

import java.util.Arrays;

/**
 * Residuals as tokens grouped by the class of their prediction, each group an entropy-coded stream of its own, and
 * their extra bits as they are.
 *
 * <pre>
 * body := form(byte) shift(byte) alphabet(byte: direct in the high half, m in the low) classes
 *         stream of tokens, for each class in turn
 *         varint(extra) byte*extra          bits, lowest first, in word order
 * classes := 1(byte)                        no classes: tokens in word order
 *          | n(byte) keyShift(byte) varint(keys in the class - 1)*(n - 1) varint(words in the class)*(n - 1)
 * </pre>
 */
final class TokenCoder {
    /** Longs handled at a time, so that they stay in the nearest cache. */
    private static final int CHUNK = 256;

    private static final int MOST_WORDS_IN_CHUNK = 8 * CHUNK;
    private static final int SAMPLE = 1 << 14;
    private static final int SAMPLE_SMALL = 1 << 16;

    private final StreamCoder streams;
    private final ContextClasses classes = new ContextClasses();
    private final TokenSplitter splitter = new TokenSplitter();
    private final TokenJoiner joiner = new TokenJoiner();
    private final long[] words = new long[CHUNK];
    private final long[] guesses = new long[CHUNK];
    private final long[] magnitudes = new long[CHUNK];
    private final int[] keyCounts = new int[ContextClasses.KEYS];
    private final short[] sampleKeys = new short[SAMPLE_SMALL + BlockSampling.RUN];
    private final byte[] sampleTokens = new byte[SAMPLE_SMALL + BlockSampling.RUN];
    private final int[] sampleCounts = new int[ContextClasses.MOST * 256];
    private final int[] start = new int[ContextClasses.MOST + 1];

    TokenCoder(StreamCoder streams) {
        this.streams = streams;
    }

    void encode(byte[] raw, byte[] prediction, int count, Residual residual, Effort effort, ByteSink sink) {
        WordForm form = residual.form();
        Tokens alphabet = Tokens.choose(residual.bits(), count);
        int keyShift = residual.magnitudeBits() - form.exponentBits();
        sink.put(form.toByte());
        sink.put(residual.shift());
        alphabet.write(sink);
        if (form.isFloat() && effort != Effort.FAST) {
            int sampled = sample(raw, prediction, count, residual, alphabet, keyShift, effort);
            chooseClasses(count, sampled);
            guessStarts(count, sampled);
        } else {
            classes.single();
            start[1] = count;
        }
        if (!split(raw, prediction, count, residual, alphabet, keyShift)) {
            countKeys(prediction, count, residual, keyShift);
            setStarts(1, 0);
            split(raw, prediction, count, residual, alphabet, keyShift);
        }
        classes.write(keyShift, sink);
        for (int c = 0; c + 1 < classes.size(); c++) {
            sink.putVarint(size(c));
        }
        for (int c = 0; c < classes.size(); c++) {
            streams.encode(splitter.tokens(), start[c], size(c), effort, sink);
        }
        sink.putVarint(splitter.extraBytes());
        sink.put(splitter.bits(), 0, splitter.extraBytes());
    }

    /** Words in a class after {@link #split}. */
    private int size(int c) {
        return splitter.next[c] - start[c];
    }

    /** Takes keys and tokens of a sample, counts the keys, and returns how many words it holds. */
    private int sample(
            byte[] raw, byte[] prediction, int count, Residual residual, Tokens alphabet, int keyShift, Effort effort) {
        WordForm form = residual.form();
        int log = form.log2Bytes();
        int runs = BlockSampling.runs(effort == Effort.SMALL ? SAMPLE_SMALL : SAMPLE, count);
        int sampled = 0;
        Arrays.fill(keyCounts, 0);
        for (int run = 0; run < runs; run++) {
            int first = BlockSampling.first(run, runs, count);
            int length = BlockSampling.length(first, count);
            int longs = load(prediction, first << log, (first + length) << log, guesses);
            load(raw, first << log, (first + length) << log, words);
            residual.magnitudes(guesses, magnitudes, longs);
            residual.forward(words, guesses, magnitudes, longs);
            for (int i = 0; i < length; i++) {
                int key = (int) (LittleEndianWords.lane(magnitudes, form, i) >>> keyShift);
                keyCounts[key]++;
                sampleKeys[sampled] = (short) key;
                sampleTokens[sampled++] = (byte) alphabet.token(LittleEndianWords.lane(words, form, i));
            }
        }
        return sampled;
    }

    private void chooseClasses(int count, int sampled) {
        classes.cut(keyCounts, sampled);
        Arrays.fill(sampleCounts, 0, classes.size() * 256, 0);
        byte[] ofKey = classes.ofKey();
        for (int i = 0; i < sampled; i++) {
            sampleCounts[(ofKey[sampleKeys[i]] << 8) + (sampleTokens[i] & 0xff)]++;
        }
        classes.join(sampleCounts, (double) count / Math.max(1, sampled));
    }

    /** Gives each class room for as many tokens as the sample has it expect, and some more. */
    private void guessStarts(int count, int sampled) {
        if (classes.size() == 1) {
            start[1] = count;
        } else if (sampled == count) {
            setStarts(1, 0);
        } else {
            setStarts(1.05 * count / sampled, count / 128 + MOST_WORDS_IN_CHUNK);
        }
    }

    /** Lays out the classes' parts of the token array, from counts of keys. */
    private void setStarts(double scale, int slack) {
        Arrays.fill(start, 0);
        byte[] ofKey = classes.ofKey();
        for (int key = 0; key < ContextClasses.KEYS; key++) {
            start[ofKey[key] + 1] += keyCounts[key];
        }
        for (int c = 0; c < classes.size(); c++) {
            start[c + 1] = start[c] + (int) (start[c + 1] * scale) + slack;
        }
    }

    private void countKeys(byte[] prediction, int count, Residual residual, int keyShift) {
        WordForm form = residual.form();
        int end = count << form.log2Bytes();
        Arrays.fill(keyCounts, 0);
        for (int from = 0; from < end; from += 8 * CHUNK) {
            int longs = load(prediction, from, end, magnitudes);
            residual.magnitudes(magnitudes, magnitudes, longs);
            int in = Math.min(8 * CHUNK, end - from) >> form.log2Bytes();
            for (int i = 0; i < in; i++) {
                keyCounts[(int) (LittleEndianWords.lane(magnitudes, form, i) >>> keyShift)]++;
            }
        }
    }

    private static int load(byte[] source, int from, int end, long[] target) {
        int longs = Math.min(CHUNK, (end - from + 7) >> 3);
        LittleEndianWords.loadLongs(source, from, end, longs, target);
        return longs;
    }

    /** Bits of the last long of a chunk that hold words. */
    private static int lastBits(int from, int end, int longs) {
        return Math.min(64, 8 * (end - from - 8 * (longs - 1)));
    }

    /** Groups all tokens; gives up and returns false where a class outgrows its part. */
    private boolean split(byte[] raw, byte[] prediction, int count, Residual residual, Tokens alphabet, int keyShift) {
        WordForm form = residual.form();
        int end = count << form.log2Bytes();
        int size = classes.size();
        splitter.start(classes, keyShift, alphabet, start[size], (int) ((long) count * residual.bits() / 8));
        System.arraycopy(start, 0, splitter.next, 0, size);
        boolean exact = start[size] == count;
        for (int from = 0; from < end; from += 8 * CHUNK) {
            if (!exact && !hasRoom(size)) {
                return false;
            }
            int longs = load(prediction, from, end, guesses);
            load(raw, from, end, words);
            residual.magnitudes(guesses, magnitudes, longs);
            residual.forward(words, guesses, magnitudes, longs);
            splitter.split(words, magnitudes, longs, lastBits(from, end, longs), residual, size == 1);
        }
        return true;
    }

    private boolean hasRoom(int size) {
        for (int c = 0; c < size; c++) {
            if (start[c + 1] - splitter.next[c] < MOST_WORDS_IN_CHUNK) {
                return false;
            }
        }
        return true;
    }

    /** Fills the whole words of the target and returns their form. */
    WordForm decode(ByteInput input, byte[] prediction, byte[] target, int length) {
        WordForm form = WordForm.fromByte(input.get());
        int shift = input.get();
        if (shift > form.maxShift()) {
            throw ByteInput.damaged("a parameter is out of range");
        }
        Tokens alphabet = Tokens.read(input);
        Residual residual = new Residual(form, shift);
        int count = length >> form.log2Bytes();
        int keyShift = classes.read(input, residual.magnitudeBits());
        int size = classes.size();
        start[0] = 0;
        for (int c = 0; c + 1 < size; c++) {
            start[c + 1] = start[c] + input.getVarint(count - start[c]);
        }
        start[size] = count;
        byte[] tokens = joiner.tokens(count);
        for (int c = 0; c < size; c++) {
            streams.decode(input, tokens, start[c], start[c + 1] - start[c]);
        }
        int extra = input.getVarint(input.remaining());
        int at = input.skip(extra);
        joiner.start(classes, keyShift, alphabet, at);
        System.arraycopy(start, 0, joiner.next, 0, size);
        join(input.array(), at + extra, prediction, target, count, residual);
        for (int c = 0; c < size; c++) {
            if (joiner.next[c] != start[c + 1]) {
                throw ByteInput.damaged("a class has the wrong number of words");
            }
        }
        return form;
    }

    private void join(byte[] in, int end, byte[] prediction, byte[] target, int count, Residual residual) {
        int stop = count << residual.form().log2Bytes();
        for (int from = 0; from < stop; from += 8 * CHUNK) {
            int longs = load(prediction, from, stop, guesses);
            residual.magnitudes(guesses, magnitudes, longs);
            joiner.join(in, words, magnitudes, longs, lastBits(from, stop, longs), residual, classes.size() == 1);
            if (joiner.bit() > 8L * end) {
                throw ByteInput.damaged("it ends too early");
            }
            residual.inverse(words, guesses, magnitudes, longs);
            LittleEndianWords.storeLongs(words, longs, target, from, stop);
        }
        if (8L * end - joiner.bit() >= 8) {
            throw ByteInput.damaged("it has bytes left over");
        }
    }
}
