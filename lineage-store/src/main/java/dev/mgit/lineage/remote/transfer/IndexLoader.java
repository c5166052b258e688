package dev.mgit.lineage.remote.transfer;

import dev.mgit.delta.MgitException;
import dev.mgit.delta.TaskPool;
import dev.mgit.lineage.remote.pack.ListedPack;
import dev.mgit.lineage.remote.pack.PackFooter;
import dev.mgit.lineage.remote.pack.PackIndex;
import dev.mgit.lineage.remote.pack.PackName;
import dev.mgit.lineage.remote.store.ByteRange;
import dev.mgit.lineage.remote.store.Content;
import dev.mgit.lineage.remote.store.RemoteStore;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;

/**
 * Reads what is in a store. Where an index is damaged, the packs no other index lists are read from their own footers.
 */
final class IndexLoader {
    private final RemoteStore store;
    private final IndexCache cache;
    private final int threads;

    IndexLoader(RemoteStore store, IndexCache cache, int threads) {
        this.store = store;
        this.cache = cache;
        this.threads = threads;
    }

    /** @param absent packs that are not to be counted on */
    RemoteIndex load(Set<PackName> absent) throws IOException {
        return new RemoteIndex(
                packs().stream().filter(pack -> !absent.contains(pack.name())).toList());
    }

    /** All packs, each once. */
    Collection<ListedPack> packs() throws IOException {
        return packs(names());
    }

    private Collection<ListedPack> packs(List<PackName> indexes) throws IOException {
        Map<PackName, ListedPack> packs = new ConcurrentSkipListMap<>();
        AtomicBoolean incomplete = new AtomicBoolean();
        TaskPool.forEach(threads, indexes.size(), number -> {
            Optional<List<ListedPack>> listed = listed(indexes.get(number));
            listed.ifPresent(found -> found.forEach(pack -> packs.put(pack.name(), pack)));
            if (listed.isEmpty()) {
                incomplete.set(true);
            }
        });
        cache.retain(new HashSet<>(indexes));
        if (incomplete.get()) {
            addFromFooters(packs);
        }
        return packs.values();
    }

    /** How many indexes there are. */
    int count() {
        return names().size();
    }

    /**
     * Puts one index, or few, in place of all there are now, without packs that are gone. Indexes that come meanwhile stay.
     */
    void merge() throws IOException {
        List<PackName> old = names();
        Collection<ListedPack> listed = packs(old);
        Set<PackName> there = entries().keySet(); // looked at last: a pack is put before it is listed
        List<ListedPack> left =
                listed.stream().filter(pack -> there.contains(pack.name())).toList();
        List<PackIndex.Encoded> merged = PackIndex.encode(left);
        merged.forEach(index -> store.put(index.name().indexKey(), Content.of(index.bytes())));
        Set<PackName> kept = merged.stream().map(PackIndex.Encoded::name).collect(Collectors.toSet());
        old.stream().filter(index -> !kept.contains(index)).forEach(index -> store.delete(index.indexKey()));
    }

    private List<PackName> names() {
        List<PackName> names = new ArrayList<>();
        store.list(PackName.INDEXES, entry -> PackName.ofIndexKey(entry.key()).ifPresent(names::add));
        return names;
    }

    /** The packs an index lists; empty if it is damaged or went away. */
    private Optional<List<ListedPack>> listed(PackName index) {
        Optional<byte[]> bytes = cache.find(index);
        if (bytes.isEmpty()) {
            bytes = fetch(index).or(() -> fetch(index)); // damaged on its way, perhaps
            bytes.ifPresent(fetched -> cache.keep(index, fetched));
        }
        try {
            return bytes.map(sound -> PackIndex.parse(index, sound));
        } catch (MgitException e) {
            if (e.kind() != MgitException.Kind.INTEGRITY) {
                throw e;
            }
            return Optional.empty();
        }
    }

    private Optional<byte[]> fetch(PackName index) {
        return store.get(index.indexKey(), ByteRange.first(PackIndex.MAX_BYTES))
                .filter(bytes -> PackIndex.isSound(index, bytes));
    }

    private void addFromFooters(Map<PackName, ListedPack> packs) throws IOException {
        Map<PackName, RemoteStore.Entry> unlisted = entries();
        unlisted.keySet().removeAll(packs.keySet());
        List<Map.Entry<PackName, RemoteStore.Entry>> all = List.copyOf(unlisted.entrySet());
        TaskPool.forEach(threads, all.size(), number -> {
            PackName name = all.get(number).getKey();
            footer(name, all.get(number).getValue().size()).ifPresent(pack -> packs.put(name, pack));
        });
    }

    /** Every pack that is there, listed or not. */
    Map<PackName, RemoteStore.Entry> entries() {
        Map<PackName, RemoteStore.Entry> entries = new TreeMap<>();
        store.list(
                PackName.PACKS, entry -> PackName.ofPackKey(entry.key()).ifPresent(name -> entries.put(name, entry)));
        return entries;
    }

    /** A pack as its own footer lists it; empty if that is damaged. */
    private Optional<ListedPack> footer(PackName name, long size) {
        try {
            Optional<byte[]> tail = store.get(name.packKey(), ByteRange.last(PackFooter.USUAL_BYTES));
            if (tail.isPresent() && PackFooter.length(name, tail.get(), size) > tail.get().length) {
                tail = store.get(name.packKey(), ByteRange.last(PackFooter.length(name, tail.get(), size)));
            }
            return tail.map(bytes -> new ListedPack(name, size, PackFooter.parse(name, bytes, size)));
        } catch (MgitException | IllegalArgumentException e) {
            if (e instanceof MgitException known && known.kind() != MgitException.Kind.INTEGRITY) {
                throw e;
            }
            return Optional.empty();
        }
    }
}
