package dev.mgit.delta.codec;

import com.github.luben.zstd.EndDirective;
import com.github.luben.zstd.ZstdCompressCtx;
import com.github.luben.zstd.ZstdDecompressCtx;
import java.nio.ByteBuffer;

/**
 * Frames whose matches may reach back into bytes that stand before them, as those of {@code zstd --patch-from}. Not
 * thread-safe.
 *
 * <p>The search trees lie outside Java's heap: at the greatest effort eight bytes for each byte of both, but for no
 * more than {@value #SEARCHED} on either side.
 */
final class ZstdPatch {
    /** Bytes on either side that are searched in full; what is beyond is partly forgotten. */
    private static final int SEARCHED = 1 << 23;

    private static final int LEVEL_FAST = 5;
    private static final int LEVEL_BALANCED = 12;
    private static final int LEVEL_SMALL = 19;
    private static final int LEAST_WINDOW_LOG = 16;
    /** Zeros in front of the bytes before. */
    private static final int PLAIN = 8;
    /** Bytes that pass through a buffer outside Java's heap at a time: one block of zstd's. */
    private static final int PIECE = 1 << 17;

    private final ByteBuffer in = ByteBuffer.allocateDirect(PIECE);
    private final ByteBuffer out = ByteBuffer.allocateDirect(PIECE);

    /**
     * Appends a frame. Indexing {@code before} costs more than the frame itself, so this is for bytes that are known to
     * resemble it.
     */
    void compress(byte[] before, Effort effort, byte[] source, int length, ByteSink sink) {
        int level = switch (effort) {
            case FAST -> LEVEL_FAST;
            case BALANCED -> LEVEL_BALANCED;
            case SMALL -> LEVEL_SMALL;
        };
        try (ZstdCompressCtx context = Zstd.context(level)) {
            context.setWindowLog(windowLog(length));
            if (effort == Effort.SMALL) {
                int searched = Math.min(SEARCHED, Math.max(before.length + PLAIN, length));
                context.setChainLog(windowLog(searched) + 1);
            }
            context.loadDict(content(before));
            compress(context, source, length, sink);
        }
    }

    /**
     * The source is fed as a stream, whose length zstd does not know. So it searches the tables of what stands before where
     * they are; else it would begin with a copy of them, which takes twice the memory.
     */
    private void compress(ZstdCompressCtx context, byte[] source, int length, ByteSink sink) {
        for (int at = 0; at < length; at += in.limit()) {
            in.clear().limit(Math.min(PIECE, length - at));
            in.put(source, at, in.limit()).flip();
            while (in.hasRemaining()) {
                step(context, EndDirective.CONTINUE, sink);
            }
        }
        in.clear().limit(0);
        while (!step(context, EndDirective.END, sink)) {
            // until all is out
        }
    }

    private boolean step(ZstdCompressCtx context, EndDirective directive, ByteSink sink) {
        out.clear();
        boolean done = context.compressDirectByteBufferStream(out, in, directive);
        out.flip();
        sink.put(out);
        return done;
    }

    /** Expands a frame of {@code coded} bytes to exactly {@code length}. */
    void expand(byte[] before, ByteInput input, int coded, byte[] target, int length) {
        ZstdLibrary.load();
        try (ZstdDecompressCtx context = new ZstdDecompressCtx().setMagicless(true)) {
            context.loadDict(content(before));
            Zstd.expand(context, input, coded, target, 0, length);
        }
    }

    /** The least window that reaches over so many bytes. */
    private static int windowLog(int bytes) {
        return Math.max(LEAST_WINDOW_LOG, Integer.SIZE - Integer.numberOfLeadingZeros(Math.max(1, bytes) - 1));
    }

    /** Bytes that zstd cannot take for a trained dictionary, whose magic number they might begin with. */
    private static byte[] content(byte[] before) {
        byte[] content = new byte[before.length + PLAIN];
        System.arraycopy(before, 0, content, PLAIN, before.length);
        return content;
    }
}
