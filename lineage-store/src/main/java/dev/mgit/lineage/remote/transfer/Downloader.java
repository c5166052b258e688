package dev.mgit.lineage.remote.transfer;

import dev.mgit.delta.MgitException;
import dev.mgit.delta.TaskPool;
import dev.mgit.lineage.checkpoint.CopyProgress;
import dev.mgit.lineage.parameters.ParameterStore;
import dev.mgit.lineage.remote.store.MeteredStore;
import dev.mgit.lineage.remote.store.Traffic;
import java.io.IOException;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Fetches what is wanted: planned as a whole from the listings, read in long ranges, several at once, and stored batch by
 * batch, so that a run after a killed one has only the rest to fetch. A frame that is not what it should be is read once
 * more and then from another pack, if there is one.
 */
final class Downloader {
    /** Frames held in memory at once, unless a single one is larger. */
    private static final long MOST_BATCH_BYTES = 64L << 20;

    private static final int BATCH_SHARE_OF_HEAP = 8;

    /** What a frame takes beside its bytes: of very small ones, most of it. */
    private static final int FRAME = 512;

    private final MeteredStore store;
    private final IndexLoader indexes;
    private final TransferSettings settings;
    private final CopyProgress progress;
    private final Set<PlacedFrame> refusedOnce = new HashSet<>();
    private int blocks;
    private long rawBytes;
    private long frameBytes;
    private int refused;

    Downloader(MeteredStore store, IndexLoader indexes, TransferSettings settings, CopyProgress progress) {
        this.store = store;
        this.indexes = indexes;
        this.settings = settings;
        this.progress = progress;
    }

    FetchReport download(ParameterStore local, Collection<Want> wants) throws IOException {
        Traffic before = store.traffic();
        RemoteIndex remote = indexes.load(Set.of());
        FetchPlan plan = new FetchPlan(local, remote, store.url(), wants);
        int objects = plan.objects().size();
        List<PlacedFrame> bad = fetch(local, plan);
        while (!bad.isEmpty()) {
            forget(remote, bad);
            bad = fetch(local, plan(local, remote, wants, bad));
        }
        plan.objects().forEach(local::putObject);
        local.flush();
        return new FetchReport(
                objects, blocks, rawBytes, frameBytes, refused, store.traffic().since(before));
    }

    private FetchPlan plan(ParameterStore local, RemoteIndex remote, Collection<Want> wants, List<PlacedFrame> bad) {
        try {
            return new FetchPlan(local, remote, store.url(), wants);
        } catch (MgitException e) {
            PlacedFrame first = bad.get(0);
            throw new MgitException(
                    MgitException.Kind.INTEGRITY,
                    "block " + first.id().hex() + " is damaged in pack "
                            + first.pack().name().hex() + " of the store " + store.url(),
                    "push it from a machine that has it, or fetch from another store",
                    e);
        }
    }

    /** A frame that was damaged on its way is read again; one that is damaged twice is so in the store. */
    private void forget(RemoteIndex remote, List<PlacedFrame> bad) {
        List<PlacedFrame> again =
                bad.stream().filter(frame -> !refusedOnce.add(frame)).toList();
        if (!again.isEmpty()) {
            remote.distrust(again);
        }
    }

    /** Fetches what a plan names; what was refused. */
    private List<PlacedFrame> fetch(ParameterStore local, FetchPlan plan) throws IOException {
        List<PlacedFrame> frames = plan.frames();
        progress.start(
                "fetching", frames.stream().mapToLong(PlacedFrame::length).sum());
        long most = Math.min(MOST_BATCH_BYTES, Runtime.getRuntime().maxMemory() / BATCH_SHARE_OF_HEAP);
        try {
            for (int from = 0; from < frames.size(); ) {
                int to = batchEnd(frames, from, most);
                List<PlacedFrame> bad = fetchBatch(local, frames.subList(from, to));
                if (!bad.isEmpty()) {
                    refused += bad.size();
                    return bad;
                }
                from = to;
            }
        } finally {
            progress.done();
        }
        return List.of();
    }

    /** @param most bytes of memory, unless for one frame */
    static int batchEnd(List<PlacedFrame> frames, int from, long most) {
        long bytes = 0;
        int to = from;
        while (to < frames.size() && (to == from || bytes + frames.get(to).length() + FRAME <= most)) {
            bytes += frames.get(to++).length() + FRAME;
        }
        return to;
    }

    private List<PlacedFrame> fetchBatch(ParameterStore local, List<PlacedFrame> batch) throws IOException {
        StagedFrames staged = new StagedFrames(local::frame);
        List<PackRange> ranges = PackRange.of(batch);
        TaskPool.forEach(settings.threads(), ranges.size(), number -> {
            PackRange range = ranges.get(number);
            range.read(store, staged);
            progress.advance(
                    range.frames().stream().mapToLong(PlacedFrame::length).sum());
        });
        List<PlacedFrame> bad = new FrameImport(local, settings).store(batch, staged);
        local.flush();
        count(batch, local);
        return bad;
    }

    private void count(List<PlacedFrame> batch, ParameterStore local) {
        for (PlacedFrame frame : batch) {
            if (local.hasBlock(frame.id())) {
                blocks++;
                rawBytes += frame.pack().listing().rawLength(frame.number());
                frameBytes += frame.length();
            }
        }
    }
}
