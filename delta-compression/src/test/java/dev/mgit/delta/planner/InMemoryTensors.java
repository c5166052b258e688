package dev.mgit.delta.planner;

import dev.mgit.delta.BlockId;
import dev.mgit.delta.Dtype;
import dev.mgit.delta.TensorSpec;
import dev.mgit.delta.frame.Prediction;
import dev.mgit.delta.frame.Region;
import dev.mgit.delta.predictor.Predictors;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Tensors and their blocks in memory: what a store is to a planner. */
final class InMemoryTensors {
    private static final int BLOCK = 4096;

    private final Map<BlockId, byte[]> blocks = new HashMap<>();
    private long read;

    /** Bytes planners have read of sources. */
    long bytesRead() {
        return read;
    }

    SourceTensor put(String name, Dtype dtype, List<Long> shape, byte[] bytes, int rank, String origin) {
        List<BlockId> ids = new ArrayList<>();
        for (int at = 0; at < bytes.length; at += BLOCK) {
            byte[] block = Arrays.copyOfRange(bytes, at, Math.min(bytes.length, at + BLOCK));
            BlockId id = BlockId.hash(block, 0, block.length);
            blocks.put(id, block);
            ids.add(id);
        }
        return new Stored(new TensorSpec(name, dtype, shape), bytes, ids, rank, origin);
    }

    /** What the decoder does: the bytes of every region, then the prediction. */
    byte[] predicted(Prediction prediction, Dtype dtype, int length) {
        List<byte[]> inputs = new ArrayList<>();
        for (Region region : prediction.sources()) {
            byte[] all = new byte[region.blocks().size() * BLOCK];
            int at = 0;
            for (BlockId id : region.blocks()) {
                byte[] block = blocks.getOrDefault(id, new byte[0]);
                System.arraycopy(block, 0, all, at, block.length);
                at += block.length;
            }
            inputs.add(Arrays.copyOfRange(all, region.skip(), region.skip() + region.length()));
        }
        byte[] target = new byte[length];
        Predictors.byCode(prediction.predictor()).predict(inputs, prediction.parameters(), dtype, target, length);
        return target;
    }

    private final class Stored implements SourceTensor {
        private final TensorSpec spec;
        private final byte[] bytes;
        private final List<BlockId> ids;
        private final int rank;
        private final String origin;

        Stored(TensorSpec spec, byte[] bytes, List<BlockId> ids, int rank, String origin) {
            this.spec = spec;
            this.bytes = bytes;
            this.ids = ids;
            this.rank = rank;
            this.origin = origin;
        }

        @Override
        public TensorSpec spec() {
            return spec;
        }

        @Override
        public Region region(long offset, int length) {
            int first = (int) (offset / BLOCK);
            int last = (int) ((offset + length + BLOCK - 1) / BLOCK);
            return new Region(ids.subList(first, last), (int) (offset % BLOCK), length);
        }

        @Override
        public void read(long offset, byte[] target, int length) {
            read += length;
            System.arraycopy(bytes, (int) offset, target, 0, length);
        }

        @Override
        public int rank() {
            return rank;
        }

        @Override
        public String origin() {
            return origin;
        }

        @Override
        public String identity() {
            return BlockId.hash(bytes, 0, bytes.length).hex();
        }
    }

    /** A tensor about to be stored, beside others of its file. */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record Child(TensorSpec spec, byte[] bytes, Map<String, Child> file) implements ChildTensor {
        static Child of(String name, Dtype dtype, List<Long> shape, byte[] bytes) {
            return new Child(new TensorSpec(name, dtype, shape), bytes, new HashMap<>());
        }

        Child beside(Child other) {
            file.put(other.spec().name(), other);
            return this;
        }

        @Override
        public void read(long offset, byte[] target, int length) {
            System.arraycopy(bytes, (int) offset, target, 0, length);
        }

        @Override
        public Optional<ChildTensor> sibling(String name) {
            return Optional.ofNullable(file.get(name));
        }
    }
}
