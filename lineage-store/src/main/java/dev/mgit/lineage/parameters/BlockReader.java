package dev.mgit.lineage.parameters;

import dev.mgit.delta.BlockId;
import dev.mgit.delta.MgitException;
import dev.mgit.delta.codec.BlockCoder;
import dev.mgit.delta.frame.Frame;
import dev.mgit.delta.frame.Prediction;
import dev.mgit.delta.frame.Region;
import dev.mgit.delta.predict.Predictors;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;

/**
 * Turns stored frames back into blocks, following predictions down to their roots. Safe for use by several threads;
 * memory is bounded by a small cache plus one block for each level of a chain and thread.
 */
public final class BlockReader implements AutoCloseable {
    private static final long CACHE_BYTES = 32L << 20;

    private final ParameterStore store;
    private final Coders coders = new Coders();
    private final Cache cache = new Cache();

    public BlockReader(ParameterStore store) {
        this.store = store;
    }

    /** Decoded blocks that several predictions read, least recently used first. */
    private static final class Cache extends LinkedHashMap<BlockId, byte[]> {
        private long bytes;

        Cache() {
            super(16, 0.75f, true);
        }

        synchronized byte[] find(BlockId id) {
            byte[] found = get(id);
            return found == null ? new byte[0] : found;
        }

        synchronized void keep(BlockId id, byte[] block) {
            if (put(id, block) == null) {
                bytes += block.length;
            }
            var eldest = entrySet().iterator();
            while (bytes > CACHE_BYTES && eldest.hasNext()) {
                bytes -= eldest.next().getValue().length;
                eldest.remove();
            }
        }
    }

    /** The frame of a block.
     *
     * @throws MgitException of kind INTEGRITY if it is missing or damaged
     */
    public Frame frame(BlockId id) {
        byte[] stored = store.frame(id).orElseThrow(() -> MgitException.integrity("block " + id.hex() + " is missing"));
        try {
            return Frame.parse(stored);
        } catch (MgitException e) {
            throw new MgitException(e.kind(), "block " + id.hex() + ": " + e.getMessage(), e.hint(), e);
        }
    }

    /**
     * A block's bytes, verified against its id.
     *
     * @throws MgitException of kind INTEGRITY if the store does not give them back as they were
     */
    public byte[] read(BlockId id) {
        byte[] block = decode(id, Frame.MAX_DEPTH);
        if (!BlockId.hash(block, 0, block.length).equals(id)) {
            throw MgitException.integrity(culprit(id));
        }
        return block;
    }

    /** Names the deepest block of a chain that is not what its id says. */
    private String culprit(BlockId id) {
        for (BlockId source : sources(frame(id))) {
            byte[] block = decode(source, Frame.MAX_DEPTH);
            if (!BlockId.hash(block, 0, block.length).equals(source)) {
                return culprit(source);
            }
        }
        return "block " + id.hex() + " is damaged: its bytes do not match its id";
    }

    static List<BlockId> sources(Frame frame) {
        return frame.prediction().map(Prediction::sources).orElse(List.of()).stream()
                .flatMap(region -> region.blocks().stream())
                .distinct()
                .toList();
    }

    /** The guess a prediction makes, {@code length} bytes of it. */
    public byte[] predict(Prediction prediction, dev.mgit.delta.Dtype dtype, int length) {
        return predict(prediction, dtype, length, Frame.MAX_DEPTH);
    }

    private byte[] predict(Prediction prediction, dev.mgit.delta.Dtype dtype, int length, int depthLeft) {
        boolean shared = prediction.sources().size() > 1
                || prediction.sources().stream()
                        .anyMatch(region -> region.blocks().size() > 2);
        List<byte[]> inputs = new ArrayList<>(prediction.sources().size());
        for (Region region : prediction.sources()) {
            inputs.add(region(region, depthLeft, shared));
        }
        byte[] guess = new byte[length];
        Predictors.byCode(prediction.predictor()).predict(inputs, prediction.parameters(), dtype, guess, length);
        return guess;
    }

    /** The bytes of a stored region, unverified. */
    public byte[] region(Region region) {
        return region(region, Frame.MAX_DEPTH, false);
    }

    /** Copies a stored region, unverified; its blocks are kept for a while, since samples are small and near each other. */
    public void sample(Region region, byte[] target) {
        byte[] bytes = region(region, Frame.MAX_DEPTH, true);
        System.arraycopy(bytes, 0, target, 0, region.length());
    }

    private byte[] region(Region region, int depthLeft, boolean shared) {
        if (region.blocks().size() == 1 && region.skip() == 0) {
            byte[] block = source(region.blocks().get(0), depthLeft, shared);
            if (block.length == region.length()) {
                return block;
            }
        }
        byte[] bytes = new byte[region.length()];
        int skip = region.skip();
        int filled = 0;
        for (BlockId id : region.blocks()) {
            byte[] block = source(id, depthLeft, shared);
            int part = Math.min(block.length - skip, bytes.length - filled);
            if (part < 0) {
                throw MgitException.integrity("a prediction reads beyond block " + id.hex());
            }
            System.arraycopy(block, skip, bytes, filled, part);
            filled += part;
            skip = 0;
        }
        if (filled != bytes.length) {
            throw MgitException.integrity("a prediction reads beyond the blocks it names");
        }
        return bytes;
    }

    private byte[] source(BlockId id, int depthLeft, boolean shared) {
        if (!shared) {
            return decode(id, depthLeft - 1);
        }
        byte[] cached = cache.find(id);
        if (cached.length == 0) {
            cached = decode(id, depthLeft - 1);
            cache.keep(id, cached);
        }
        return cached;
    }

    private byte[] decode(BlockId id, int depthLeft) {
        if (depthLeft < 0) {
            throw MgitException.integrity("block " + id.hex() + " is damaged: it is predicted from itself");
        }
        Frame frame = frame(id);
        byte[] block = new byte[frame.rawLength()];
        byte[] guess = frame.prediction().isEmpty()
                ? null
                : predict(frame.prediction().get(), frame.dtype(), block.length, depthLeft);
        BlockCoder coder = coders.borrow();
        try {
            byte[] payload = frame.payload();
            coder.decode(payload, 0, payload.length, frame.dtype(), guess, block, block.length);
        } catch (MgitException e) {
            throw new MgitException(e.kind(), "block " + id.hex() + " is damaged: " + e.getMessage(), e.hint(), e);
        } finally {
            coders.giveBack(coder);
        }
        return block;
    }

    @Override
    public void close() {
        coders.close();
    }
}
