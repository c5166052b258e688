package dev.mgit.delta.codec;

import java.util.Arrays;

/**
 * Codes one stream of bytes that is thought to have no structure beyond its byte frequencies, by the cheapest of a
 * few methods. The stream's length is known to both sides.
 *
 * <pre>
 * stream := nothing, for length 0
 *         | 0 byte*length                 raw
 *         | 1 byte                        one value throughout
 *         | 2 varint(coded) zstd-frame
 *         | 3 varint(coded) rans-stream
 *         | 4 gaps stream                 one value nearly throughout
 *         | 5 stream                      values below 16, two to a byte; a last one alone has a zero above it
 *
 * The streams inside 4 and 5 are of the first four kinds.
 * </pre>
 */
final class StreamCoder {
    private static final int RAW = 0;
    private static final int CONSTANT = 1;
    private static final int ZSTD = 2;
    private static final int RANS = 3;
    private static final int GAPS = 4;
    private static final int PAIRS = 5;

    /** Streams shorter than this are not worth a call into native code. */
    private static final int SHORT = 1 << 10;
    /** Sampled entropy a byte from which a stream is taken for noise, the bias of a 4096-byte sample allowed for. */
    private static final double NOISE = 7.93;
    /** Between these bits a byte, and far from either end, it needs no count to know that Huffman's stage will do. */
    private static final double PLAIN_LEAST = 2.5;

    private static final double PLAIN_MOST = 7.6;
    /** One value in how many may differ from the usual one for gaps to be faster than coding each. */
    private static final int GAPS_RARITY = 8;
    /** Below this many bits a symbol the whole-bit codes of Huffman's stage lose too much. */
    private static final double HUFFMAN_FLOOR = 2.0;
    /** Streams shorter than this do not repay the larger frequency table of pairs. */
    private static final int PAIRS_LEAST = 1 << 14;

    private final Zstd zstd;
    private final Rans rans = new Rans();
    private final GapCoder gaps = new GapCoder();
    private final Nibbles nibbles = new Nibbles();
    private final int[] counts = new int[4 * 256];

    StreamCoder(Zstd zstd) {
        this.zstd = zstd;
    }

    void encode(byte[] source, int from, int length, Effort effort, ByteSink sink) {
        if (length == 0) {
            return;
        }
        if (length > 4 * BlockSampling.BYTES) {
            double sampled = sampledBits(source, from, length);
            if (sampled > NOISE) {
                putRaw(source, from, length, sink);
                return;
            }
            if (effort != Effort.SMALL && sampled > PLAIN_LEAST && sampled < PLAIN_MOST) {
                putZstdOrRaw(source, from, length, sink);
                return;
            }
        }
        count(source, from, length);
        double bits = Entropy.bits(counts, 0, 256);
        if (counts[source[from] & 0xff] == length) {
            sink.put(CONSTANT);
            sink.put(source[from]);
            return;
        }
        if (effort != Effort.SMALL && length >= SHORT && encodeGaps(source, from, length, effort, sink)) {
            return;
        }
        if (effort != Effort.SMALL && length >= PAIRS_LEAST && bits < HUFFMAN_FLOOR * length && areNibbles()) {
            encodePairs(source, from, length, effort, sink);
            return;
        }
        encodeFlat(source, from, length, bits, effort, sink);
    }

    /** Whether all values counted are below 16. */
    private boolean areNibbles() {
        return Entropy.distinct(counts, 16, 240) == 0;
    }

    private void encodePairs(byte[] source, int from, int length, Effort effort, ByteSink sink) {
        sink.put(PAIRS);
        byte[] packed = nibbles.pack(source, from, length);
        int size = Nibbles.packedLength(length);
        count(packed, 0, size);
        encodeFlat(packed, 0, size, Entropy.bits(counts, 0, 256), effort, sink);
    }

    private boolean encodeGaps(byte[] source, int from, int length, Effort effort, ByteSink sink) {
        int usual = 0;
        for (int i = 1; i < 256; i++) {
            usual = counts[i] > counts[usual] ? i : usual;
        }
        int others = length - counts[usual];
        if (others > length / GAPS_RARITY) {
            return false;
        }
        sink.put(GAPS);
        gaps.encode(source, from, length, (byte) usual, others, sink);
        counts[usual] = 0;
        if (Entropy.distinct(counts, 0, 256) == 1) {
            sink.put(CONSTANT);
            sink.put(gaps.others()[0]);
        } else {
            encodeFlat(gaps.others(), 0, others, Entropy.bits(counts, 0, 256), effort, sink);
        }
        return true;
    }

