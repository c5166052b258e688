package dev.mgit.lineage.git;

import dev.mgit.delta.ResourceException;
import dev.mgit.lineage.version.Operation;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.eclipse.jgit.lib.Constants;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.ObjectReader;
import org.eclipse.jgit.lib.Ref;
import org.eclipse.jgit.revwalk.RevWalk;
import org.eclipse.jgit.treewalk.TreeWalk;

/**
 * Where references that have a history of mgit's own, notes and registrations, could last be read. One lost tree of theirs
 * hides all they hold, although the state before it is whole.
 */
final class ReadableState {
    private final GitLineage lineage;

    ReadableState(GitLineage lineage) {
        this.lineage = lineage;
    }

    /**
     * A reference that cannot be read where it is.
     *
     * @param readable the newest state before that can be; empty if none can
     */
    record Found(String ref, ObjectId now, Optional<ObjectId> readable) {}

    List<Found> all() throws IOException {
        List<Found> found = new ArrayList<>();
        for (String prefix : List.of(GitLineage.NOTES, GitLineage.REGISTRY)) {
            for (Ref ref : RefListing.below(lineage.git(), prefix)) {
                if (ref.getObjectId() != null && !isReadable(ref.getName(), ref.getObjectId())) {
                    found.add(new Found(ref.getName(), ref.getObjectId(), newest(ref.getName())));
                }
            }
        }
        return found;
    }

    private Optional<ObjectId> newest(String ref) throws IOException {
        Set<String> candidates =
                new LinkedHashSet<>(new Reflogs(lineage.git().getDirectory().toPath()).newestFirst(ref));
        for (Operation operation : lineage.operationLog().finished()) {
            for (Operation.RefChange change : operation.changes()) {
                if (change.ref().equals(ref)) {
                    change.after().ifPresent(candidates::add);
                    change.before().ifPresent(candidates::add);
                }
            }
        }
        for (String id : candidates) {
            if (ObjectId.isId(id) && isReadable(ref, ObjectId.fromString(id))) {
                return Optional.of(ObjectId.fromString(id));
            }
        }
        return Optional.empty();
    }

    /** A note whose own bytes are lost is set aside by itself; of registrations, each counts. */
    private boolean isReadable(String ref, ObjectId id) {
        try (ObjectReader reader = lineage.git().newObjectReader();
                var walk = new RevWalk(reader);
                var tree = new TreeWalk(reader)) {
            tree.addTree(walk.parseCommit(id).getTree());
            tree.setRecursive(true);
            while (tree.next()) {
                if (ref.equals(GitLineage.REGISTRY)) {
                    reader.open(tree.getObjectId(0), Constants.OBJ_BLOB).getBytes();
                }
            }
            return true;
        } catch (IOException | RuntimeException e) {
            ResourceException.throwIfBehind(e);
            return false;
        }
    }
}
