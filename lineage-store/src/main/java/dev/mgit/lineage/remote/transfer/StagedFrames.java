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
import java.util.function.Function;

/** Frames that have come and are not verified yet, over those of another store. Only for reading blocks. */
final class StagedFrames implements ParameterStore {
    private final Function<BlockId, Optional<byte[]>> beneath;
    private final Map<BlockId, byte[]> frames = new ConcurrentHashMap<>();

    StagedFrames(Function<BlockId, Optional<byte[]>> beneath) {
        this.beneath = beneath;
    }

    void stage(BlockId id, byte[] frame) {
        frames.put(id, frame);
    }

    @Override
    public Optional<byte[]> frame(BlockId id) {
        Optional<byte[]> staged = Optional.ofNullable(frames.get(id));
        return staged.isPresent() ? staged : beneath.apply(id);
    }

    @Override
    public boolean hasBlock(BlockId id) {
        return frame(id).isPresent();
    }

    @Override
    public Optional<StoredObject> object(ObjectId id) {
        throw new UnsupportedOperationException();
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
