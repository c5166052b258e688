package dev.mgit.lineage.maintain;

import dev.mgit.delta.MgitException;
import dev.mgit.delta.codec.Effort;
import dev.mgit.lineage.checkpoint.CheckoutState;
import dev.mgit.lineage.checkpoint.CopyProgress;
import dev.mgit.lineage.checkpoint.StoreSettings;
import dev.mgit.lineage.git.GitMaintenance;
import dev.mgit.lineage.graph.GraphIndex;
import dev.mgit.lineage.maintain.GcReport.Dropped;
import dev.mgit.lineage.maintain.GcReport.Repacked;
import dev.mgit.lineage.parameters.ParameterStore;
import dev.mgit.lineage.remote.PromisedVersions;
import dev.mgit.lineage.repository.Repository;
import dev.mgit.lineage.repository.WriterLock;
import dev.mgit.lineage.version.ObjectId;
import dev.mgit.lineage.version.VersionId;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Removes what nothing leads to any more and gives its disk space back.
 *
 * <p>Order: nothing is touched before everything live has been found whole. Then old operations, then Git objects:
 * from here on no version is left that needs what goes next; training state that is dropped was written down as such
 * before. Then what hangs on blocks that go is coded anew. Then objects, then blocks, each before the blocks it is
 * predicted from, so that a crash never leaves a block whose sources are gone for a later commit to trust.
 */
public final class GarbageCollector {
    private static final double SLACK = 1.1;
    private static final long SLACK_BYTES = 8 << 20;

    private final Repository repository;
    private final StoreSettings settings;
    private final CopyProgress progress;

    public GarbageCollector(Repository repository, CopyProgress progress) {
        this.repository = repository;
        this.settings = StoreSettings.of(repository.settings());
        this.progress = progress;
    }

    /**
     * What to do.
     *
     * @param horizon operations before this instant are forgotten and can then no longer be undone
     * @param repack code all blocks anew, with this effort
     * @param drop training state to give up as well
     */
    public record Request(Instant horizon, Optional<Effort> repack, Optional<DropRequest> drop) {
        /** One that removes only what nothing leads to. */
        public Request(Instant horizon, Optional<Effort> repack) {
            this(horizon, repack, Optional.empty());
        }
    }

    /** Says what {@link #collect} would do, and does nothing. */
    public GcReport plan(Request request) throws IOException {
        try (GitMaintenance git = git()) {
            List<VersionId> checkedOut = checkedOut();
            Set<VersionId> versions = git.liveVersions(request.horizon(), checkedOut);
            GitMaintenance.Garbage garbage = git.garbage(request.horizon(), checkedOut);
            long bytes = FolderSize.of(repository.files().mgit());
            Optional<ParameterStore> opened = repository.parametersIfAny();
            if (opened.isEmpty()) {
                requireNoParameters(versions);
                return report(true, garbage, Optional.empty(), Optional.empty(), bytes, bytes);
            }
            try (ParameterStore store = opened.get()) {
                Optional<OldTrainingState> old = old(request);
                Reachability live = live(store, versions, old);
                Optional<Dropped> dropped = drop(store, live, old, true);
                Dead dead = dead(store, live, dropped);
                return report(true, garbage, Optional.of(dead), repack(request, store, dead, true), bytes, bytes);
            }
        }
    }

    /**
     * Cleans up.
     *
     * @throws MgitException of kind INTEGRITY if something live is missing or damaged; nothing was removed then
     */
    public GcReport collect(Request request, WriterLock lock) throws IOException {
        try (GitMaintenance git = git()) {
            long before = FolderSize.of(repository.files().mgit());
            git.settle();
            repository.removeUnfinished(lock);
            new GraphIndex(repository.files().graphIndex()).removeUnfinished();
            List<VersionId> checkedOut = checkedOut();
            Set<VersionId> versions = git.liveVersions(request.horizon(), checkedOut);
            Optional<Dead> dead = Optional.empty();
            Optional<Repacked> repacked = Optional.empty();
            GitMaintenance.Garbage garbage;
            if (hasParameters()) {
                try (ParameterStore store = repository.writableParameters(lock)) {
                    Optional<OldTrainingState> old = old(request);
                    Reachability live = live(store, versions, old);
                    old.filter(some -> !some.isEmpty()).ifPresent(some -> some.record(repository.lineage()));
                    garbage = collectGit(git, request, checkedOut);
                    Dead found = dead(store, live, drop(store, live, old, false));
                    remove(store, found);
                    repacked = repack(request, store, found, false);
                    compact(store, found, repacked);
                    dead = Optional.of(found);
                }
            } else {
                requireNoParameters(versions);
                garbage = collectGit(git, request, checkedOut);
            }
            long after = FolderSize.of(repository.files().mgit());
            return report(false, garbage, dead, repacked, before, after);
        }
    }

    private GitMaintenance git() {
        return GitMaintenance.open(
                repository.files().lineage(), repository.files().operationLog());
    }

    private List<VersionId> checkedOut() throws IOException {
        return CheckoutState.all(repository).stream()
                .map(CheckoutState::version)
                .toList();
    }

    private boolean hasParameters() {
        Optional<ParameterStore> store = repository.parametersIfAny();
        store.ifPresent(ParameterStore::close);
        return store.isPresent();
    }