    /** Codes each symbol of a stream that has been counted and found worth {@code bits} bits. */
    private void encodeFlat(byte[] source, int from, int length, double bits, Effort effort, ByteSink sink) {
        int start = sink.size();
        double worth = effort == Effort.SMALL ? 0.998 : 0.98;
        if (bits / 8 < worth * length) {
            boolean wholeBits = effort == Effort.FAST || bits > HUFFMAN_FLOOR * length;
            if (effort == Effort.SMALL || length < SHORT || !wholeBits) {
                putRans(source, from, length, sink);
            } else {
                putZstd(source, from, length, sink);
            }
        }
        if (sink.size() == start || sink.size() - start > length) {
            sink.truncate(start);
            putRaw(source, from, length, sink);
        }
    }

    private void putZstdOrRaw(byte[] source, int from, int length, ByteSink sink) {
        int start = sink.size();
        putZstd(source, from, length, sink);
        if (sink.size() - start > length) {
            sink.truncate(start);
            putRaw(source, from, length, sink);
        }
    }

    private static void putRaw(byte[] source, int from, int length, ByteSink sink) {
        sink.put(RAW);
        sink.put(source, from, length);
    }

    private void putRans(byte[] source, int from, int length, ByteSink sink) {
        putSized(RANS, length, sink, () -> rans.encode(source, from, length, counts, sink));
    }

    private void putZstd(byte[] source, int from, int length, ByteSink sink) {
        putSized(ZSTD, length, sink, () -> zstd.compress(Zstd.Mode.PLANE, source, from, length, sink));
    }

    /** Writes a method, a length field of fixed width for streams of this size, and what the coder appends. */
    private static void putSized(int method, int length, ByteSink sink, Runnable coder) {
        int width = (38 - Integer.numberOfLeadingZeros(2 * length)) / 7;
        int start = sink.size();
        sink.put(method);
        for (int i = 0; i < width; i++) {
            sink.put(0);
        }
        coder.run();
        int coded = sink.size() - start - 1 - width;
        byte[] bytes = sink.array();
        for (int i = 0; i < width; i++) {
            bytes[start + 1 + i] = (byte) ((coded >>> (7 * i) & 0x7f) | (i + 1 < width ? 0x80 : 0));
        }
    }

    void decode(ByteInput input, byte[] target, int to, int length) {
        if (length == 0) {
            return;
        }
        switch (input.peek()) {
            case GAPS -> {
                input.skip(1);
                gaps.decode(input, target, to, length, this);
            }
            case PAIRS -> {
                input.skip(1);
                decodeFlat(input, nibbles.reserve(length), 0, Nibbles.packedLength(length));
                nibbles.unpack(target, to, length);
            }
            default -> decodeFlat(input, target, to, length);
        }
    }

    void decodeFlat(ByteInput input, byte[] target, int to, int length) {
        if (length == 0) {
            return;
        }
        switch (input.get()) {
            case RAW -> input.get(target, to, length);
            case CONSTANT -> Arrays.fill(target, to, to + length, (byte) input.get());
            case ZSTD -> zstd.decompress(input, input.getVarint(input.remaining()), target, to, length);
            case RANS -> {
                int coded = input.getVarint(input.remaining());
                if (coded > input.remaining()) {
                    throw ByteInput.damaged("it ends too early");
                }
                rans.decode(input, coded, target, to, length);
            }
            default -> throw ByteInput.damaged("it names an unknown stream method");
        }
    }

    /** Entropy of a sample, in bits a byte. */
    private double sampledBits(byte[] source, int from, int length) {
        Arrays.fill(counts, 0, 256, 0);
        for (int run = 0; run < BlockSampling.BYTES / 64; run++) {
            int at = from + (int) ((long) run * (length - 64) / (BlockSampling.BYTES / 64));
            for (int i = 0; i < 64; i++) {
                counts[source[at + i] & 0xff]++;
            }
        }
        return Entropy.bits(counts, 0, 256) / BlockSampling.BYTES;
    }

    /** Counts byte values; four tables keep equal neighbours from waiting for each other. */
    private void count(byte[] source, int from, int length) {
        final int[] c = counts;
        Arrays.fill(c, 0);
        int end = from + length;
        int i = from;
        for (; i + 8 <= end; i += 8) {
            long w = (long) LittleEndianWords.LONG.get(source, i);
            c[(int) w & 0xff]++;
            c[256 + ((int) (w >>> 8) & 0xff)]++;
            c[512 + ((int) (w >>> 16) & 0xff)]++;
            c[768 + ((int) (w >>> 24) & 0xff)]++;
            c[(int) (w >>> 32) & 0xff]++;
            c[256 + ((int) (w >>> 40) & 0xff)]++;
            c[512 + ((int) (w >>> 48) & 0xff)]++;
            c[768 + (int) (w >>> 56)]++;
        }
        for (; i < end; i++) {
            c[source[i] & 0xff]++;
        }
        for (int s = 0; s < 256; s++) {
            c[s] += c[256 + s] + c[512 + s] + c[768 + s];
        }
    }
}
