package dev.mgit.lineage.git;

import dev.mgit.lineage.version.VersionId;
import java.io.IOException;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.eclipse.jgit.lib.Constants;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.Ref;
import org.eclipse.jgit.lib.Repository;
import org.eclipse.jgit.notes.NoteMap;
import org.eclipse.jgit.revwalk.RevWalk;

/** Notes on versions, one reference for each namespace; what was read stays known until it is to be forgotten. */
final class NoteFiles {
    private final Repository git;
    private final RevWalk walk;
    private final Map<String, NoteMap> known = new HashMap<>();

    NoteFiles(Repository git, RevWalk walk) {
        this.git = git;
        this.walk = walk;
    }

    Optional<byte[]> read(String namespace, VersionId id) throws IOException {
        ObjectId blob = map(namespace).get(ObjectId.fromString(id.hex()));
        return blob == null ? Optional.empty() : Optional.of(content(blob));
    }

    Map<VersionId, byte[]> readAll(String namespace) throws IOException {
        var result = new LinkedHashMap<VersionId, byte[]>();
        for (var note : map(namespace)) {
            result.put(GitLineage.id(note), content(note.getData()));
        }
        return result;
    }

    private byte[] content(ObjectId blob) throws IOException {
        return git.open(blob, Constants.OBJ_BLOB).getBytes();
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
