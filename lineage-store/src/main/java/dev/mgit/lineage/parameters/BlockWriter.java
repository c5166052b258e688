package dev.mgit.lineage.parameters;

import dev.mgit.delta.BlockId;
import dev.mgit.delta.Dtype;
import dev.mgit.delta.MgitException;
import dev.mgit.delta.codec.BlockCoder;
import dev.mgit.delta.codec.Effort;
import dev.mgit.delta.codec.QuantizationStep;
import dev.mgit.delta.frame.Frame;
import dev.mgit.delta.frame.Prediction;
import dev.mgit.delta.frame.Region;
import dev.mgit.delta.predictor.Predictors;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import java.util.function.ToIntFunction;
import org.jspecify.annotations.Nullable;

/**
 * Stores blocks, each as little as its prediction allows. A block that is there already is taken for stored only if it
 * can be read back, see {@link SoundBlocks}; else it is stored again. Safe for use by several threads.
 */
public final class BlockWriter implements BlockSink, AutoCloseable {
    /** A skip is not taken if the parent would make do with this share of what it costs. */
    private static final double DEAR_SKIP = 0.8;
    /** Up to so many opaque bytes of a commit the slowest search is affordable, up to so many a slow one. */
    private static final long WORTH_ALL = 64L << 20;

    private static final long WORTH_MOST = 512L << 20;

    /** Bytes that stay above this share of themselves are not coded together with their neighbours. */
    private static final double NOISE = 0.95;

    private final ParameterStore store;
    private final BlockReader reader;
    private final Effort effort;
    private final int maxDepth;
    private final CoderPool coders = new CoderPool();
    /** Blocks that some thread is at. */
    private final Set<BlockId> underway = ConcurrentHashMap.newKeySet();

    private final SoundBlocks sound;
    private final AtomicLong healedBytes = new AtomicLong();
    private final AtomicLong newBytes = new AtomicLong();
    private final AtomicLong storedBytes = new AtomicLong();
    private final LossyBlocks lossy;
    private final AtomicLong opaqueBytes = new AtomicLong();

    /** @param maxDepth most frames a reader may have to decode before the one it wants */
    public BlockWriter(ParameterStore store, BlockReader reader, Effort effort, int maxDepth) {
        this.store = store;
        this.reader = reader;
        this.sound = new SoundBlocks(reader);
        this.effort = effort;
        this.maxDepth = maxDepth;
        this.lossy = new LossyBlocks(coders, effort);
    }

    /** Raw bytes of the blocks that were in the store, but damaged, and were stored again. */
    public long healedBytes() {
        return healedBytes.get();
    }

    /** Raw bytes of the blocks that were not in the store yet. */
    public long newBytes() {
        return newBytes.get();
    }

    /** Bytes the frames of those blocks take. */
    public long storedBytes() {
        return storedBytes.get();
    }

    @Override
    public BlockId block(byte[] raw, int length, Dtype dtype, TensorPredictions predictions, long offset) {
        BlockId id = BlockId.hash(raw, 0, length);
        Optional<LossBound> loss = predictions.loss().filter(l -> QuantizationStep.suits(dtype));
        if (loss.isPresent() && !sound.contains(id)) {
            return lossy.of(id, () -> standIn(id, raw, length, dtype, predictions.at(offset, length), loss.get()));
        }
        return exact(id, raw, length, dtype, () -> predictions.at(offset, length));
    }

    /**
     * All new chunks of a run are coded as one block, of which each is a part, whatever known ones stand between them:
     * matches may lead from one to the other, frequencies are learnt once, and the places in the parents named once.
     */
    @Override
    public List<BlockId> chunks(byte[] raw, List<Integer> lengths, OpaquePredictions predictions) {
        List<BlockId> ids = new ArrayList<>();
        List<Region> fresh = new ArrayList<>();
        int at = 0;
        for (int length : lengths) {
            BlockId id = BlockId.hash(raw, at, length);
            if (claim(id)) {
                fresh.add(new Region(List.of(id), at, length));
            }
            ids.add(id);
            at += length;
        }
        if (!fresh.isEmpty()) {
            putTogether(raw, fresh, predictions);
        }
        return ids;
    }

    /** @param chunks where in {@code raw} each stands */
    private void putTogether(byte[] raw, List<Region> chunks, OpaquePredictions predictions) {
        byte[] whole = joined(raw, chunks);
        int length = chunks.stream().mapToInt(Region::length).sum();
        Frame frame = encodeOpaque(whole, length, predictions.of(whole, length));
        if (chunks.size() == 1) {
            put(chunks.get(0).blocks().get(0), frame);
        } else if (frame.payload().length > NOISE * length) {
            for (Region chunk : chunks) {
                byte[] bytes = Arrays.copyOfRange(raw, chunk.skip(), chunk.skip() + chunk.length());
                put(chunk.blocks().get(0), encode(bytes, chunk.length(), Dtype.OPAQUE, Optional.empty(), effort));
            }
        } else {
            BlockId id = BlockId.hash(whole, 0, length);
            if (claim(id)) {
                byte[] bytes = frame.encode();
                store.putBlock(id, bytes);
                done(id);
                storedBytes.addAndGet(bytes.length);
            }
            int at = 0;
            for (Region chunk : chunks) {
                put(chunk.blocks().get(0), part(id, frame, at, chunk.length()));
                at += chunk.length();
            }
        }
    }

