package dev.mgit.lineage.remote.transfer;

import dev.mgit.delta.MgitException;
import dev.mgit.lineage.remote.pack.PackName;
import dev.mgit.lineage.remote.store.ByteRange;
import dev.mgit.lineage.remote.store.RemoteStore;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * Packs that a clean-up is going to delete: to whoever writes they are not there. An object of them is never changed.
 *
 * @param key of the object
 * @param made when it was put, by the store's clock
 */
record PackMarks(String key, Instant made, Set<PackName> packs) {
    private static final String HEADER = "mgit marks 1";
    private static final int MOST_BYTES = 1 << 28;

    /** Number of the clean-up; 0 if the key says none. */
    long epoch() {
        String number = key.substring(StoreKeys.MARKS.length());
        return number.matches("\\d{1,18}") ? Long.parseLong(number) : 0;
    }

    static byte[] encode(Set<PackName> packs) {
        StringBuilder text = new StringBuilder(HEADER).append('\n');
        new TreeSet<>(packs).forEach(pack -> text.append(pack.hex()).append('\n'));
        return text.toString().getBytes(StandardCharsets.US_ASCII);
    }

    /** All marks that are in a store. */
    static List<PackMarks> read(RemoteStore store) {
        List<RemoteStore.Entry> found = new ArrayList<>();
        store.list(StoreKeys.MARKS, found::add);
        List<PackMarks> marks = new ArrayList<>();
        for (RemoteStore.Entry entry : found) {
            store.get(entry.key(), ByteRange.first(MOST_BYTES))
                    .ifPresent(bytes -> marks.add(parse(store, entry, bytes)));
        }
        return marks;
    }

    /** All marked packs, and when each was marked last. */
    static Map<PackName, Instant> marked(RemoteStore store) {
        Map<PackName, Instant> marked = new HashMap<>();
        for (PackMarks marks : read(store)) {
            marks.packs().forEach(pack -> marked.merge(pack, marks.made(), PackMarks::later));
        }
        return marked;
    }

    private static Instant later(Instant one, Instant other) {
        return one.isAfter(other) ? one : other;
    }

    private static PackMarks parse(RemoteStore store, RemoteStore.Entry entry, byte[] bytes) {
        List<String> lines =
                new String(bytes, StandardCharsets.US_ASCII).lines().toList();
        try {
            if (!lines.isEmpty() && lines.get(0).equals(HEADER)) {
                Set<PackName> packs = new HashSet<>();
                lines.stream().skip(1).map(PackName::new).forEach(packs::add);
                return new PackMarks(entry.key(), entry.modified(), packs);
            }
        } catch (IllegalArgumentException e) {
            // said below
        }
        throw new MgitException(
                MgitException.Kind.INTEGRITY,
                entry.key() + " at " + store.url() + " is damaged: it is no list of packs",
                "delete this object; it is made again by the next clean-up");
    }
}
