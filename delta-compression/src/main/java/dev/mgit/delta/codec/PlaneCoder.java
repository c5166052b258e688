package dev.mgit.delta.codec;

import java.util.Arrays;

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
            LittleEndianWords.loadLongs(raw, from, end, longs, words);
            residual.rotate(words, longs);
            int first = from >> residual.form().log2Bytes();
            int last = Math.min(count, first + ((8 * CHUNK) >> residual.form().log2Bytes()));
            for (int plane = 0; plane < size; plane++) {
                split(words, residual.form().bits(), 8 * (size - 1 - plane) - align, plane * count, first, last);
            }
        }
        for (int plane = 0; plane < size; plane++) {
            streams.encode(planes, plane * count, count, ofPlanes(residual, effort), sink);
        }
    }

    /**
     * A float of one byte is little more than an exponent: what Huffman's whole bits lose there is a large part of what
     * can be saved at all.
     */
    private static Effort ofPlanes(Residual residual, Effort effort) {
        boolean one = residual.form().isFloat() && residual.form().log2Bytes() == 0;
        return one && effort == Effort.BALANCED ? Effort.SMALL : effort;
    }

    /**
     * Writes one byte of each word to its plane: the one {@code down} bits up from the lowest, or from below it. The
     * bytes of all words in a long are moved together.
     */
    private void split(long[] from, int width, int down, int plane, int first, int last) {
        final byte[] out = planes;
        final int up = Math.max(0, -down);
        final int drop = Math.max(0, down);
        int at = plane + first;
        int i = 0;
        if (width == 16) {
            for (; at + 4 <= plane + last; i++, at += 4) {
                long w = (from[i] << up) >>> drop & 0x00ff00ff00ff00ffL;
                w = (w | w >>> 8) & 0x0000ffff0000ffffL;
                LittleEndianWords.INT.set(out, at, (int) (w | w >>> 16));
            }
        } else if (width == 32) {
            for (; at + 2 <= plane + last; i++, at += 2) {
                long w = (from[i] << up) >>> drop & 0x000000ff000000ffL;
                LittleEndianWords.SHORT.set(out, at, (short) (w | w >>> 24));
            }
        }
        for (; at < plane + last; i++) {
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
            Arrays.fill(words, 0, longs, 0);
            int first = from >> log;
            int last = Math.min(count, (from + 8 * CHUNK) >> log);
            for (int plane = 0; plane < size; plane++) {
                join(form.bits(), 8 * (size - 1 - plane), plane * count, first, last);
            }
            drop(longs, form.bits(), align);
            residual.rotateBack(words, longs);
            LittleEndianWords.storeLongs(words, longs, target, from, end);
        }
        return form;
    }

    /** Puts one byte of each word in its place, {@code up} bits from the lowest. */
    private void join(int width, int up, int plane, int first, int last) {
        final byte[] in = planes;
        int at = plane + first;
        int i = 0;
        if (width == 16) {
            for (; at + 4 <= plane + last; i++, at += 4) {
                long w = (int) LittleEndianWords.INT.get(in, at) & 0xffffffffL;
                w = (w | w << 16) & 0x0000ffff0000ffffL;
                words[i] |= ((w | w << 8) & 0x00ff00ff00ff00ffL) << up;
            }
        } else if (width == 32) {
            for (; at + 2 <= plane + last; i++, at += 2) {
                long w = (short) LittleEndianWords.SHORT.get(in, at) & 0xffffL;
                words[i] |= ((w | w << 24) & 0x000000ff000000ffL) << up;
            }
        }
        for (; at < plane + last; i++) {
            for (int lane = up; lane < 64 && at < plane + last; lane += width) {
                words[i] |= (in[at++] & 0xffL) << lane;
            }
        }
    }

    /** Moves every word down to its lowest bit; what is below goes. */
    private void drop(int longs, int width, int align) {
        if (align > 0) {
            long field = -1L >>> (64 - width);
            long keep = Long.divideUnsigned(-1L, field) * (field >>> align);
            for (int i = 0; i < longs; i++) {
                words[i] = words[i] >>> align & keep;
            }
        }
    }
}