    /** The chunks one after the other; the very array where nothing stands before or between them. */
    private static byte[] joined(byte[] raw, List<Region> chunks) {
        int length = chunks.stream().mapToInt(Region::length).sum();
        Region last = chunks.get(chunks.size() - 1);
        if (last.skip() + last.length() == length) {
            return raw;
        }
        byte[] joined = new byte[length];
        int at = 0;
        for (Region chunk : chunks) {
            System.arraycopy(raw, chunk.skip(), joined, at, chunk.length());
            at += chunk.length();
        }
        return joined;
    }

    /** A block that is a part of another. */
    private static Frame part(BlockId whole, Frame frame, int offset, int length) {
        Prediction prediction =
                new Prediction(Predictors.PARENT, List.of(new Region(List.of(whole), offset, length)), new byte[0]);
        return new Frame(
                Dtype.OPAQUE,
                length,
                frame.depth() + 1,
                frame.generation() + 1,
                Optional.of(prediction),
                BlockCoder.same());
    }

    /** @param wanted asked only if the block is new: choosing a prediction costs time */
    private BlockId exact(BlockId id, byte[] raw, int length, Dtype dtype, Supplier<Optional<Prediction>> wanted) {
        if (claim(id)) {
            put(id, encode(raw, length, dtype, wanted.get()));
        }
        return id;
    }

    private BlockId standIn(
            BlockId id, byte[] raw, int length, Dtype dtype, Optional<Prediction> likely, LossBound loss) {
        Optional<Prediction> wanted = likely.filter(sound::containsSources);
        Optional<Prediction> prediction = wanted.flatMap(p -> withinDepth(p, raw, length, dtype));
        Optional<LossyBlocks.StandIn> made =
                prediction.flatMap(p -> lossy.make(raw, length, dtype, reader.predict(p, dtype, length), loss));
        if (made.isEmpty()) {
            return exact(id, raw, length, dtype, () -> wanted);
        }
        BlockId standIn = BlockId.hash(made.get().raw(), 0, length);
        if (claim(standIn)) {
            put(standIn, frame(dtype, length, wanted, prediction, made.get().payload()));
        }
        return standIn;
    }

    /** Whether a block is for the caller to store: it is not there, and nobody else is at it. */
    private boolean claim(BlockId id) {
        if (!underway.add(id)) {
            return false;
        }
        if (sound.contains(id)) {
            underway.remove(id);
            return false;
        }
        return true;
    }

    private void done(BlockId id) {
        sound.add(id);
        underway.remove(id);
    }

    private void put(BlockId id, Frame frame) {
        byte[] bytes = frame.encode();
        boolean healed = store.hasBlock(id);
        store.putBlock(id, bytes);
        done(id);
        (healed ? healedBytes : newBytes).addAndGet(frame.rawLength());
        storedBytes.addAndGet(bytes.length);
    }

    /** Whether a block this writer stored differs from the one it was given. */
    public boolean isInexact(BlockId id) {
        return lossy.isInexact(id);
    }

    @Override
    public void object(StoredObject object) {
        if (!isSound(object)) {
            store.putObject(object);
        }
    }

    private boolean isSound(StoredObject object) {
        try {
            return store.object(object.id()).isPresent();
        } catch (MgitException e) {
            return false;
        }
    }

    /** Bytes a block would take, near enough to choose a prediction by. */
    public double estimate(byte[] raw, int length, Dtype dtype, byte @Nullable [] predicted) {
        BlockCoder coder = coders.borrow();
        try {
            return coder.estimate(raw, length, dtype, predicted);
        } finally {
            coders.giveBack(coder);
        }
    }

    Frame encode(byte[] raw, int length, Dtype dtype, Optional<Prediction> likely) {
        return encode(raw, length, dtype, likely, effort);
    }

    /**
     * Opaque bytes are few as a rule and worth the greatest effort; where they are many, time counts more. One at a time:
     * searching for matches takes memory.
     */
    private Frame encodeOpaque(byte[] raw, int length, Optional<Prediction> likely) {
        long before = opaqueBytes.getAndAdd(length);
        Effort afforded = before < WORTH_ALL ? Effort.SMALL : before < WORTH_MOST ? Effort.BALANCED : Effort.FAST;
        synchronized (opaqueBytes) {
            return encode(raw, length, Dtype.OPAQUE, likely, effort == Effort.BALANCED ? afforded : effort);
        }
    }

