package dev.mgit.lineage.remote;

import dev.mgit.lineage.git.GitExchange;
import dev.mgit.lineage.version.DroppedState;
import dev.mgit.lineage.version.VersionId;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/** The references of a lineage that concern others, sorted by what they are for. */
record RemoteReferences(Map<String, VersionId> all) {
    static final String HEADS = "refs/heads/";
    static final String TAGS = "refs/tags/";
    static final String NOTES = "refs/notes/mgit/";
    static final String REGISTRY = "refs/mgit/registry";

    /** Versions that edges added later lead to and nothing else. */
    static final String EDGES = "refs/mgit/edges/";

    /** Where the parameters lie: a commit with the file {@link StoreRecord#PATH}. */
    static final String STORE = "refs/mgit/store";

    private static final String SET_ASIDE = "set-aside/";

    /** Notes about the parameter store here, which say nothing of anybody else's. */
    private static final Set<String> OF_THIS_STORE = Set.of(DroppedState.NAMESPACE);

    Map<String, VersionId> models() {
        return below(HEADS);
    }

    /** The versions that tags are of. */
    Map<String, VersionId> tags() {
        Map<String, VersionId> tags = below(TAGS);
        tags.keySet().removeIf(name -> name.endsWith(GitExchange.TAG_OBJECT));
        return tags;
    }

    /** What a reference leads to itself, if there is one of that name: of a tag perhaps an object, not its version. */
    Optional<VersionId> target(String ref) {
        return get(ref + GitExchange.TAG_OBJECT).or(() -> get(ref));
    }

    /** Whether a tag is an object of its own, with a message and perhaps a signature. */
    boolean isTagObject(String tag) {
        return all.containsKey(TAGS + tag + GitExchange.TAG_OBJECT);
    }

    /** Heads of notes by namespace. */
    Map<String, VersionId> notes() {
        Map<String, VersionId> notes = below(NOTES);
        notes.keySet().removeIf(namespace -> namespace.startsWith(SET_ASIDE) || OF_THIS_STORE.contains(namespace));
        return notes;
    }

    Map<String, VersionId> edges() {
        return below(EDGES);
    }

    Optional<VersionId> registry() {
        return Optional.ofNullable(all.get(REGISTRY));
    }

    Optional<VersionId> store() {
        return Optional.ofNullable(all.get(STORE));
    }

    Optional<VersionId> get(String ref) {
        return Optional.ofNullable(all.get(ref));
    }

    /** Everything that a fetch takes. */
    List<VersionId> tips() {
        List<VersionId> tips = new ArrayList<>();
        for (Map<String, VersionId> some : List.of(models(), tags(), notes(), edges())) {
            tips.addAll(some.values());
        }
        tags().keySet().forEach(tag -> target(TAGS + tag).ifPresent(tips::add));
        registry().ifPresent(tips::add);
        store().ifPresent(tips::add);
        return tips;
    }

    private Map<String, VersionId> below(String prefix) {
        var found = new TreeMap<String, VersionId>();
        all.forEach((ref, id) -> {
            if (ref.startsWith(prefix)) {
                found.put(ref.substring(prefix.length()), id);
            }
        });
        return found;
    }
}
