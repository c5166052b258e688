package dev.mgit.lineage.version;

import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What the references of a lineage in memory point at; one value is never changed once others can see it.
 *
 * @param heads what each model's head was, newest first
 * @param notes by namespace
 */
record InMemoryState(
        SortedMap<String, VersionId> models,
        Map<String, List<VersionId>> heads,
        SortedMap<String, VersionId> tags,
        SortedMap<String, VersionId> privateRefs,
        Map<String, Map<VersionId, byte[]>> notes,
        SortedMap<String, byte[]> registry,
        List<Operation> operations) {
    static final InMemoryState EMPTY = new InMemoryState(
            new TreeMap<>(), Map.of(), new TreeMap<>(), new TreeMap<>(), Map.of(), new TreeMap<>(), List.of());
}
