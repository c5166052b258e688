package dev.mgit.delta.codec;

import com.github.luben.zstd.ZstdCompressCtx;
import com.github.luben.zstd.ZstdDecompressCtx;
import com.github.luben.zstd.ZstdException;
import com.github.luben.zstd.ZstdOutputStream;
import dev.mgit.delta.MgitException;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;

/** Plain zstd frames of one setting: what mgit's codecs are compared with. Not thread-safe. */
public final class ZstdFrames implements AutoCloseable {
    private final ZstdCompressCtx compress;
    private final ZstdDecompressCtx decompress = new ZstdDecompressCtx();

    private ZstdFrames(ZstdCompressCtx compress) {
        this.compress = compress;
    }

    /** @param level zstd's own, 1 to 22 */
    public static ZstdFrames ofLevel(int level) {
        return new ZstdFrames(new ZstdCompressCtx().setLevel(level));
    }

    /** Level 1 that hardly looks for matches: the Huffman stage nearly alone. */
    public static ZstdFrames huffmanOnly() {
        return new ZstdFrames(new ZstdCompressCtx().setLevel(1).setMinMatch(7).setHashLog(6));
    }

    /** Bytes of a frame of a whole file, made with all processors and a window of {@code 1 << windowLog} bytes. */
    public static long sizeOf(Path file, int level, int windowLog) throws IOException {
        var counted = new CountingOutput();
        try (var zstd = new ZstdOutputStream(counted, level)) {
            zstd.setWorkers(Runtime.getRuntime().availableProcessors());
            zstd.setLong(windowLog);
            Files.copy(file, zstd);
        }
        return counted.bytes;
    }

    private static final class CountingOutput extends OutputStream {
        private long bytes;

        @Override
        public void write(int one) {
            bytes++;
        }

        @Override
        public void write(byte[] some, int from, int length) {
            bytes += length;
        }
    }

    /** Most bytes a frame of this many takes. */
    public static int bound(int length) {
        return (int) com.github.luben.zstd.Zstd.compressBound(length);
    }

    /** Writes a frame to {@code target} from {@code to} on, which has room for the {@link #bound}; returns its length. */
    public int compress(byte[] source, int from, int length, byte[] target, int to) {
        return compress.compressByteArray(target, to, target.length - to, source, from, length);
    }

    /**
     * Expands a frame of {@code coded} bytes to {@code length}.
     *
     * @throws MgitException of kind INTEGRITY if it is no such frame
     */
    public void decompress(byte[] source, int from, int coded, byte[] target, int to, int length) {
        int got;
        try {
            got = decompress.decompressByteArray(target, to, length, source, from, coded);
        } catch (ZstdException e) {
            throw ByteInput.damaged("zstd says " + e.getMessage());
        }
        if (got != length) {
            throw ByteInput.damaged("a zstd frame has the wrong length");
        }
    }

    @Override
    public void close() {
        compress.close();
        decompress.close();
    }
}
