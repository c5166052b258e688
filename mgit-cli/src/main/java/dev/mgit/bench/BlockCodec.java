package dev.mgit.bench;

import dev.mgit.delta.Dtype;
import dev.mgit.delta.codec.BlockCoder;
import dev.mgit.delta.codec.Effort;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** mgit's own block coder at one effort, beside its peers. */
final class BlockCodec implements ReferenceCodec {
    private final BlockCoder coder = new BlockCoder();
    private final Dtype dtype;
    private final Effort effort;

    BlockCodec(Dtype dtype, Effort effort) {
        this.dtype = dtype;
        this.effort = effort;
    }

    @Override
    public String name() {
        return "mgit " + effort.name().toLowerCase(Locale.ROOT);
    }

    @Override
    public int encode(byte[] raw, byte @Nullable [] predicted, byte[] out) {
        return coder.encode(raw, raw.length, dtype, predicted, effort, out);
    }

    @Override
    public void decode(byte[] coded, int size, byte @Nullable [] predicted, byte[] target) {
        coder.decode(coded, 0, size, dtype, predicted, target, target.length);
    }

    @Override
    public void close() {
        coder.close();
    }
}
