package dev.mgit.lineage.git;

import dev.mgit.delta.MgitException;
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

    private final GitLineage lineage;
    private final Repository git;
    private final RevWalk walk;
    private final Consumer<String> warnings;
    private final Map<String, NoteMap> known = new HashMap<>();
    private final Map<String, Map<VersionId, Outside>> outside = new HashMap<>();

    Notes(GitLineage lineage, Repository git, RevWalk walk, Consumer<String> warnings) {
        this.lineage = lineage;
        this.git = git;
        this.walk = walk;
        this.warnings = warnings;
    }

    boolean has(String namespace, VersionId id) throws IOException {
        boolean there = blob(namespace, id).isPresent();
        warnOfOutside(namespace, id);
        return there;
    }

    Optional<byte[]> read(String namespace, VersionId id) throws IOException {
        Optional<ObjectId> blob = blob(namespace, id);
        warnOfOutside(namespace, id);
        return blob.isEmpty() ? Optional.empty() : content(namespace, id, blob.get());
    }

    /** Where a note lies; empty if there is none, or if what lists them cannot be read. */
    private Optional<ObjectId> blob(String namespace, VersionId id) {
        try {
            return Optional.ofNullable(
                    GitErrors.retryMissing(() -> map(namespace).get(ObjectId.fromString(id.hex()))));
        } catch (IOException e) {
            unlisted(namespace, e);
            return Optional.empty();
        }
    }

    private void unlisted(String namespace, IOException e) {
        MgitException damage = GitErrors.damaged(e);
        warnings.accept("the notes '" + namespace + "' are ignored: " + damage.getMessage()
                + "; 'mgit fsck --repair' goes back to the last that can be read");
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
        for (Map.Entry<VersionId, ObjectId> note : blobs(namespace).entrySet()) {
            content(namespace, note.getKey(), note.getValue()).ifPresent(content -> result.put(note.getKey(), content));
        }
        outside.getOrDefault(namespace, Map.of()).keySet().forEach(id -> warnOfOutside(namespace, id));
        return result;
    }

    private Map<VersionId, ObjectId> blobs(String namespace) {
        try {
            return GitErrors.retryMissing(() -> {
                var blobs = new LinkedHashMap<VersionId, ObjectId>();
                map(namespace).forEach(note -> blobs.put(GitLineage.id(note), note.getData()));
                return blobs;
            });
        } catch (IOException e) {
            unlisted(namespace, e);
            return Map.of();
        }
    }

    private void warnOfOutside(String namespace, VersionId id) {
        Outside note = outside.getOrDefault(namespace, Map.of()).get(id);
        if (note != null) {
            warnings.accept("the note '" + namespace + "' on version " + id.abbreviated() + " is ignored: "
                    + note.move().ref() + " was changed outside mgit"
                    + "; 'mgit fsck --repair' sets it aside");
        }
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
        return GitErrors.reason(e);
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
        Map<String, String> unlisted = unlisted();
        for (String namespace : namespaces()) {
            Consumer<byte[]> reader = readers.getOrDefault(namespace, content -> {});
            for (var note : unlisted.containsKey(namespace) ? NoteMap.newEmptyMap() : found(namespace)) {
                try {
                    reader.accept(git.open(note.getData(), Constants.OBJ_BLOB).getBytes());
                } catch (IOException | RuntimeException e) {
                    found.add(new Unreadable(namespace, GitLineage.id(note), why(e)));
                }
            }
        }
        return found;
    }

    /** Namespaces whose list of notes cannot be read, with the reason. */
    Map<String, String> unlisted() throws IOException {
        var found = new LinkedHashMap<String, String>();
        for (String namespace : namespaces()) {
            try {
                found(namespace).forEach(note -> {});
            } catch (IOException | RuntimeException e) {
                found.put(namespace, why(e));
            }
        }
        return found;
    }

    private List<String> namespaces() throws IOException {
        return RefListing.below(git, GitLineage.NOTES).stream()
                .map(ref -> ref.getName().substring(GitLineage.NOTES.length()))
                .filter(name -> !name.startsWith(SET_ASIDE))
                .toList();
    }

    /**
     * A note that mgit did not write so.
     *
     * @param recorded the blob of the note that it did write; empty if it wrote none
     * @param found the blob there is now; empty if there is none
     */
    record Outside(
            OutsideChanges.Move move,
            String namespace,
            VersionId version,
            Optional<ObjectId> recorded,
            Optional<ObjectId> found) {}

    /** Notes that were changed outside mgit. */
    List<Outside> outside() throws IOException {
        var all = new java.util.ArrayList<Outside>();
        Map<String, String> unlisted = unlisted();
        for (OutsideChanges.Move move : lineage.outsideChanges()) {
            if (move.isOfNotes() && move.isCurrent()) {
                String namespace = move.ref().substring(GitLineage.NOTES.length());
                if (unlisted.containsKey(namespace)) {
                    continue;
                }
                map(namespace);
                all.addAll(outside.getOrDefault(namespace, Map.of()).values());
            }
        }
        return all;
    }

    byte[] bytes(ObjectId note) throws IOException {
        return git.open(note, Constants.OBJ_BLOB).getBytes();
    }

    /** The notes of a namespace as mgit wrote them, whatever something else made of them since. */
    NoteMap map(String namespace) throws IOException {
        NoteMap map = known.get(namespace);
        if (map == null) {
            map = found(namespace);
            for (OutsideChanges.Move move : lineage.outsideChanges()) {
                if (move.ref().equals(GitLineage.NOTES + namespace) && move.isCurrent()) {
                    NoteMap now = map;
                    map = recorded(move, now);
                    outside.put(namespace, differences(move, namespace, map, now));
                }
            }
            known.put(namespace, map);
        }
        return map;
    }

    /** Where the recorded commit is gone, there is nothing to hold the notes against. */
    private NoteMap recorded(OutsideChanges.Move move, NoteMap now) throws IOException {
        if (move.left().isEmpty()) {
            return NoteMap.newEmptyMap();
        }
        ObjectId left = ObjectId.fromString(move.left().get());
        return git.getObjectDatabase().has(left) ? NoteMap.read(git.newObjectReader(), walk.parseCommit(left)) : now;
    }

    private static Map<VersionId, Outside> differences(
            OutsideChanges.Move move, String namespace, NoteMap recorded, NoteMap now) throws IOException {
        var found = new LinkedHashMap<VersionId, Outside>();
        for (NoteMap side : List.of(recorded, now)) {
            for (var note : side) {
                Optional<ObjectId> was = Optional.ofNullable(recorded.get(note));
                Optional<ObjectId> is = Optional.ofNullable(now.get(note));
                if (!was.equals(is)) {
                    VersionId version = GitLineage.id(note);
                    found.put(version, new Outside(move, namespace, version, was, is));
                }
            }
        }
        return found;
    }

    /** The notes of a namespace as they are. */
    NoteMap found(String namespace) throws IOException {
        Ref ref = git.exactRef(GitLineage.NOTES + namespace);
        return ref == null
                ? NoteMap.newEmptyMap()
                : NoteMap.read(git.newObjectReader(), walk.parseCommit(ref.getObjectId()));
    }

    /** After a transaction, which changes the maps it writes. */
    void forget() {
        known.clear();
        outside.clear();
    }
}
