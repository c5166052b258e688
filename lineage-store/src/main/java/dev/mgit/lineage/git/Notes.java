package dev.mgit.lineage.git;

import dev.mgit.lineage.version.VersionId;
import java.io.IOException;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import org.eclipse.jgit.lib.Constants;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.Ref;
import org.eclipse.jgit.lib.Repository;
import org.eclipse.jgit.notes.NoteMap;
import org.eclipse.jgit.revwalk.RevWalk;

/**
 * Notes on versions, one reference for each namespace; what was read stays known until it is to be forgotten. A note
 * that cannot be read costs itself only: it is warned of and passed over.
 */
final class Notes {
    /** Where notes that cannot be read are kept, by the namespace they were in. */
    static final String SET_ASIDE = "set-aside/";

    private final Repository git;
    private final RevWalk walk;
    private final Consumer<String> warnings;
    private final Map<String, NoteMap> known = new HashMap<>();

    Notes(Repository git, RevWalk walk, Consumer<String> warnings) {
        this.git = git;
        this.walk = walk;
        this.warnings = warnings;
    }

    boolean has(String namespace, VersionId id) throws IOException {
        return map(namespace).contains(ObjectId.fromString(id.hex()));
    }

    Optional<byte[]> read(String namespace, VersionId id) throws IOException {
        ObjectId blob = map(namespace).get(ObjectId.fromString(id.hex()));
        return blob == null ? Optional.empty() : content(namespace, id, blob);
    }

    <T> Optional<T> read(String namespace, VersionId id, Function<byte[], T> reader) throws IOException {
        Optional<byte[]> content = read(namespace, id);
        try {
            return content.map(reader);
        } catch (RuntimeException e) {
            passedOver(namespace, id, e);
            return Optional.empty();
        }
    }

    Map<VersionId, byte[]> readAll(String namespace) throws IOException {
        var result = new LinkedHashMap<VersionId, byte[]>();
        for (var note : map(namespace)) {
            VersionId id = GitLineage.id(note);
            content(namespace, id, note.getData()).ifPresent(content -> result.put(id, content));
        }
        return result;
    }

    private Optional<byte[]> content(String namespace, VersionId id, ObjectId blob) {
        try {
            return Optional.of(GitErrors.retryMissing(
                    () -> git.open(blob, Constants.OBJ_BLOB).getBytes()));
        } catch (IOException e) {
            passedOver(namespace, id, e);
            return Optional.empty();
        }
    }

    private void passedOver(String namespace, VersionId id, Exception e) {
        warnings.accept("the note '" + namespace + "' on version " + id.abbreviated() + " is ignored: " + why(e)
                + "; 'mgit fsck --repair' sets it aside");
    }

    private static String why(Exception e) {
        return e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
    }

    /**
     * A note that cannot be read.
     *
     * @param why one clause
     */
    record Unreadable(String namespace, VersionId version, String why) {}

    /**
     * Notes that cannot be read.
     *
     * @param readers by namespace: read a note, or throw
     */
    List<Unreadable> unreadable(Map<String, Consumer<byte[]>> readers) throws IOException {
        var found = new java.util.ArrayList<Unreadable>();
        for (String namespace : namespaces()) {
            Consumer<byte[]> reader = readers.getOrDefault(namespace, content -> {});
            for (var note : map(namespace)) {
                try {
                    reader.accept(git.open(note.getData(), Constants.OBJ_BLOB).getBytes());
                } catch (IOException | RuntimeException e) {
                    found.add(new Unreadable(namespace, GitLineage.id(note), why(e)));
                }
            }
        }
        return found;
    }

    private List<String> namespaces() throws IOException {
        return git.getRefDatabase().getRefsByPrefix(GitLineage.NOTES).stream()
                .map(ref -> ref.getName().substring(GitLineage.NOTES.length()))
                .filter(name -> !name.startsWith(SET_ASIDE))
                .toList();
    }

    NoteMap map(String namespace) throws IOException {
        NoteMap map = known.get(namespace);
        if (map == null) {
            Ref ref = git.exactRef(GitLineage.NOTES + namespace);
            map = ref == null
                    ? NoteMap.newEmptyMap()
                    : NoteMap.read(git.newObjectReader(), walk.parseCommit(ref.getObjectId()));
            known.put(namespace, map);
        }
        return map;
    }

    /** After a transaction, which changes the maps it writes. */
    void forget() {
        known.clear();
    }
}
