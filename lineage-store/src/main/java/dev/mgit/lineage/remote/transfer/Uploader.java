package dev.mgit.lineage.remote.transfer;

import dev.mgit.delta.MgitException;
import dev.mgit.delta.TaskPool;
import dev.mgit.lineage.checkpoint.CopyProgress;
import dev.mgit.lineage.parameters.ParameterStore;
import dev.mgit.lineage.remote.pack.ListedPack;
import dev.mgit.lineage.remote.pack.Pack;
import dev.mgit.lineage.remote.pack.PackIndex;
import dev.mgit.lineage.remote.pack.PackName;
import dev.mgit.lineage.remote.pack.PackedFrame;
import dev.mgit.lineage.remote.store.Content;
import dev.mgit.lineage.remote.store.MeteredStore;
import dev.mgit.lineage.remote.store.RemoteStore;
import dev.mgit.lineage.remote.store.Traffic;
import dev.mgit.lineage.version.ObjectId;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Sends what a store lacks. Order: packs, then the index that makes them known, as soon as it is full; then a look whether
 * everything relied on is still there. Nothing is journaled: a pack that is there under its name need not be sent again.
 */
final class Uploader {
    private static final int MOST_ROUNDS = 3;

    private final MeteredStore store;
    private final IndexLoader indexes;
    private final TransferSettings settings;
    private final PackCutter cutter;
    private final CopyProgress progress;
    private final AtomicInteger reused = new AtomicInteger();

    Uploader(
            MeteredStore store,
            IndexLoader indexes,
            TransferSettings settings,
            PackCutter cutter,
            CopyProgress progress) {
        this.store = store;
        this.indexes = indexes;
        this.settings = settings;
        this.cutter = cutter;
        this.progress = progress;
    }

    PushReport upload(ParameterStore local, Collection<ObjectId> objects) throws IOException {
        Traffic before = store.traffic();
        PushReport sum = new PushReport(0, 0, 0, 0, 0, 0, 0, before);
        Set<PackName> gone = new HashSet<>();
        for (int round = 1; round <= MOST_ROUNDS; round++) {
            Set<PackName> absent = new HashSet<>(PackMarks.marked(store).keySet());
            absent.addAll(gone);
            List<PackName> relied = new ArrayList<>();
            try (UploadPlan plan =
                    new UploadPlan(local, indexes.load(absent), objects, settings.effort(), settings.maxDepth())) {
                List<PackName> sent = send(plan, absent);
                relied.addAll(plan.reliance().names());
                relied.addAll(sent);
                sum = added(sum, plan, sent);
            }
            Set<PackName> lost = lost(relied);
            if (lost.isEmpty()) {
                return withTraffic(sum, store.traffic().since(before));
            }
            gone.addAll(lost);
        }
        throw new MgitException(
                MgitException.Kind.REMOTE,
                "packs keep vanishing from " + store.url() + " while this push relies on them",
                "wait until the clean-up of the store has ended, and push again");
    }

    private List<PackName> send(UploadPlan plan, Set<PackName> absent) throws IOException {
        List<PackCutter.Cut> cuts = cutter.cut(plan.frames(), plan.objects());
        var known = new Indexing(cuts.size());
        progress.start("pushing", cuts.stream().mapToLong(PackCutter.Cut::bytes).sum());
        try {
            TaskPool.forEach(settings.threads(), cuts.size(), number -> {
                PackCutter.Cut cut = cuts.get(number);
                Pack pack = Pack.of(cut.frames(), cut.objects(), plan);
                put(pack, absent.contains(pack.name()));
                known.sent(number, pack.listed());
                progress.advance(cut.bytes());
            });
        } finally {
            progress.done();
        }
        return known.end();
    }

    /** Makes packs known in their order. A listing is let go of as soon as the index it belongs to is there. */
    private final class Indexing {
        private final ListedPack[] waiting;
        private final List<PackName> names = new ArrayList<>();
        private final PackIndex.Open open = new PackIndex.Open();

        Indexing(int count) {
            this.waiting = new ListedPack[count];
        }

        synchronized void sent(int number, ListedPack pack) {
            waiting[number] = pack;
            while (names.size() < waiting.length && waiting[names.size()] != null) {
                ListedPack next = waiting[names.size()];
                waiting[names.size()] = null;
                names.add(next.name());
                open.add(next).ifPresent(this::put);
            }
        }

        private void put(PackIndex.Encoded index) {
            store.put(index.name().indexKey(), Content.of(index.bytes()));
        }

        synchronized List<PackName> end() {
            open.end().ifPresent(this::put);
            return names;
        }
    }

    /**
     * The answer to a put may get lost, and some services answer before they have read all: what counts is what is there.
     *
     * @param anew whether one that is there is about to be deleted, unless it is put again
     */
    private void put(Pack pack, boolean anew) {
        if (!anew && isThere(pack)) {
            reused.incrementAndGet();
            return;
        }
        try {
            store.put(pack.name().packKey(), new PackContent(pack));
        } catch (MgitException e) {
            if (e.kind() != MgitException.Kind.REMOTE || !isThere(pack)) {
                throw e;
            }
        }
    }

    private boolean isThere(Pack pack) {
        return store.head(pack.name().packKey())
                .map(RemoteStore.Entry::size)
                .filter(size -> size == pack.length())
                .isPresent();
    }

    /** Packs that are not in the store, or not for long: marked, and not put again since. */
    private Set<PackName> lost(List<PackName> relied) {
        if (relied.isEmpty()) {
            return Set.of();
        }
        Map<PackName, RemoteStore.Entry> there = indexes.entries();
        Map<PackName, Instant> marked = PackMarks.marked(store);
        Set<PackName> lost = new HashSet<>(relied);
        lost.removeIf(pack -> there.containsKey(pack)
                && marked.getOrDefault(pack, Instant.MIN)
                        .isBefore(there.get(pack).modified()));
        return lost;
    }

    private PushReport added(PushReport sum, UploadPlan plan, List<PackName> sent) {
        List<PackedFrame> frames = plan.frames();
        return new PushReport(
                sum.objects() + plan.objects().size(),
                sum.blocks() + frames.size(),
                sum.rawBytes()
                        + frames.stream().mapToLong(PackedFrame::rawLength).sum(),
                sum.frameBytes()
                        + frames.stream().mapToLong(PackedFrame::length).sum(),
                sum.recoded() + plan.recoded(),
                sum.packs() + sent.size(),
                reused.get(),
                sum.traffic());
    }

    private static PushReport withTraffic(PushReport sum, Traffic traffic) {
        return new PushReport(
                sum.objects(),
                sum.blocks(),
                sum.rawBytes(),
                sum.frameBytes(),
                sum.recoded(),
                sum.packs(),
                sum.reusedPacks(),
                traffic);
    }
}
