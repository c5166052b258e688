package dev.mgit.lineage.remote.transfer;

import dev.mgit.delta.BlockId;
import dev.mgit.lineage.parameters.ParameterStore;
import dev.mgit.lineage.parameters.StoredObject;
import dev.mgit.lineage.version.ObjectId;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiConsumer;
import java.util.function.Consumer;

/** The local store as it would be with some frames that have come and are not verified yet. Only for reading. */
final class StagedFrames implements ParameterStore {
    private final ParameterStore local;
    private final Map<BlockId, byte[]> frames = new ConcurrentHashMap<>();

    StagedFrames(ParameterStore local) {
        this.local = local;
    }

    void stage(BlockId id, byte[] frame) {
        frames.put(id, frame);
    }

    @Override
    public Optional<byte[]> frame(BlockId id) {
        Optional<byte[]> staged = Optional.ofNullable(frames.get(id));
        return staged.isPresent() ? staged : local.frame(id);
    }

    @Override
    public boolean hasBlock(BlockId id) {
        return frames.containsKey(id) || local.hasBlock(id);
    }

    @Override
    public Optional<StoredObject> object(ObjectId id) {
        return local.object(id);
    }

    @Override
    public void forEachBlock(BiConsumer<BlockId, byte[]> visitor) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void forEachObject(Consumer<StoredObject> visitor) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void putBlock(BlockId id, byte[] frame) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void putObject(StoredObject object) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void removeBlock(BlockId id) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void removeObject(ObjectId id) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void flush() {}

    @Override
    public void compact() {}

    @Override
    public void close() {}
}
