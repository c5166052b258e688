package dev.mgit.lineage.parameters;

import dev.mgit.delta.BlockId;
import dev.mgit.lineage.version.ObjectId;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiConsumer;
import java.util.function.Consumer;

/** A parameter store in memory that counts how often frames are read. */
final class CountingStore implements ParameterStore {
    private final Map<BlockId, byte[]> blocks = new ConcurrentSkipListMap<>();
    private final Map<String, StoredObject> objects = new ConcurrentSkipListMap<>();
    private final AtomicInteger reads = new AtomicInteger();

    int reads() {
        return reads.get();
    }

    @Override
    public Optional<byte[]> frame(BlockId id) {
        Optional<byte[]> frame = Optional.ofNullable(blocks.get(id));
        frame.ifPresent(read -> reads.incrementAndGet());
        return frame;
    }

    @Override
    public boolean hasBlock(BlockId id) {
        return blocks.containsKey(id);
    }

    @Override
    public Optional<StoredObject> object(ObjectId id) {
        return Optional.ofNullable(objects.get(id.hex()));
    }

    @Override
    public void forEachBlock(BiConsumer<BlockId, byte[]> visitor) {
        blocks.forEach(visitor);
    }

    @Override
    public void forEachObject(Consumer<StoredObject> visitor) {
        objects.values().forEach(visitor);
    }

    @Override
    public void putBlock(BlockId id, byte[] frame) {
        blocks.put(id, frame);
    }

    @Override
    public void putObject(StoredObject object) {
        objects.put(object.id().hex(), object);
    }

    @Override
    public void removeBlock(BlockId id) {
        blocks.remove(id);
    }

    @Override
    public void removeObject(ObjectId id) {
        objects.remove(id.hex());
    }

    @Override
    public void flush() {}

    @Override
    public void compact() {}

    @Override
    public void close() {}
}
