package dev.mgit.lineage.remote.transfer;

import dev.mgit.delta.MgitException;
import dev.mgit.lineage.remote.pack.ListedPack;
import dev.mgit.lineage.remote.pack.PackName;
import dev.mgit.lineage.remote.store.Content;
import dev.mgit.lineage.remote.store.MeteredStore;
import dev.mgit.lineage.remote.store.RemoteStore;
import dev.mgit.lineage.remote.store.Traffic;
import dev.mgit.lineage.version.ObjectId;
import dev.mgit.lineage.version.ObjectIds;
import java.io.IOException;
import java.time.Instant;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;

/**
 * Removes packs that no registered lineage needs, in two runs at least a day apart. The first marks them; to whoever
 * pushes, a marked pack is not there. The second asks all lineages again, keeps what came back, and deletes the rest. Time
 * is the store's, never this machine's.
 */
final class StoreCleanUp {
    private static final int MOST_INDEXES = 16;

    private final MeteredStore store;
    private final IndexLoader indexes;
    private final PackCutter cutter;
    private final CleanUpRequest request;
    private final Instant now;
    private final List<Lease.Held> leases;
    private final List<PackMarks> marks;
    private final Map<PackName, RemoteStore.Entry> entries;

    StoreCleanUp(MeteredStore store, IndexLoader indexes, PackCutter cutter, CleanUpRequest request) {
        this.store = store;
        this.indexes = indexes;
        this.cutter = cutter;
        this.request = request;
        this.now = now(store);
        this.leases = Lease.all(store);
        this.marks = PackMarks.read(store);
        this.entries = indexes.entries();
    }

    private static Instant now(RemoteStore store) {
        String key = "probe/" + UUID.randomUUID();
        store.put(key, Content.of(new byte[0]));
        try {
            return store.head(key).map(RemoteStore.Entry::modified).orElseThrow(() -> gone(store, key));
        } finally {
            store.delete(key);
        }
    }

    private static MgitException gone(RemoteStore store, String key) {
        return new MgitException(
                MgitException.Kind.REMOTE,
                key + " was put into " + store.url() + " and is not there",
                "the store must show at once what was put into it");
    }

    CleanUpReport run(Map<String, String> lineages, ReachableObjects reachable) throws IOException {
        Traffic before = store.traffic();
        requireIdleIfExclusive();
        ObjectIds needed = new ObjectIds();
        for (Map.Entry<String, String> lineage : lineages.entrySet()) {
            needed.addAll(reachable.of(lineage.getKey(), lineage.getValue()));
        }
        Collection<ListedPack> all = indexes.packs();
        List<ListedPack> listed =
                all.stream().filter(pack -> entries.containsKey(pack.name())).toList();
        Set<PackName> marked = stillThere(marks);
        NeededFrames needs = needs(listed, marked, needed);
        List<PackMarks> due = due();
        Set<PackName> deleted = unneeded(stillThere(due), needs);
        List<ListedPack> sparse = listed.stream()
                .filter(pack -> isOpen(pack.name(), marked) && needs.isSparse(pack))
                .toList();
        Set<PackName> dead = unneeded(entries.keySet(), needs);
        sparse.forEach(pack -> dead.add(pack.name()));
        dead.removeIf(pack -> !isOpen(pack, marked));
        if (request.exclusive()) {
            deleted.addAll(dead);
        }
        if (!request.dryRun()) {
            new PackCopier(store, needs.index(), cutter).copy(sparse, needs);
            if (!request.exclusive()) {
                mark(dead);
            }
            delete(deleted, due, listed.size() < all.size());
        }
        int kept = stillThere(due).size() - unneeded(stillThere(due), needs).size();
        return new CleanUpReport(
                request.dryRun(),
                lineages.size(),
                entries.size(),
                bytes(entries.keySet()),
                needs.unreadable(),
                request.exclusive() ? 0 : dead.size(),
                request.exclusive() ? 0 : bytes(dead),
                sparse.stream().mapToLong(pack -> needs.bytes(pack.name())).sum(),
                deleted.size(),
                bytes(deleted),
                kept,
                marked.size() - stillThere(due).size(),
                store.traffic().since(before));
    }

