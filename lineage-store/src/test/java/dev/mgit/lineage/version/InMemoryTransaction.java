package dev.mgit.lineage.version;

import dev.mgit.delta.MgitException;
import dev.mgit.lineage.version.Operation.RefChange;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Collects changes by reference name and applies them in one step. */
final class InMemoryTransaction implements Transaction {
    private static final String HEADS = "refs/heads/";
    private static final String TAGS = "refs/tags/";
    private static final String PRIVATE = "refs/mgit/";

    private final InMemoryLineage lineage;
    private final String description;
    private final Person author;
    private final InMemoryState begun;
    /** References to set, or to delete where the value is empty. */
    private final Map<String, Optional<VersionId>> refs = new LinkedHashMap<>();

    private final Map<String, Map<VersionId, Optional<byte[]>>> notes = new LinkedHashMap<>();
    private final Map<String, Optional<byte[]>> registry = new LinkedHashMap<>();

    InMemoryTransaction(InMemoryLineage lineage, String description, Person author) {
        this.lineage = lineage;
        this.description = description;
        this.author = author;
        this.begun = lineage.state();
    }

    @Override
    public VersionId write(NewVersion version) {
        VersionId id = id(version);
        lineage.objects.put(id, version);
        return id;
    }

    private static VersionId id(NewVersion version) {
        try {
            MessageDigest sha1 = MessageDigest.getInstance("SHA-1");
            sha1.update(List.of(
                            version.model(),
                            version.previous(),
                            version.origins(),
                            version.message(),
                            version.author(),
                            version.when(),
                            version.trailers(),
                            version.files(),
                            new TreeMap<>(version.manifests()),
                            version.ignored(),
                            version.lossy())
                    .toString()
                    .getBytes(StandardCharsets.UTF_8));
            hash(sha1, version.verbatim());
            hash(sha1, version.extra());
            return new VersionId(HexFormat.of().formatHex(sha1.digest()));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void hash(MessageDigest digest, Map<String, byte[]> files) {
        new TreeMap<>(files).forEach((path, bytes) -> {
            digest.update((path + bytes.length).getBytes(StandardCharsets.UTF_8));
            digest.update(bytes);
        });
    }

    @Override
    public void setModel(String name, VersionId head) {
        refs.put(HEADS + name, Optional.of(head));
    }

    @Override
    public void deleteModel(String name) {
        refs.put(HEADS + name, Optional.empty());
    }

    @Override
    public void setTag(String name, VersionId version) {
        refs.put(TAGS + name, Optional.of(version));
    }

    @Override
    public void deleteTag(String name) {
        refs.put(TAGS + name, Optional.empty());
    }

    @Override
    public void setPrivateRef(String name, VersionId version) {
        refs.put(PRIVATE + name, Optional.of(version));
    }

    @Override
    public void deletePrivateRef(String name) {
        refs.put(PRIVATE + name, Optional.empty());
    }

    @Override
    public void putNote(String namespace, VersionId version, byte[] content) {
        noteChanges(namespace).put(version, Optional.of(content.clone()));
    }

    @Override
    public void removeNote(String namespace, VersionId version) {
        noteChanges(namespace).put(version, Optional.empty());
    }

    @Override
    public void setNoteAside(String namespace, VersionId version) {
        putNote(
                "set-aside/" + namespace,
                version,
                lineage.note(namespace, version).orElseThrow());
        removeNote(namespace, version);
    }

    private Map<VersionId, Optional<byte[]>> noteChanges(String namespace) {
        return notes.computeIfAbsent(namespace, key -> new LinkedHashMap<>());
    }

    @Override
    public void putRegistryFile(String path, byte[] content) {
        registry.put(path, Optional.of(content.clone()));
    }

    @Override
    public void removeRegistryFile(String path) {
        registry.put(path, Optional.empty());
    }

    @Override
    public void apply() {
        lineage.replace(now -> {
            refs.forEach((ref, target) -> requireUnique(ref, target, now));
            refs.keySet().forEach(ref -> unmoved(ref, ref(begun, ref), ref(now, ref)));
            notes.keySet()
                    .forEach(space -> unmoved(
                            "refs/notes/" + space,
                            begun.notes().get(space),
                            now.notes().get(space)));
            if (!registry.isEmpty()) {
                unmoved(PRIVATE + "registry", begun.registry(), now.registry());
            }
            return changed(now);
        });
    }

    private void requireUnique(String ref, Optional<VersionId> target, InMemoryState now) {
        if (target.isPresent() && !ref.startsWith(PRIVATE) && ref(now, ref) == null) {
            String other = table(ref, TAGS, HEADS, PRIVATE) + shortName(ref);
            Optional<VersionId> there = refs.getOrDefault(other, Optional.ofNullable(ref(now, other)));
            if (there.isPresent()) {
                throw MgitException.usage("'" + shortName(ref) + "' would mean a model and a tag");
            }
        }
    }

    /** A set of notes or files has moved if it is another object, whatever it holds. */
    private static void unmoved(String ref, @Nullable Object before, @Nullable Object now) {
        boolean same = before instanceof VersionId ? Objects.equals(before, now) : before == now;
        if (!same) {
            String message = "'" + ref + "' was changed by someone else in the meantime";
            throw new MgitException(MgitException.Kind.CONFLICT, message, "run the command again");
        }
    }

    private static @Nullable VersionId ref(InMemoryState state, String ref) {
        return table(ref, state.models(), state.tags(), state.privateRefs()).get(shortName(ref));
    }

    private static <T> T table(String ref, T models, T tags, T privateRefs) {
        return ref.startsWith(HEADS) ? models : ref.startsWith(TAGS) ? tags : privateRefs;
    }

    private static String shortName(String ref) {
        return ref.substring(table(ref, HEADS, TAGS, PRIVATE).length());
    }

    private InMemoryState changed(InMemoryState now) {
        SortedMap<String, VersionId> models = new TreeMap<>(now.models());
        SortedMap<String, VersionId> tags = new TreeMap<>(now.tags());
        SortedMap<String, VersionId> privateRefs = new TreeMap<>(now.privateRefs());
        Map<String, List<VersionId>> heads = new HashMap<>(now.heads());
        List<RefChange> changes = new ArrayList<>();
        refs.forEach((ref, value) -> {
            Optional<VersionId> before = Optional.ofNullable(ref(now, ref));
            changes.add(new RefChange(ref, before.map(VersionId::hex), value.map(VersionId::hex)));
            put(table(ref, models, tags, privateRefs), shortName(ref), value);
            if (ref.startsWith(HEADS)) {
                heads.merge(shortName(ref), value.map(List::of).orElse(List.of()), InMemoryTransaction::joined);
            }
        });
        Map<String, Map<VersionId, byte[]>> allNotes = new HashMap<>(now.notes());
        notes.forEach((space, made) -> {
            Map<VersionId, byte[]> merged = new TreeMap<>(allNotes.getOrDefault(space, Map.of()));
            made.forEach((id, content) -> put(merged, id, content));
            allNotes.put(space, merged);
            changes.add(new RefChange("refs/notes/" + space, Optional.empty(), Optional.of(fingerprint(merged))));
        });
        SortedMap<String, byte[]> files = registry.isEmpty() ? now.registry() : new TreeMap<>(now.registry());
        registry.forEach((path, content) -> put(files, path, content));
        var operation = new Operation(
                "op" + (now.operations().size() + 1), description, author, Instant.now(), changes, Optional.empty());
        return new InMemoryState(
                models, heads, tags, privateRefs, allNotes, files, joined(now.operations(), List.of(operation)));
    }

    private static String fingerprint(Map<VersionId, byte[]> content) {
        int hash = 0;
        for (Map.Entry<VersionId, byte[]> entry : content.entrySet()) {
            hash = 31 * (31 * hash + entry.getKey().hashCode()) + Arrays.hashCode(entry.getValue());
        }
        return Integer.toHexString(hash);
    }

    private static <K, V> void put(Map<K, V> map, K key, Optional<V> value) {
        value.ifPresentOrElse(present -> map.put(key, present), () -> map.remove(key));
    }

    /** The newer elements, then the older ones. */
    private static <T> List<T> joined(List<T> older, List<T> newer) {
        List<T> all = new ArrayList<>(newer);
        all.addAll(older);
        return all;
    }
}
