package dev.mgit.lineage.parameters;

import dev.mgit.delta.BlockId;
import dev.mgit.delta.Dtype;
import dev.mgit.delta.MgitException;
import dev.mgit.delta.codec.BlockCoder;
import dev.mgit.delta.frame.Frame;
import dev.mgit.delta.frame.Prediction;
import dev.mgit.delta.frame.Region;
import dev.mgit.delta.predictor.Pieces;
import dev.mgit.delta.predictor.Predictor;
import dev.mgit.delta.predictor.Predictors;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Turns stored frames back into blocks, following predictions down to their roots. Safe for use by several threads;
 * memory is bounded by a small cache plus one block for each level of a chain and thread.
 */
public final class BlockReader implements AutoCloseable {
    /** Enough for a transposed matrix of most models, each of whose blocks reads all of it. */
    private static final long MOST_BLOCK_BYTES = 128L << 20;

    private static final int BLOCK_SHARE_OF_HEAP = 4;

    /** A writer looks at a parent's frame for its depth, then decodes it, then looks at its depth again. */
    private static final long FRAME_BYTES = 8L << 20;

    /** Of pieces, which the first of two predictors turns into as much again. */
    private static final long COPIES = 2;

    private final ParameterStore store;
    private final CoderPool coders = new CoderPool();
    private final long blockBytes =
            Math.min(MOST_BLOCK_BYTES, Runtime.getRuntime().maxMemory() / BLOCK_SHARE_OF_HEAP);
    /** Decoded blocks that several predictions read. */
    private final BlockCache<byte[]> blocks = new BlockCache<>(blockBytes, block -> block.length);

    private final BlockCache<Frame> frames = new BlockCache<>(FRAME_BYTES, frame -> frame.payload().length);

    private final SourceMemory sources = new SourceMemory(blockBytes / 2);

    private final boolean keepsRead;

    public BlockReader(ParameterStore store) {
        this(store, false);
    }

    /** @param keepsRead whether blocks that were read are kept for a while: others are likely to ask for them again */
    BlockReader(ParameterStore store, boolean keepsRead) {
        this.store = store;
        this.keepsRead = keepsRead;
    }

    /**
     * The frame of a block.
     *
     * @throws MgitException of kind INTEGRITY if it is missing or damaged
     */
    public Frame frame(BlockId id) {
        Frame known = frames.find(id);
        if (known == null) {
            known = load(id);
            frames.keep(id, known);
        }
        return known;
    }

    /**
     * The frame of a block; empty if it is missing, cannot be read or is damaged.
     *
     * @throws MgitException if the frame is whole, but of a version this mgit cannot read
     */
    Optional<Frame> frameIfSound(BlockId id) {
        Frame known = frames.find(id);
        if (known != null) {
            return Optional.of(known);
        }
        Optional<byte[]> stored;
        try {
            stored = store.frame(id);
        } catch (MgitException e) {
            return Optional.empty();
        }
        try {
            Optional<Frame> parsed = stored.map(Frame::parse);
            parsed.ifPresent(frame -> frames.keep(id, frame));
            return parsed;
        } catch (MgitException e) {
            if (e.kind() != MgitException.Kind.INTEGRITY) {
                throw e;
            }
            return Optional.empty();
        }
    }

