package dev.mgit.delta.codec;

/**
 * Two values below 16 to a byte, the first in its low half: coders of single bytes then take half as many steps, and
 * lose half as much where a code word has whole bits. What an odd last value leaves of its byte is zero.
 */
final class Nibbles {
    private static final long BYTES = 0x00ff00ff00ff00ffL;
    private static final long HALVES = 0x000f000f000f000fL;

    private byte[] packed = new byte[0];

    /** Bytes that so many values take. */
    static int packedLength(int length) {
        return (length + 1) >> 1;
    }

    /** Room for so many values, packed. */
    byte[] reserve(int length) {
        int needed = packedLength(length) + 8;
        if (packed.length < needed) {
            packed = new byte[needed];
        }
        return packed;
    }

    /** Packs {@code source[from, from + length)}, values all below 16, to the start of the array returned. */
    byte[] pack(byte[] source, int from, int length) {
        final byte[] out = reserve(length);
        int at = 0;
        int i = from;
        final int end = from + length;
        for (; i + 8 <= end; i += 8, at += 4) {
            long w = (long) LittleEndianWords.LONG.get(source, i);
            w = (w | w >>> 4) & BYTES;
            w = (w | w >>> 8) & 0x0000ffff0000ffffL;
            LittleEndianWords.INT.set(out, at, (int) (w | w >>> 16));
        }
        for (; i < end; i += 2) {
            out[at++] = (byte) (source[i] | (i + 1 < end ? source[i + 1] << 4 : 0));
        }
        return out;
    }

    /** Fills {@code target[to, to + length)} from the array of {@link #reserve}. */
    void unpack(byte[] target, int to, int length) {
        final byte[] in = packed;
        int at = 0;
        int i = to;
        final int end = to + length;
        for (; i + 8 <= end; i += 8, at += 4) {
            long w = (int) LittleEndianWords.INT.get(in, at) & 0xffffffffL;
            w = (w | w << 16) & 0x0000ffff0000ffffL;
            w = (w | w << 8) & BYTES;
            LittleEndianWords.LONG.set(target, i, (w & HALVES) | (w >>> 4 & HALVES) << 8);
        }
        for (; i < end; i++) {
            target[i] = (byte) (in[at + ((i - to) >> 1 & 3)] >>> (((i - to) & 1) << 2) & 15);
        }
    }
}
