package dev.mgit.bench;

import dev.mgit.delta.codec.ZstdFrames;
import org.jspecify.annotations.Nullable;

/** zstd on the bytes as they are. */
final class PlainZstd implements ReferenceCodec {
    private final int level;
    private final ZstdFrames zstd;

    PlainZstd(int level) {
        this.level = level;
        this.zstd = ZstdFrames.ofLevel(level);
    }

    @Override
    public String name() {
        return "zstd -" + level;
    }

    @Override
    public int encode(byte[] raw, byte @Nullable [] predicted, byte[] out) {
        return zstd.compress(raw, 0, raw.length, out, 0);
    }

    @Override
    public void decode(byte[] coded, int size, byte @Nullable [] predicted, byte[] target) {
        zstd.decompress(coded, 0, size, target, 0, target.length);
    }

    @Override
    public void close() {
        zstd.close();
    }
}