    private Frame load(BlockId id) {
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
        byte[] block = keepsRead ? source(id, Frame.MAX_DEPTH + 1, true) : decode(id, Frame.MAX_DEPTH);
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

    /** The prediction a prediction makes, {@code length} bytes of it. */
    public byte[] predict(Prediction prediction, Dtype dtype, int length) {
        return predict(prediction, dtype, length, Frame.MAX_DEPTH);
    }

    private byte[] predict(Prediction prediction, Dtype dtype, int length, int depthLeft) {
        Optional<Pieces> pieces = pieces(prediction, length);
        long held = pieces.map(some -> COPIES * some.total())
                .orElseGet(() ->
                        prediction.sources().stream().mapToLong(Region::length).sum());
        return sources.hold(held, () -> predicted(prediction, pieces, dtype, length, depthLeft));
    }

    private static Optional<Pieces> pieces(Prediction prediction, int length) {
        return prediction.sources().size() == 1
                ? Predictors.byCode(prediction.predictor())
                        .pieces(
                                prediction.parameters(),
                                length,
                                prediction.sources().get(0).length())
                : Optional.empty();
    }

    private byte[] predicted(Prediction prediction, Optional<Pieces> pieces, Dtype dtype, int length, int depthLeft) {
        if (pieces.isEmpty()) {
            return predicted(prediction, dtype, length, depthLeft);
        }
        byte[] joined = new byte[pieces.get().total()];
        copy(prediction.sources().get(0), depthLeft, true, pieces.get(), joined);
        byte[] predicted = new byte[length];
        Predictors.byCode(prediction.predictor())
                .predictFromPieces(joined, prediction.parameters(), dtype, predicted, length);
        return predicted;
    }

    private byte[] predicted(Prediction prediction, Dtype dtype, int length, int depthLeft) {
        boolean shared = prediction.sources().size() > 1
                || prediction.sources().stream()
                        .anyMatch(region -> region.blocks().size() > 2);
        List<byte[]> inputs = new ArrayList<>(prediction.sources().size());
        for (Region region : prediction.sources()) {
            inputs.add(region(region, depthLeft, shared));
        }
        if (prediction.predictor() == Predictors.PARENT
                && isWhole(inputs, length)
                && prediction.parameters().length == 0) {
            return inputs.get(0);
        }
        Predictor predictor = Predictors.byCode(prediction.predictor());
        byte[] predicted = new byte[predictor.predictedLength(inputs, length)];
        predictor.predict(inputs, prediction.parameters(), dtype, predicted, length);
        return predicted;
    }

    private static boolean isWhole(List<byte[]> inputs, int length) {
        return inputs.size() == 1 && inputs.get(0).length == length;
    }

    /** The bytes of a stored region, unverified. */
    public byte[] region(Region region) {
        return region(region, Frame.MAX_DEPTH, false);
    }

    /** Copies a stored region, unverified; its blocks are kept for a while, since samples are small and near each other. */
    public void sample(Region region, byte[] target) {
        sample(region, Pieces.whole(region.length()), target);
    }

    /** Copies pieces of a stored region, joined, likewise. */
    public void sample(Region region, Pieces pieces, byte[] joined) {
        copy(region, Frame.MAX_DEPTH, true, pieces, joined);
    }

    private byte[] region(Region region, int depthLeft, boolean shared) {
        if (region.blocks().size() == 1 && region.skip() == 0) {
            byte[] block = source(region.blocks().get(0), depthLeft, shared);
            if (block.length == region.length()) {
                return block;
            }
        }
        // Who reads a part of one block is likely to read its other parts next.
        boolean kept = shared || region.blocks().size() == 1;
        byte[] bytes = new byte[region.length()];
        copy(region, depthLeft, kept, Pieces.whole(bytes.length), bytes);
        return bytes;
    }

    private void copy(Region region, int depthLeft, boolean kept, Pieces pieces, byte[] joined) {
        int skip = region.skip();
        int passed = 0;
        for (BlockId id : region.blocks()) {
            // Of a region too large to be kept, the same first part is, with room left for other blocks.
            byte[] block = source(id, depthLeft, kept && passed < blockBytes / 4 * 3);
            int part = Math.min(block.length - skip, region.length() - passed);
            if (part < 0) {
                throw MgitException.integrity("a prediction reads beyond block " + id.hex());
            }
            pieces.copy(block, skip, part, passed, joined);
            passed += part;
            skip = 0;
        }
        if (passed != region.length()) {
            throw MgitException.integrity("a prediction reads beyond the blocks it names");
        }
    }

    private byte[] source(BlockId id, int depthLeft, boolean shared) {
        byte[] block = blocks.find(id);
        if (block == null) {
            block = decode(id, depthLeft - 1);
            if (shared) {
                blocks.keep(id, block);
            }
        }
        return block;
    }

    private byte[] decode(BlockId id, int depthLeft) {
        if (depthLeft < 0) {
            throw MgitException.integrity("block " + id.hex() + " is damaged: it is predicted from itself");
        }
        Frame frame = frame(id);
        byte[] block = new byte[frame.rawLength()];
        byte[] predicted = frame.prediction().isEmpty()
                ? null
                : predict(frame.prediction().get(), frame.dtype(), block.length, depthLeft);
        BlockCoder coder = coders.borrow();
        try {
            byte[] payload = frame.payload();
            coder.decode(payload, 0, payload.length, frame.dtype(), predicted, block, block.length);
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
