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

    private final ZstdCompressCtx plane = context(1).setMinMatch(7).setHashLog(6);
    private final ZstdCompressCtx fast = context(LEVEL_FAST);
    private final ZstdCompressCtx small = context(LEVEL_SMALL);
    private final ZstdDecompressCtx decompress = new ZstdDecompressCtx().setMagicless(true);

    static ZstdCompressCtx context(int level) {
        ZstdLibrary.load();
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

    /** Expands a frame of {@code coded} bytes to exactly {@code length}. */
    void decompress(ByteInput input, int coded, byte[] target, int to, int length) {
        expand(decompress, input, coded, target, to, length);
    }

    static void expand(ZstdDecompressCtx context, ByteInput input, int coded, byte[] target, int to, int length) {
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