    /** @param likely not taken if what it reads cannot be read back */
    private Frame encode(byte[] raw, int length, Dtype dtype, Optional<Prediction> likely, Effort effort) {
        Optional<Prediction> wanted = likely.filter(sound::containsSources);
        Optional<Prediction> prediction = wanted.flatMap(p -> withinDepth(p, raw, length, dtype));
        byte[] predicted = prediction.map(p -> reader.predict(p, dtype, length)).orElse(null);
        int naming = prediction.map(p -> Frame.bytesOf(p, length)).orElse(0);
        BlockCoder coder = coders.borrow();
        try {
            return frame(
                    dtype, length, wanted, prediction, coder.encode(raw, length, dtype, predicted, naming, effort));
        } finally {
            coders.giveBack(coder);
        }
    }

    /** The generation counts from the parent that was wanted, though a skip may have gone further back. */
    private Frame frame(
            Dtype dtype, int length, Optional<Prediction> wanted, Optional<Prediction> prediction, byte[] payload) {
        if (prediction.isEmpty() || !BlockCoder.needsPrediction(payload)) {
            return Frame.root(dtype, length, payload);
        }
        int depth = deepest(prediction.get(), Frame::depth);
        int generation = Math.max(depth, deepest(wanted.orElseThrow(), Frame::generation));
        return new Frame(dtype, length, depth + 1, generation + 1, prediction, payload);
    }

    private int deepest(Prediction prediction, ToIntFunction<Frame> measure) {
        return prediction.sources().stream()
                .flatMap(region -> region.blocks().stream())
                .map(reader::frame)
                .mapToInt(measure)
                .max()
                .orElse(0);
    }

    /**
     * Keeps chains short. A block that continues a line of plain parents follows its parent, but every so many
     * generations as the limit allows frames it skips back: as the g-th of its line, g = limit * n, to the one whose n
     * has its lowest set bit cleared. Where that would cost much more, as it does when a small step follows large ones,
     * and the limit allows it, a block is predicted from its parent after all.
     */
    private Optional<Prediction> withinDepth(Prediction prediction, byte[] raw, int length, Dtype dtype) {
        Prediction kept = prediction;
        if (prediction.predictor() == Predictors.PARENT && readsOneBlock(prediction)) {
            Prediction skipped = skip(prediction);
            boolean stays = skipped.equals(prediction)
                    || (fits(prediction)
                            && cost(prediction, raw, length, dtype) < DEAR_SKIP * cost(skipped, raw, length, dtype));
            kept = stays ? prediction : skipped;
        }
        if (prediction.predictor() == Predictors.REFERENCE) {
            return new ReferencePlaces(reader, maxDepth).resolve(prediction);
        }
        return Optional.of(kept).map(this::shallower).filter(this::fits);
    }

    /** The same prediction from earlier versions of those of its blocks that are too deep: near, if not the same. */
    private Prediction shallower(Prediction prediction) {
        if (fits(prediction)) {
            return prediction;
        }
        List<Region> sources = prediction.sources().stream()
                .map(region -> new Region(
                        region.blocks().stream().map(this::earlier).toList(), region.skip(), region.length()))
                .toList();
        return new Prediction(prediction.predictor(), sources, prediction.parameters());
    }

    private BlockId earlier(BlockId id) {
        BlockId at = id;
        Frame frame = reader.frame(at);
        while (frame.depth() >= maxDepth && continues(frame, frame.rawLength())) {
            at = frame.prediction().orElseThrow().sources().get(0).blocks().get(0);
            frame = reader.frame(at);
        }
        return at;
    }

    /** Whether a block is predicted from one block of its parent, of so many bytes. */
    private static boolean continues(Frame frame, int length) {
        return frame.prediction()
                .filter(p -> p.predictor() == Predictors.PARENT && readsOneBlock(p))
                .filter(p -> p.sources().get(0).length() == length
                        && p.sources().get(0).skip() == 0)
                .isPresent();
    }

    private boolean fits(Prediction prediction) {
        return prediction.sources().stream()
                .flatMap(region -> region.blocks().stream())
                .allMatch(id -> reader.frame(id).depth() < maxDepth);
    }

    private double cost(Prediction prediction, byte[] raw, int length, Dtype dtype) {
        return estimate(raw, length, dtype, reader.predict(prediction, dtype, length));
    }

    private static boolean readsOneBlock(Prediction prediction) {
        return prediction.sources().size() == 1
                && prediction.sources().get(0).blocks().size() == 1;
    }

    private Prediction skip(Prediction prediction) {
        Prediction best = prediction;
        Frame source = reader.frame(best.sources().get(0).blocks().get(0));
        int generation = source.generation() + 1;
        int target = generation % maxDepth != 0
                ? generation - 1
                : generation - maxDepth * Integer.lowestOneBit(generation / maxDepth);
        while ((source.generation() > target || source.depth() >= maxDepth) && source.depth() > 0) {
            if (!continues(source, prediction.sources().get(0).length())) {
                break;
            }
            best = source.prediction().orElseThrow();
            source = reader.frame(best.sources().get(0).blocks().get(0));
        }
        return best;
    }

    @Override
    public void close() {
        coders.close();
    }
}
