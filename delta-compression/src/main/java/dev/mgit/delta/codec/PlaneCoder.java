package dev.mgit.delta.codec;

/**
 * Words without a prediction as byte planes, highest first, each an entropy-coded stream. The sign of a float goes to
 * the lowest bit and words are aligned to the top, so that an exponent of 8 bits has a plane to itself (ZipNN,
 * arXiv:2411.05239); integers are zigzagged.
 *
 * <pre>
 * body := form(byte) shift(byte) stream*planes     planes = ceil((word bits - shift) / 8), each a byte a word long
 * </pre>
 */
final class PlaneCoder {
    /** Longs handled at a time, so that they stay in the nearest cache. */
    private static final int CHUNK = 256;

    private final StreamCoder streams;
    private final long[] words = new long[CHUNK];
    private byte[] planes = new byte[0];

    PlaneCoder(StreamCoder streams) {
        this.streams = streams;
    }

    private static int planes(Residual residual) {
        return (residual.bits() + 7) >> 3;
    }

    /** Bits a float is moved up, so that its exponent starts a plane. */
    private static int align(Residual residual) {
        return residual.form().isFloat() ? 8 * planes(residual) - residual.bits() : 0;
    }

    private void reserve(int length) {
        if (planes.length < length) {
            planes = new byte[length];
        }
    }

    void encode(byte[] raw, int count, Residual residual, Effort effort, ByteSink sink) {
        int size = planes(residual);
        reserve(size * count + 8);
        sink.put(residual.form().toByte());
        sink.put(residual.shift());
        int end = count << residual.form().log2Bytes();
        int align = align(residual);
        for (int from = 0; from < end; from += 8 * CHUNK) {
            int longs = Math.min(CHUNK, (end - from + 7) >> 3);
            Words.loadLongs(raw, from, end, longs, words);
            residual.rotate(words, longs);
            int first = from >> residual.form().log2Bytes();
            int last = Math.min(count, first + ((8 * CHUNK) >> residual.form().log2Bytes()));
            for (int plane = 0; plane < size; plane++) {
                split(words, residual.form().bits(), 8 * (size - 1 - plane) - align, plane * count, first, last);
            }
        }
        for (int plane = 0; plane < size; plane++) {
            streams.encode(planes, plane * count, count, effort, sink);
        }
    }

    /** Writes one byte of each word to its plane: the one {@code down} bits up from the lowest, or from below it. */
    private void split(long[] from, int width, int down, int plane, int first, int last) {
        final byte[] out = planes;
        final int up = Math.max(0, -down);
        final int drop = Math.max(0, down);
        int at = plane + first;
        for (int i = 0; at < plane + last; i++) {
            long w = from[i] << up;
            for (int lane = drop; lane < 64 && at < plane + last; lane += width) {
                out[at++] = (byte) (w >>> lane);
            }
        }
    }

    /** Fills the whole words of the target and returns their form. */
    WordForm decode(ByteInput input, byte[] target, int length) {
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
        int align = align(residual);
        int end = count << log;
        for (int from = 0; from < end; from += 8 * CHUNK) {
            int longs = Math.min(CHUNK, (end - from + 7) >> 3);
            join(from >> log, Math.min(count, (from + 8 * CHUNK) >> log), count, size, form.bits(), align);
            residual.rotateBack(words, longs);
            Words.storeLongs(words, longs, target, from, end);
        }
        return form;
    }

    /** Gathers words from their planes. */
    private void join(int first, int last, int count, int size, int width, int align) {
        int lane = 0;
        int at = 0;
        long packed = 0;
        for (int i = first; i < last; i++) {
            long w = 0;
            for (int plane = i; plane < size * count; plane += count) {
                w = w << 8 | (planes[plane] & 0xff);
            }
            packed |= w >>> align << lane;
            lane += width;
            if (lane == 64) {
                words[at++] = packed;
                packed = 0;
                lane = 0;
            }
        }
        if (lane != 0) {
            words[at] = packed;
        }
    }
}
