package dev.mgit.delta.codec;

import com.github.luben.zstd.ZstdCompressCtx;
import com.github.luben.zstd.ZstdDecompressCtx;
import com.github.luben.zstd.ZstdException;

/** Reused zstd contexts: frames without magic number, checksum or content size, whose lengths the caller knows. */
final class Zstd implements AutoCloseable {
    /**
     * What a frame is made for. Level 1 with the longest least match and the smallest hash table hardly looks for
     * matches and so runs the Huffman stage nearly alone, which on planes of floats is both smaller and faster than
     * any other setting; general bytes want the matches.
     */
    enum Mode {
        PLANE,
        BYTES_FAST,
        BYTES_SMALL
    }

    private static final int LEVEL_FAST = 3;
    private static final int LEVEL_SMALL = 12;
    private static final int LEVEL_MATCHES_FAST = 5;
    private static final int LEVEL_MATCHES = 12;
    private static final int LEVEL_MATCHES_SMALL = 19;
    private static final int LEAST_WINDOW_LOG = 16;
    /** Of the search tree, which takes two entries a byte: with zstd's own 24, half of what is searched is forgotten. */
    private static final int MOST_CHAIN_LOG = 25;
    /** Zeros in front of bytes that matches may reach back into. */
    private static final int PLAIN = 8;

    private final ZstdCompressCtx plane = context(1).setMinMatch(7).setHashLog(6);
    private final ZstdCompressCtx fast = context(LEVEL_FAST);
    private final ZstdCompressCtx small = context(LEVEL_SMALL);
    private final ZstdDecompressCtx decompress = new ZstdDecompressCtx().setMagicless(true);

    private static ZstdCompressCtx context(int level) {
        return new ZstdCompressCtx()
                .setLevel(level)
                .setMagicless(true)
                .setChecksum(false)
                .setContentSize(false)
                .setDictID(false);
    }

    /** Appends a frame to the sink and returns its length. */
    int compress(Mode mode, byte[] source, int from, int length, ByteSink sink) {
        int room = (int) com.github.luben.zstd.Zstd.compressBound(length);
        sink.reserve(room);
        ZstdCompressCtx context = switch (mode) {
            case PLANE -> plane;
            case BYTES_FAST -> fast;
            case BYTES_SMALL -> small;
        };
        int written = context.compressByteArray(sink.array(), sink.size(), room, source, from, length);
        sink.advance(written);
        return written;
    }

    /**
     * Appends a frame whose matches may reach back into {@code before}, as if that stood in front of the source. Indexing
     * {@code before} costs more than the frame itself, so this is for bytes that are known to resemble it.
     */
    void compressAfter(byte[] before, Effort effort, byte[] source, int length, ByteSink sink) {
        int room = (int) com.github.luben.zstd.Zstd.compressBound(length);
        sink.reserve(room);
        int level = switch (effort) {
            case FAST -> LEVEL_MATCHES_FAST;
            case BALANCED -> LEVEL_MATCHES;
            case SMALL -> LEVEL_MATCHES_SMALL;
        };
        try (ZstdCompressCtx context = context(level)) {
            int windowLog = windowLog(before.length + length);
            context.setWindowLog(windowLog);
            if (effort == Effort.SMALL) {
                context.setChainLog(Math.min(windowLog + 1, MOST_CHAIN_LOG));
            }
            context.loadDict(content(before));
            sink.advance(context.compressByteArray(sink.array(), sink.size(), room, source, 0, length));
        }
    }

    /** Expands what {@link #compressAfter} made to exactly {@code length} bytes. */
    void decompressAfter(byte[] before, ByteInput input, int coded, byte[] target, int length) {
        try (ZstdDecompressCtx context = new ZstdDecompressCtx().setMagicless(true)) {
            context.loadDict(content(before));
            expand(context, input, coded, target, 0, length);
        }
    }

    /** The least window that reaches over so many bytes. */
    private static int windowLog(int bytes) {
        return Math.max(LEAST_WINDOW_LOG, Integer.SIZE - Integer.numberOfLeadingZeros(bytes + PLAIN));
    }

    /** Bytes that zstd cannot take for a trained dictionary, whose magic number they might begin with. */
    private static byte[] content(byte[] before) {
        byte[] content = new byte[before.length + PLAIN];
        System.arraycopy(before, 0, content, PLAIN, before.length);
        return content;
    }

    /** Expands a frame of {@code coded} bytes to exactly {@code length}. */
    void decompress(ByteInput input, int coded, byte[] target, int to, int length) {
        expand(decompress, input, coded, target, to, length);
    }

    private static void expand(
            ZstdDecompressCtx context, ByteInput input, int coded, byte[] target, int to, int length) {
        int at = input.skip(coded);
        int got;
        try {
            got = context.decompressByteArray(target, to, length, input.array(), at, coded);
        } catch (ZstdException e) {
            throw ByteInput.damaged("zstd says " + e.getMessage());
        }
        if (got != length) {
            throw ByteInput.damaged("a zstd frame has the wrong length");
        }
    }

    @Override
    public void close() {
        plane.close();
        fast.close();
        small.close();
        decompress.close();
    }
}