    private void requireIdleIfExclusive() {
        if (request.exclusive() && leases.stream().anyMatch(lease -> lease.isAlive(now))) {
            throw new MgitException(
                    MgitException.Kind.CONFLICT,
                    "a push to " + store.url() + " is under way",
                    "wait until it has ended, or clean up without '--exclusive'");
        }
    }

    /** What is read from unmarked packs; where something is in marked ones only, from all. */
    private static NeededFrames needs(List<ListedPack> listed, Set<PackName> marked, Set<ObjectId> needed) {
        RemoteIndex unmarked = new RemoteIndex(
                listed.stream().filter(pack -> !marked.contains(pack.name())).toList());
        RemoteIndex all = new RemoteIndex(listed);
        boolean enough = needed.stream().allMatch(id -> unmarked.isComplete(id) || !all.isComplete(id));
        return new NeededFrames(enough ? unmarked : all, needed);
    }

    private static Set<PackName> unneeded(Set<PackName> packs, NeededFrames needs) {
        return packs.stream().filter(pack -> !needs.needs(pack)).collect(Collectors.toCollection(HashSet::new));
    }

    /** Whether a pack may be marked: it is not yet, and old enough that who sent it has long moved its references. */
    private boolean isOpen(PackName pack, Set<PackName> marked) {
        RemoteStore.Entry entry = entries.get(pack);
        return entry != null && !marked.contains(pack) && !isYoung(entry.modified());
    }

    private boolean isYoung(Instant time) {
        return !request.exclusive() && time.plus(request.grace()).isAfter(now);
    }

    private long bytes(Set<PackName> packs) {
        return packs.stream()
                .flatMap(pack -> Optional.ofNullable(entries.get(pack)).stream())
                .mapToLong(RemoteStore.Entry::size)
                .sum();
    }

    /** Marked packs that are in the store and were not put again since. */
    private Set<PackName> stillThere(List<PackMarks> some) {
        Set<PackName> there = new HashSet<>();
        for (PackMarks one : some) {
            one.packs().stream()
                    .filter(pack -> entries.containsKey(pack)
                            && !entries.get(pack).modified().isAfter(one.made()))
                    .forEach(there::add);
        }
        return there;
    }

    /** Marks made long enough ago, and before every push that is under way began. */
    private List<PackMarks> due() {
        Instant earliest = leases.stream()
                .filter(lease -> lease.isAlive(now))
                .map(Lease.Held::began)
                .min(Instant::compareTo)
                .orElse(Instant.MAX);
        return marks.stream()
                .filter(one -> !isYoung(one.made()) && one.made().isBefore(earliest))
                .toList();
    }

    private void mark(Set<PackName> dead) {
        long epoch = 1 + marks.stream().mapToLong(PackMarks::epoch).max().orElse(0);
        if (!dead.isEmpty() && !store.putIfAbsent(StoreKeys.marks(epoch), PackMarks.encode(dead))) {
            throw new MgitException(
                    MgitException.Kind.CONFLICT,
                    "another clean-up of " + store.url() + " is under way",
                    "wait until it has ended; this one removed nothing");
        }
    }

    /**
     * Packs, then the indexes that list them, then the marks: until then, whoever pushes does not count on them.
     *
     * @param stale whether an index lists packs that are gone
     */
    private void delete(Set<PackName> packs, List<PackMarks> due, boolean stale) throws IOException {
        packs.forEach(pack -> store.delete(pack.packKey()));
        if (stale || !packs.isEmpty() || indexes.count() > MOST_INDEXES) {
            indexes.merge();
        }
        due.forEach(one -> store.delete(one.key()));
        leases.stream()
                .filter(lease -> !lease.isAlive(now) && !isYoung(lease.renewed()))
                .forEach(lease -> store.delete(lease.key()));
    }
}
