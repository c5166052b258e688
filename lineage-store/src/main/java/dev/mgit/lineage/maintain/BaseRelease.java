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
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Future;
import java.util.stream.IntStream;

/**
 * Sets blocks free that no version consists of and that are kept only because others are predicted from them: those
 * others are coded anew, against what stays or by themselves. Bases and the blocks that hang on them form groups, and a
 * group is coded anew only if it takes less room afterwards. Blocks are replaced one by one, each by itself a complete
 * representation, and bases go only after that is durable.
 */
final class BaseRelease {
    private final ParameterStore store;
    private final Reachability live;
    private final BlockTable table;
    private final Effort effort;
    private final int threads;
    private final CopyProgress progress;

    BaseRelease(ParameterStore store, Reachability live, Effort effort, int threads, CopyProgress progress) {
        this.store = store;
        this.live = live;
        this.table = live.table();
        this.effort = effort;
        this.threads = threads;
        this.progress = progress;
    }

    /** Bases, and the blocks that are predicted from one of them. */
    private record Group(List<Integer> bases, List<Integer> hanging) {
        Group() {
            this(new ArrayList<>(), new ArrayList<>());
        }
    }

    /**
     * Does it; what is free afterwards is no longer live.
     *
     * @param dryRun only find out
     */
    Repacked run(boolean dryRun) throws IOException {
        List<Group> groups = groups();
        try (var reader = new BlockReader(store);
                var recoder = new BlockRecoder(reader, effort);
                var pool = new TaskPool(threads)) {
            List<Integer> hanging =
                    groups.stream().flatMap(group -> group.hanging().stream()).toList();
            Map<Integer, Integer> lengths = new ConcurrentHashMap<>();
            each(
                    hanging,
                    "choosing what to re-encode",
                    pool,
                    block -> lengths.put(block, recode(block, reader, recoder).encode().length));
            List<Group> worthwhile = groups.stream()
                    .filter(group -> after(group, lengths) < before(group))
                    .toList();
            List<Integer> chosen = worthwhile.stream()
                    .flatMap(group -> group.hanging().stream())
                    .toList();
            if (!dryRun) {
                each(chosen, "re-encoding what stays", pool, block -> {
                    Frame recoded = recode(block, reader, recoder);
                    store.putBlock(table.id(block), recoded.encode());
                    table.setDepth(block, recoded.depth());
                });
                store.flush();
            }
            worthwhile.forEach(
                    group -> group.bases().forEach(base -> live.blocks().clear(base)));
            return new Repacked(
                    chosen.size(),
                    0,
                    stored(chosen),
                    chosen.stream().mapToLong(lengths::get).sum());
        }
    }

    private long before(Group group) {
        return stored(group.bases()) + stored(group.hanging());
    }

    private static long after(Group group, Map<Integer, Integer> lengths) {
        return group.hanging().stream().mapToLong(lengths::get).sum();
    }

    private long stored(List<Integer> blocks) {
        return blocks.stream().mapToLong(table::storedLength).sum();
    }

    private List<Group> groups() {
        BitSet bases = (BitSet) live.blocks().clone();
        bases.andNot(live.direct());
        int[] leader = IntStream.range(0, table.size()).toArray();
        BitSet members = new BitSet();
        live.blocks().stream()
                .forEach(block -> table.forEachSource(block, source -> {
                    if (bases.get(source)) {
                        leader[find(leader, block)] = find(leader, source);
                        members.set(block);
                        members.set(source);
                    }
                }));
        Map<Integer, Group> groups = new HashMap<>();
        members.stream().forEach(block -> {
            Group group = groups.computeIfAbsent(find(leader, block), unused -> new Group());
            (bases.get(block) ? group.bases() : group.hanging()).add(block);
        });
        return List.copyOf(groups.values());
    }

    private static int find(int[] leader, int block) {
        int at = block;
        while (leader[at] != at) {
            leader[at] = leader[leader[at]];
            at = leader[at];
        }
        return at;
    }

    private interface Work {
        void on(int block);
    }

    private void each(List<Integer> blocks, String what, TaskPool pool, Work work) throws IOException {
        progress.start(what, blocks.stream().mapToLong(table::rawLength).sum());
        List<Future<Void>> pending = new ArrayList<>();
        for (int block : blocks) {
            pending.add(pool.submit(() -> {
                work.on(block);
                progress.advance(table.rawLength(block));
                return null;
            }));
            if (pending.size() >= pool.mostAtOnce()) {
                TaskPool.getAll(pending);
                pending.clear();
            }
        }
        TaskPool.getAll(pending);
        progress.done();
    }

    /** Against the nearest ancestor that stays, or by itself, whichever is smaller. */
    private Frame recode(int block, BlockReader reader, BlockRecoder recoder) {
        BlockId id = table.id(block);
        Frame old = reader.frame(id);
        Frame alone = recoder.alone(id, old);
        Optional<Prediction> ancestor = ParentChain.find(old, reader, this::stays);
        if (ancestor.isEmpty()) {
            return alone;
        }
        Frame rebased = recoder.rebase(id, old, ancestor.get(), old.depth());
        return rebased.payload().length + BlockId.BYTES < alone.payload().length ? rebased : alone;
    }

    private boolean stays(Prediction prediction) {
        return prediction.sources().stream()
                .flatMap(region -> region.blocks().stream())
                .allMatch(source -> live.direct().get(table.find(source)));
    }
}
