package dev.mgit.lineage.git;

import dev.mgit.delta.ResourceException;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.HashSet;
import java.util.Set;
import org.eclipse.jgit.errors.MissingObjectException;
import org.eclipse.jgit.lib.Constants;
import org.eclipse.jgit.lib.FileMode;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.ObjectInserter;
import org.eclipse.jgit.lib.ObjectLoader;
import org.eclipse.jgit.lib.Repository;
import org.eclipse.jgit.revwalk.RevCommit;
import org.eclipse.jgit.treewalk.CanonicalTreeParser;

/** Copies Git objects that are missing or damaged from one lineage to another, and follows what they lead to. */
final class LostObjectsTransfer {
    private final Repository here;
    private final Repository there;
    private final Deque<ObjectId> open = new ArrayDeque<>();
    private final Set<ObjectId> seen = new HashSet<>();

    LostObjectsTransfer(GitLineage here, GitLineage there) {
        this.here = here.git();
        this.there = there.git();
    }

    /** @return how many objects were copied */
    int run(Collection<String> lost) throws IOException {
        int copied = 0;
        lost.stream().filter(ObjectId::isId).map(ObjectId::fromString).forEach(this::push);
        try (ObjectInserter inserter = here.newObjectInserter()) {
            while (!open.isEmpty()) {
                copied += copy(open.pop(), inserter) ? 1 : 0;
            }
            inserter.flush();
        }
        return copied;
    }

    private void push(ObjectId id) {
        if (seen.add(id)) {
            open.push(id);
        }
    }

    private boolean copy(ObjectId id, ObjectInserter inserter) throws IOException {
        if (isReadable(id)) {
            return false;
        }
        ObjectLoader loader;
        try {
            loader = there.open(id);
        } catch (MissingObjectException e) {
            return false;
        }
        byte[] bytes = loader.getBytes();
        inserter.insert(loader.getType(), bytes);
        follow(loader.getType(), bytes);
        return true;
    }

    private boolean isReadable(ObjectId id) {
        try {
            here.open(id).getBytes();
            return true;
        } catch (IOException e) {
            ResourceException.throwIfBehind(e);
            return false;
        }
    }

    private void follow(int type, byte[] bytes) throws IOException {
        if (type == Constants.OBJ_COMMIT) {
            RevCommit commit = RevCommit.parse(bytes);
            push(commit.getTree().copy());
            for (RevCommit parent : commit.getParents()) {
                push(parent.copy());
            }
        } else if (type == Constants.OBJ_TREE) {
            var parser = new CanonicalTreeParser();
            for (parser.reset(bytes); !parser.eof(); parser.next()) {
                if (!parser.getEntryFileMode().equals(FileMode.GITLINK)) {
                    push(parser.getEntryObjectId());
                }
            }
        }
    }
}
