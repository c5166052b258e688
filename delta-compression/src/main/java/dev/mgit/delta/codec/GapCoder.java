package dev.mgit.delta.codec;

import java.util.Arrays;

/**
 * A stream in which one byte value is nearly everywhere, as the distances between the others and, apart, those others.
 * Distances between rare events are geometric, for which Rice codes are near the entropy and need no table (Golomb
 * 1966; Rice 1979); and long runs cost no time.
 *
 * <pre>
 * gaps := byte(the usual value) varint(others) byte(r) varint(size) byte*size
 *         bits, lowest first, for each of the others: its distance d from the one before, as d >> r ones, a zero, and
 *         the low r bits of d; from 24 ones on instead 24 ones and d in 32 bits
 * </pre>
 */
final class GapCoder {
    private static final int MOST_ONES = 24;
    private static final int MOST_LOW_BITS = 24;

    private byte[] others = new byte[0];
    private byte[] bits = new byte[0];

    /** The others, after {@link #encode}. */
    byte[] others() {
        return others;
    }

    /** Writes where the {@code count} others are, and leaves them in {@link #others()}. */
    void encode(byte[] source, int from, int length, byte usual, int count, ByteSink sink) {
        reserve(count);
        int r = Math.min(MOST_LOW_BITS, Math.max(0, 30 - Integer.numberOfLeadingZeros((length - count) / count + 1)));
        sink.put(usual);
        sink.putVarint(count);
        sink.put(r);
        int bytes = writeGaps(source, from, length, usual, r);
        sink.putVarint(bytes);
        sink.put(bits, 0, bytes);
    }

    private void reserve(int count) {
        if (others.length < count) {
            others = new byte[count];
            bits = new byte[8 * count + 16];
        }
    }

    private int writeGaps(byte[] source, int from, int length, byte usual, int r) {
        final long pattern = (usual & 0xff) * 0x0101010101010101L;
        final int end = from + length;
        long pending = 0;
        int filled = 0;
        int at = 0;
        int found = 0;
        int last = from;
        for (int i = from; i < end; i++) {
            while (i + 8 <= end && (long) LittleEndianWords.LONG.get(source, i) == pattern) {
                i += 8;
            }
            if (i == end || source[i] == usual) {
                continue;
            }
            others[found++] = source[i];
            int gap = i - last;
            last = i + 1;
            int ones = Math.min(MOST_ONES, gap >> r);
            pending |= ((1L << ones) - 1) << filled;
            filled += ones;
            long low = ones == MOST_ONES ? gap : (long) (gap & ~(-1 << r)) << 1;
            int lowBits = ones == MOST_ONES ? 32 : r + 1;
            pending |= low << filled;
            filled += lowBits;
            LittleEndianWords.LONG.set(bits, at, pending);
            at += filled >>> 3;
            pending >>>= filled & 56;
            filled &= 7;
        }
        return at + (filled > 0 ? 1 : 0);
    }

    /** Reads positions, hands the length of the others' stream to the caller's decoder, and fills the target. */
    void decode(ByteInput input, byte[] target, int to, int length, StreamCoder streams) {
        byte usual = (byte) input.get();
        int count = input.getVarint(length);
        int r = input.get();
        int size = input.getVarint(input.remaining());
        int from = input.skip(size);
        if (r > MOST_LOW_BITS) {
            throw ByteInput.damaged("a parameter is out of range");
        }
        reserve(count);
        streams.decodeFlat(input, others, 0, count);
        Arrays.fill(target, to, to + length, usual);
        place(input.array(), 8L * from, 8L * (from + size), r, target, to, length, count);
    }

    private void place(byte[] in, long from, long limit, int r, byte[] target, int to, int length, int count) {
        long bit = from;
        long at = to;
        long end = to + (long) length;
        for (int i = 0; i < count; i++) {
            long value = (long) LittleEndianWords.LONG.get(in, (int) (bit >>> 3)) >>> (bit & 7);
            int ones = Math.min(MOST_ONES, Long.numberOfTrailingZeros(~value));
            if (ones == MOST_ONES) {
                at += (value >>> MOST_ONES) & 0xffffffffL;
                bit += MOST_ONES + 32;
            } else {
                at += ((long) ones << r) + ((value >>> (ones + 1)) & ~(-1L << r));
                bit += ones + 1 + r;
            }
            if (at >= end || bit > limit) {
                throw ByteInput.damaged("a distance is out of range");
            }
            target[(int) at++] = others[i];
        }
        if (limit - bit >= 8) {
            throw ByteInput.damaged("it has bytes left over");
        }
    }
}
