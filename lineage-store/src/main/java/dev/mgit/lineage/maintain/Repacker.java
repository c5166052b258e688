package dev.mgit.lineage.maintain;

import dev.mgit.delta.BlockId;
import dev.mgit.delta.TaskPool;
import dev.mgit.delta.codec.Effort;
import dev.mgit.delta.frame.Frame;
import dev.mgit.delta.frame.Prediction;
import dev.mgit.lineage.checkpoint.CopyProgress;
import dev.mgit.lineage.maintain.GcReport.Repacked;
import dev.mgit.lineage.parameters.BlockReader;
import dev.mgit.lineage.parameters.BlockRecoder;
import dev.mgit.lineage.parameters.ParameterStore;
import java.io.IOException;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Codes every live block anew and keeps the smaller result. Blocks come in order of depth, sources before what is
 * predicted from them, so that a chain that was too long is short by the time its end is reached. Blocks are replaced
 * one by one, each by itself a complete representation: a crash leaves some old and some new.
 */
final class Repacker {
    private static final int SHARES = 256;
    private static final long FLUSH_BYTES = 64L << 20;

    private final ParameterStore store;
    private final Reachability live;
    private final BlockTable table;
    private final int maxDepth;
    private final boolean dryRun;
    private final RepackPosition position;
    private final AtomicLong rewritten = new AtomicLong();
    private final AtomicLong rebased = new AtomicLong();
    private final AtomicLong before = new AtomicLong();
    private final AtomicLong after = new AtomicLong();
    private long flushedAt;

    /** @param position where a killed run got to, so that this one goes on from there */
    Repacker(ParameterStore store, Reachability live, int maxDepth, boolean dryRun, RepackPosition position) {
        this.store = store;
        this.live = live;
        this.table = live.table();
        this.maxDepth = maxDepth;
        this.dryRun = dryRun;
        this.position = position;
    }

    Repacked run(Effort effort, int threads, CopyProgress progress) throws IOException {
        BitSet[] byDepth = byDepth();
        progress.start(
                "recoding", live.blocks().stream().mapToLong(table::rawLength).sum());
        try (var reader = new BlockReader(store);
                var recoder = new BlockRecoder(reader, effort);
                var pool = new TaskPool(threads)) {
            for (int depth = 0; depth < byDepth.length; depth++) {
                for (int share = 0; share < SHARES; share++) {
                    if (position.isBehind(depth, share)) {
                        continue;
                    }
                    recodeShare(byDepth[depth], share, reader, recoder, pool, progress);
                    flushNowAndThen(depth, share);
                }
            }
            if (!dryRun) {
                store.flush();
                position.clear();
            }
        } finally {
            progress.done();
        }
        return new Repacked(rewritten.get(), rebased.get(), before.get(), after.get());
    }

    private BitSet[] byDepth() {
        int deepest = live.blocks().stream().map(table::depth).max().orElse(0);
        BitSet[] byDepth = new BitSet[deepest + 1];
        for (int i = 0; i < byDepth.length; i++) {
            byDepth[i] = new BitSet();
        }
        live.blocks().stream().forEach(block -> byDepth[table.depth(block)].set(block));
        return byDepth;
    }

    private void recodeShare(
            BitSet blocks, int share, BlockReader reader, BlockRecoder recoder, TaskPool pool, CopyProgress progress)
            throws IOException {
        List<Future<Void>> pending = new ArrayList<>();
        for (int block = blocks.nextSetBit(0); block >= 0; block = blocks.nextSetBit(block + 1)) {
            if (table.firstByte(block) == share) {
                int number = block;
                pending.add(pool.submit(() -> {
                    recode(number, reader, recoder);
                    progress.advance(table.rawLength(number));
                    return null;
                }));
            }
        }
        TaskPool.getAll(pending);
    }

    private void flushNowAndThen(int depth, int share) throws IOException {
        if (!dryRun && after.get() - flushedAt > FLUSH_BYTES) {
            store.flush();
            position.reached(depth, share);
            flushedAt = after.get();
        }
    }

    private void recode(int number, BlockReader reader, BlockRecoder recoder) {
        BlockId id = table.id(number);
        Frame old = reader.frame(id);
        Frame recoded = recode(id, old, reader, recoder);
        boolean smaller = recoded.payload().length < old.payload().length;
        boolean shallower = recoded.depth() < old.depth();
        if (!smaller && !shallower) {
            return;
        }
        byte[] stored = recoded.encode();
        if (!dryRun) {
            store.putBlock(id, stored);
        }
        table.setDepth(number, recoded.depth());
        rewritten.incrementAndGet();
        before.addAndGet(table.storedLength(number));
        after.addAndGet(stored.length);
    }

    private Frame recode(BlockId id, Frame old, BlockReader reader, BlockRecoder recoder) {
        if (old.prediction().isEmpty()) {
            return recoder.recode(id, old, 0);
        }
        int depth = depthOver(old.prediction().get());
        if (depth <= maxDepth) {
            return recoder.recode(id, old, Math.min(depth, old.depth()));
        }
        rebased.incrementAndGet();
        Optional<Prediction> ancestor = ParentChain.find(old, reader, prediction -> depthOver(prediction) <= maxDepth);
        return ancestor.isPresent()
                ? recoder.rebase(id, old, ancestor.get(), depthOver(ancestor.get()))
                : recoder.alone(id, old);
    }

    /** Depth of a block with this prediction. */
    private int depthOver(Prediction prediction) {
        return 1
                + prediction.sources().stream()
                        .flatMap(region -> region.blocks().stream())
                        .mapToInt(source -> table.depth(table.find(source)))
                        .max()
                        .orElse(0);
    }
}