    private void requireNoParameters(Set<VersionId> versions) {
        Set<VersionId> promised = PromisedVersions.of(repository);
        for (VersionId version : versions) {
            if (!promised.contains(version) && RequiredObjects.parameters(repository.lineage(), version)) {
                throw new MgitException(
                        MgitException.Kind.INTEGRITY,
                        "the parameter store is missing: there is no "
                                + repository.files().parameters() + ", but version " + version.abbreviated()
                                + " needs it",
                        "run 'mgit fsck'");
            }
        }
    }

    private GitMaintenance.Garbage collectGit(GitMaintenance git, Request request, List<VersionId> checkedOut) {
        progress.start("cleaning the lineage", 0);
        GitMaintenance.Garbage garbage = git.collect(request.horizon(), checkedOut);
        progress.done();
        return garbage;
    }

    /** What can go, and what stays. */
    private record Dead(
            Reachability live,
            List<ObjectId> objects,
            List<Integer> blocks,
            long blockBytes,
            Optional<Dropped> dropped) {}

    private Optional<OldTrainingState> old(Request request) {
        return request.drop().map(drop -> OldTrainingState.find(repository.lineage(), drop));
    }

    private Reachability live(ParameterStore store, Set<VersionId> versions, Optional<OldTrainingState> old) {
        progress.start("reading blocks", 0);
        Reachability live = Reachability.of(
                repository.lineage(),
                versions,
                PromisedVersions.of(repository),
                (version, file) ->
                        old.filter(some -> some.contains(version, file)).isPresent(),
                store);
        progress.done();
        return live;
    }

    /** What only training state that goes was predicted for goes with it. */
    private Optional<Dropped> drop(
            ParameterStore store, Reachability live, Optional<OldTrainingState> old, boolean dryRun)
            throws IOException {
        if (old.isEmpty()) {
            return Optional.empty();
        }
        var release = new BaseRelease(store, live, settings.effort(), settings.threads(), progress);
        return Optional.of(new Dropped(old.get().models(), release.run(dryRun)));
    }

    private Dead dead(ParameterStore store, Reachability live, Optional<Dropped> dropped) {
        progress.start("looking for garbage", 0);
        BlockTable table = live.table();
        List<ObjectId> objects = new ArrayList<>();
        store.forEachObject(object -> {
            if (!live.isLive(object.id())) {
                objects.add(object.id());
            }
        });
        List<Integer> blocks = new ArrayList<>();
        long bytes = 0;
        for (int block = 0; block < table.size(); block++) {
            if (table.isPresent(block) && !live.blocks().get(block)) {
                blocks.add(block);
                bytes += table.storedLength(block);
            }
        }
        // A block is deeper than all it is predicted from.
        blocks.sort((a, b) -> table.depth(b) - table.depth(a));
        progress.done();
        return new Dead(live, objects, blocks, bytes, dropped);
    }

    private void remove(ParameterStore store, Dead dead) {
        progress.start("removing", dead.blockBytes());
        dead.objects().forEach(store::removeObject);
        for (int block : dead.blocks()) {
            store.removeBlock(dead.live().table().id(block));
            progress.advance(dead.live().table().storedLength(block));
        }
        store.flush();
        progress.done();
    }

    private Optional<Repacked> repack(Request request, ParameterStore store, Dead dead, boolean dryRun)
            throws IOException {
        if (request.repack().isEmpty()) {
            return Optional.empty();
        }
        Effort effort = request.repack().get();
        var file = repository.files().index().resolve("repack");
        RepackPosition position = dryRun ? RepackPosition.beginning(file, effort) : RepackPosition.read(file, effort);
        return Optional.of(new Repacker(store, dead.live(), settings.maxDepth(), dryRun, position)
                .run(effort, settings.threads(), progress));
    }

    /** Compaction writes everything live anew, so it is left out where there is next to nothing to gain. */
    private void compact(ParameterStore store, Dead dead, Optional<Repacked> repacked) throws IOException {
        BlockTable table = dead.live().table();
        long live = dead.live().blocks().stream().mapToLong(table::storedLength).sum();
        long stored = FolderSize.of(repository.files().parameters());
        boolean changed = !dead.blocks().isEmpty()
                || !dead.objects().isEmpty()
                || repacked.filter(did -> did.blocks() > 0).isPresent();
        if (changed || stored > live * SLACK + SLACK_BYTES) {
            progress.start("compacting", 0);
            store.compact();
            progress.done();
        }
    }

    private static GcReport report(
            boolean dryRun,
            GitMaintenance.Garbage garbage,
            Optional<Dead> dead,
            Optional<Repacked> repacked,
            long before,
            long after) {
        return new GcReport(
                dryRun,
                garbage.operations(),
                garbage.versions(),
                garbage.objects(),
                dead.map(found -> (long) found.objects().size()).orElse(0L),
                dead.map(found -> (long) found.blocks().size()).orElse(0L),
                dead.map(Dead::blockBytes).orElse(0L),
                dead.map(found -> (long) found.live().blocks().cardinality()).orElse(0L),
                repacked,
                dead.flatMap(Dead::dropped),
                before,
                after);
    }
}
