package dev.mgit.delta.layout;

import java.io.IOException;

/**
 * Cuts opaque bytes where their content says so, so that bytes inserted or removed change only the chunks near them.
 *
 * <p>Gear hashing with normalised chunking after Xia et al., "FastCDC: a Fast and Efficient Content-Defined Chunking
 * Approach for Data Deduplication", USENIX ATC 2016: {@code hash = (hash << 1) + GEAR[byte]}, nothing is cut before
 * {@link #MIN}, a stricter mask holds before {@link #AVERAGE} and a looser one after it, {@link #MAX} cuts always.
 * Two bits of normalisation each way, as the paper recommends. The masks take the topmost bits, which have seen the
 * most bytes. Boundaries are part of what makes blocks shared between files: constants here never change.
 */
public final class ContentDefinedChunks {
    /** Bytes of the shortest chunk; only the last of a range may be shorter. */
    public static final int MIN = 16 << 10;
    /** Bytes of the chunk length aimed at. */
    public static final int AVERAGE = 64 << 10;
    /** Bytes of the longest chunk. */
    public static final int MAX = 256 << 10;

    private static final long MASK_BEFORE_AVERAGE = ~0L << (64 - 18);
    private static final long MASK_AFTER_AVERAGE = ~0L << (64 - 14);
    private static final int BUFFER = 4 * MAX;

    /** SplitMix64 outputs (Steele, Lea, Flood, OOPSLA 2014) from the seed {@code "mgit-cdc"} in ASCII, big-endian. */
    private static final long SEED = 0x6d6769742d636463L;

    private static final long[] GEAR = gear();

    /** Takes the chunks of a range, in order. */
    public interface Sink {
        /**
         * Takes one chunk.
         *
         * @param position where the chunk starts in the source
         * @param buffer holds the chunk's bytes from {@code offset} on, and is used again after this call
         */
        void chunk(long position, byte[] buffer, int offset, int length) throws IOException;
    }

    private ContentDefinedChunks() {}

    /** Cuts a range of a source into chunks, reading each byte once, in about 1 MiB of memory. */
    public static void split(ByteSource source, long offset, long length, Sink sink) throws IOException {
        long end = Math.addExact(offset, length);
        byte[] buffer = new byte[(int) Math.min(BUFFER, length)];
        long read = offset;
        long position = offset;
        int from = 0;
        int held = 0;
        while (position < end) {
            if (held < MAX && read < end) {
                System.arraycopy(buffer, from, buffer, 0, held);
                from = 0;
                int more = (int) Math.min(buffer.length - held, end - read);
                source.read(read, buffer, held, more);
                read += more;
                held += more;
            }
            int cut = cut(buffer, from, held);
            sink.chunk(position, buffer, from, cut);
            position += cut;
            from += cut;
            held -= cut;
        }
    }

    /**
     * Length of the chunk that starts at {@code offset}, at most {@code available}. The same for the same bytes
     * whenever at least {@link #MAX} bytes, or all that are left, are available.
     */
    public static int cut(byte[] bytes, int offset, int available) {
        if (available <= MIN) {
            return available;
        }
        int most = Math.min(available, MAX);
        int middle = Math.min(most, AVERAGE);
        long hash = 0;
        int at = MIN;
        for (; at < middle; at++) {
            hash = (hash << 1) + GEAR[bytes[offset + at] & 0xff];
            if ((hash & MASK_BEFORE_AVERAGE) == 0) {
                return at + 1;
            }
        }
        for (; at < most; at++) {
            hash = (hash << 1) + GEAR[bytes[offset + at] & 0xff];
            if ((hash & MASK_AFTER_AVERAGE) == 0) {
                return at + 1;
            }
        }
        return most;
    }

    private static long[] gear() {
        long[] gear = new long[256];
        long state = SEED;
        for (int i = 0; i < gear.length; i++) {
            state += 0x9e3779b97f4a7c15L;
            long mixed = (state ^ (state >>> 30)) * 0xbf58476d1ce4e5b9L;
            mixed = (mixed ^ (mixed >>> 27)) * 0x94d049bb133111ebL;
            gear[i] = mixed ^ (mixed >>> 31);
        }
        return gear;
    }
}
