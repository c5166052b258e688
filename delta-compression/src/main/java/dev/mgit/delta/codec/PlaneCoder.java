package dev.mgit.delta.codec;

import org.jspecify.annotations.Nullable;

/**
 * Words as byte planes, highest first, each an entropy-coded stream. Alone, the sign of a float goes to the lowest bit
 * and words are aligned to the top, so that an exponent of 8 bits has a plane to itself (ZipNN, arXiv:2411.05239);
 * integers are zigzagged. With a prediction the planes are those of the zigzagged residual.
 *
 * <pre>
 * body := form(byte) shift(byte) stream*planes     planes = ceil((word bits - shift) / 8), each a byte a word long
 * </pre>
 */
final class PlaneCoder {
    private static final int CHUNK = 512;

    private final StreamCoder streams;
    private final long[] words = new long[CHUNK];
    private final long[] guesses = new long[CHUNK];
    private byte[] planes = new byte[0];

    PlaneCoder(StreamCoder streams) {
        this.streams = streams;
    }

    private static int planes(Residual residual) {
        return (residual.bits() + 7) >> 3;
    }

    private void reserve(int length) {
        if (planes.length < length) {
            planes = new byte[length];
        }
    }

    void encode(byte[] raw, byte @Nullable [] prediction, int count, Residual residual, Effort effort, ByteSink sink) {
        int size = planes(residual);
        reserve(size * count);
        sink.put(residual.form().toByte());
        sink.put(residual.shift());
        int log = residual.form().log2Bytes();
        for (int first = 0; first < count; first += CHUNK) {
            int length = Math.min(CHUNK, count - first);
            Words.load(raw, log, first, length, words);
            if (prediction != null) {
                Words.load(prediction, log, first, length, guesses);
                residual.forward(words, guesses, length);
            } else {
                rotate(words, length, residual);
            }
            for (int plane = 0; plane < size; plane++) {
                int at = plane * count + first;
                int down = 8 * (size - 1 - plane);
                for (int i = 0; i < length; i++) {
                    planes[at + i] = (byte) (words[i] >>> down);
                }
            }
        }
        for (int plane = 0; plane < size; plane++) {
            streams.encode(planes, plane * count, count, effort, sink);
        }
    }

    /** Fills the whole words of the target and returns their form. */
    WordForm decode(ByteInput input, byte @Nullable [] prediction, byte[] target, int length) {
        WordForm form = WordForm.fromByte(input.get());
        int shift = input.get();
        if (shift > form.maxShift()) {
            throw ByteInput.damaged("a parameter is out of range");
        }
        Residual residual = new Residual(form, shift);
        int log = form.log2Bytes();
        int count = length >> log;
        int size = planes(residual);
        reserve(size * count);
        for (int plane = 0; plane < size; plane++) {
            streams.decode(input, planes, plane * count, count);
        }
        for (int first = 0; first < count; first += CHUNK) {
            int run = Math.min(CHUNK, count - first);
            for (int i = 0; i < run; i++) {
                words[i] = planes[first + i] & 0xff;
            }
            for (int plane = 1; plane < size; plane++) {
                int at = plane * count + first;
                for (int i = 0; i < run; i++) {
                    words[i] = words[i] << 8 | (planes[at + i] & 0xff);
                }
            }
            if (prediction != null) {
                Words.load(prediction, log, first, run, guesses);
                residual.inverse(words, guesses, run);
            } else {
                rotateBack(words, run, residual);
            }
            Words.store(words, run, target, log, first);
        }
        return form;
    }

    /** The lowest bit of what is left gets the sign; the whole is aligned to the top of its bytes. */
    static void rotate(long[] words, int count, Residual residual) {
        final int drop = residual.shift();
        final int top = residual.form().bits() - 1;
        final int align = 8 * planes(residual) - residual.bits();
        if (residual.form().isFloat()) {
            final long mask = residual.form().magnitudeMask();
            for (int i = 0; i < count; i++) {
                words[i] = ((words[i] & mask) >>> drop << 1 | words[i] >>> top) << align;
            }
        } else {
            for (int i = 0; i < count; i++) {
                long v = words[i] << (63 - top) >> (63 - top) >> drop;
                words[i] = ((v << 1) ^ (v >> 63)) & -1L >>> (63 - top + drop);
            }
        }
    }

    private static void rotateBack(long[] words, int count, Residual residual) {
        final int drop = residual.shift();
        final int top = residual.form().bits() - 1;
        final int align = 8 * planes(residual) - residual.bits();
        if (residual.form().isFloat()) {
            for (int i = 0; i < count; i++) {
                long x = words[i] >>> align;
                words[i] = x >>> 1 << drop | x << top;
            }
        } else {
            for (int i = 0; i < count; i++) {
                long x = words[i];
                words[i] = ((x >>> 1) ^ -(x & 1)) << drop;
            }
        }
    }
}
