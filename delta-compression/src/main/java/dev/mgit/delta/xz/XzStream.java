package dev.mgit.delta.xz;

import dev.mgit.delta.layout.FormatException;
import java.util.Arrays;

/**
 * What xz compressed with its default filter, decompressed as it is asked for. Checks within the container are passed over:
 * whoever reads here knows the SHA-256 of what should come out. Memory: the dictionary, at most 64 MiB.
 *
 * @see <a href="https://tukaani.org/xz/xz-file-format.txt">The .xz File Format</a>
 */
public final class XzStream {
    private static final byte[] MAGIC = {(byte) 0xfd, '7', 'z', 'X', 'Z', 0};
    private static final int STREAM_HEADER = 12;
    private static final int LZMA2 = 0x21;
    private static final int LARGEST_DICTIONARY = 64 << 20;
    private static final int[] CHECK_BYTES = {0, 4, 4, 4, 8, 8, 8, 16, 16, 16, 32, 32, 32, 64, 64, 64};

    private final byte[] in;
    private final int checkBytes;
    private int at = STREAM_HEADER;
    private Lzma2Decoder block;
    private int blockStart;
    private boolean ended;

    /**
     * Begins to read.
     *
     * @param most bytes that will be asked for; no larger dictionary is kept
     * @throws FormatException if it is not of that format
     */
    public XzStream(byte[] in, long most) {
        this.in = in;
        if (in.length < STREAM_HEADER || !Arrays.equals(MAGIC, 0, MAGIC.length, in, 0, MAGIC.length)) {
            throw new FormatException("it was not compressed by xz");
        }
        this.checkBytes = CHECK_BYTES[in[7] & 15];
        this.block = next(most);
    }

    /** Fills the target as far as there is anything; how many bytes that were. */
    public int read(byte[] target, int length) {
        int done = 0;
        while (done < length && !ended) {
            done += block.read(target, done, length - done);
            if (done < length) {
                int padded = (block.position() - blockStart + 3) / 4 * 4;
                at = Math.addExact(blockStart + padded, checkBytes);
                ended = u8(at) == 0;
                block = ended ? block : next(block.dictionary());
            }
        }
        return done;
    }

    private Lzma2Decoder next(long most) {
        int start = at;
        int size = (u8(at) + 1) * 4;
        int flags = u8(at + 1);
        at += 2;
        if ((flags & 0x3f) != 0) {
            throw new FormatException("xz compressed it with a chain of filters, which is not read");
        }
        for (int sizes = flags >> 6; sizes != 0; sizes &= sizes - 1) {
            number();
        }
        if (number() != LZMA2 || number() != 1) {
            throw new FormatException("xz compressed it with another filter than LZMA2, which is not read");
        }
        int bits = u8(at);
        long dictionary = bits > 39 ? Long.MAX_VALUE : (2L | (bits & 1)) << (bits / 2 + 11);
        if (dictionary > LARGEST_DICTIONARY) {
            throw new FormatException("xz compressed it with a dictionary of more than 64 MiB, which is not read");
        }
        at = start + size;
        blockStart = at;
        return new Lzma2Decoder(in, at, (int) Math.max(1, Math.min(dictionary, most)));
    }

    private long number() {
        long number = 0;
        for (int shift = 0; shift < 63; shift += 7) {
            int part = u8(at++);
            number |= (long) (part & 0x7f) << shift;
            if (part < 0x80) {
                return number;
            }
        }
        throw new FormatException("what xz compressed is damaged at byte " + at);
    }

    private int u8(int position) {
        if (position < 0 || position >= in.length) {
            throw new FormatException("what xz compressed is cut off at byte " + in.length);
        }
        return in[position] & 0xff;
    }
}
