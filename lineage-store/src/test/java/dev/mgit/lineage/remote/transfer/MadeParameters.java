package dev.mgit.lineage.remote.transfer;

import dev.mgit.delta.BlockId;
import dev.mgit.delta.Dtype;
import dev.mgit.delta.codec.Effort;
import dev.mgit.delta.frame.Prediction;
import dev.mgit.delta.frame.Region;
import dev.mgit.delta.predictor.Predictors;
import dev.mgit.lineage.parameters.BlockReader;
import dev.mgit.lineage.parameters.BlockWriter;
import dev.mgit.lineage.parameters.ParameterStore;
import dev.mgit.lineage.parameters.StoredObject;
import dev.mgit.lineage.parameters.TensorPredictions;
import dev.mgit.lineage.version.ObjectId;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.IntFunction;

/** A parameter store in memory, filled with made tensors: noise, and noise with the lowest bits changed. */
final class MadeParameters implements ParameterStore {
    static final int BLOCK = 1 << 14;

    private static final int MAX_DEPTH = 4;

    private final Map<BlockId, byte[]> blocks = new ConcurrentSkipListMap<>();
    private final Map<ObjectId, StoredObject> objects = new ConcurrentSkipListMap<>();

    /** Blocks of a new tensor. */
    static List<byte[]> noise(long seed, int count) {
        var random = new SplittableRandom(seed);
        List<byte[]> tensor = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            byte[] block = new byte[BLOCK];
            random.nextBytes(block);
            tensor.add(block);
        }
        return tensor;
    }

    /** A tensor a small step away from another. */
    static List<byte[]> near(long seed, List<byte[]> tensor) {
        var random = new SplittableRandom(seed);
        List<byte[]> near = new ArrayList<>();
        for (byte[] block : tensor) {
            byte[] changed = block.clone();
            for (int i = 0; i < changed.length; i += 32) {
                changed[i] = (byte) (changed[i] ^ random.nextInt(2));
            }
            near.add(changed);
        }
        return near;
    }

    /** Stores a tensor by itself. */
    ObjectId add(List<byte[]> tensor) {
        return add(tensor, i -> Optional.empty());
    }

    /** Stores a tensor as what it differs by from another that is here. */
    ObjectId add(List<byte[]> tensor, ObjectId parent) {
        List<StoredObject.Block> from = objects.get(parent).blocks();
        return add(
                tensor,
                i -> Optional.of(new Prediction(
                        Predictors.PARENT,
                        List.of(Region.whole(from.get(i).id(), from.get(i).length())),
                        new byte[0])));
    }

    /** Stores many tensors of few bytes each. */
    List<ObjectId> tiny(int count) {
        List<ObjectId> ids = new ArrayList<>();
        try (var reader = new BlockReader(this);
                var writer = new BlockWriter(this, reader, Effort.FAST, MAX_DEPTH)) {
            for (int i = 0; i < count; i++) {
                byte[] raw = ByteBuffer.allocate(Long.BYTES).putInt(i).array();
                BlockId block = writer.block(raw, raw.length, Dtype.BF16, TensorPredictions.none(), 0);
                StoredObject object = StoredObject.of(List.of(new StoredObject.Block(block, raw.length)));
                writer.object(object);
                ids.add(object.id());
            }
        }
        return ids;
    }

    private ObjectId add(List<byte[]> tensor, IntFunction<Optional<Prediction>> predictions) {
        List<StoredObject.Block> stored = new ArrayList<>();
        try (var reader = new BlockReader(this);
                var writer = new BlockWriter(this, reader, Effort.FAST, MAX_DEPTH)) {
            for (int i = 0; i < tensor.size(); i++) {
                Optional<Prediction> prediction = predictions.apply(i);
                TensorPredictions always = (offset, length) -> prediction;
                byte[] block = tensor.get(i);
                stored.add(
                        new StoredObject.Block(writer.block(block, block.length, Dtype.BF16, always, 0), block.length));
            }
            StoredObject object = StoredObject.of(stored);
            writer.object(object);
            return object.id();
        }
    }

    /** All bytes of an object, each block verified. */
    byte[] read(ObjectId id) {
        var bytes = new ByteArrayOutputStream();
        try (var reader = new BlockReader(this)) {
            objects.get(id).blocks().forEach(block -> bytes.writeBytes(reader.read(block.id())));
        }
        return bytes.toByteArray();
    }

    static byte[] join(List<byte[]> tensor) {
        var bytes = new ByteArrayOutputStream();
        tensor.forEach(bytes::writeBytes);
        return bytes.toByteArray();
    }

    int blockCount() {
        return blocks.size();
    }

    long frameBytes() {
        return blocks.values().stream().mapToLong(frame -> frame.length).sum();
    }

    /** Whether every block here can be decoded. */
    void requireWhole() {
        try (var reader = new BlockReader(this)) {
            blocks.keySet().forEach(reader::read);
        }
    }

    @Override
    public Optional<byte[]> frame(BlockId id) {
        return Optional.ofNullable(blocks.get(id));
    }

    @Override
    public boolean hasBlock(BlockId id) {
        return blocks.containsKey(id);
    }

    @Override
    public Optional<StoredObject> object(ObjectId id) {
        return Optional.ofNullable(objects.get(id));
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
        objects.put(object.id(), object);
    }

    @Override
    public void removeBlock(BlockId id) {
        blocks.remove(id);
    }

    @Override
    public void removeObject(ObjectId id) {
        objects.remove(id);
    }

    @Override
    public void flush() {}

    @Override
    public void compact() {}

    @Override
    public void close() {}
}
