package dev.mgit.lineage.git;

import dev.mgit.delta.MgitException;
import dev.mgit.lineage.version.EdgeNotes;
import dev.mgit.lineage.version.Operation;
import dev.mgit.lineage.version.VersionId;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.eclipse.jgit.errors.IncorrectObjectTypeException;
import org.eclipse.jgit.errors.MissingObjectException;
import org.eclipse.jgit.lib.Constants;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.Ref;
import org.eclipse.jgit.notes.Note;
import org.eclipse.jgit.notes.NoteMap;
import org.eclipse.jgit.revwalk.RevCommit;
import org.eclipse.jgit.revwalk.RevWalk;
import org.eclipse.jgit.treewalk.TreeWalk;

/**
 * Finds what must stay: everything reachable from a reference, from an operation or reflog entry that can still be
 * taken back, from a checked-out folder, and from an edge added later, which Git itself cannot see.
 */
final class GitLiveness {
    private static final Pattern ID = Pattern.compile("(?<![0-9a-f])[0-9a-f]{40}(?![0-9a-f])");
    private static final String EDGES = GitLineage.NOTES + EdgeNotes.NAMESPACE;
    private static final String EDGES_ASIDE = GitLineage.NOTES + Notes.SET_ASIDE + EdgeNotes.NAMESPACE;

    private final GitLineage lineage;
    private final Instant horizon;
    private final Set<ObjectId> commits = new LinkedHashSet<>();
    private final Set<ObjectId> unreferenced = new LinkedHashSet<>();
    private final Map<String, List<String>> addedParents = new HashMap<>();

    private GitLiveness(GitLineage lineage, Instant horizon) {
        this.lineage = lineage;
        this.horizon = horizon;
    }

    /**
     * What must stay.
     *
     * @param commits all commits, those of notes and of the registry too
     * @param versions those of them that are versions
     * @param unreferenced roots that no reference leads to
     */
    record Live(Set<ObjectId> commits, Set<VersionId> versions, Set<ObjectId> unreferenced) {}

    /** @throws MgitException of kind INTEGRITY if a commit that something live needs is missing */
    static Live find(GitLineage lineage, Instant horizon, Collection<VersionId> checkedOut) throws IOException {
        return new GitLiveness(lineage, horizon).find(checkedOut);
    }

    private Live find(Collection<VersionId> checkedOut) throws IOException {
        try (var walk = new RevWalk(lineage.git())) {
            walk.setRetainBody(false);
            List<Operation> operations = lineage.operationLog().finished().stream()
                    .filter(operation -> !operation.when().isBefore(horizon))
                    .toList();
            readAddedParents(walk, operations);
            for (Ref ref : RefListing.all(lineage.git())) {
                if (ref.getObjectId() != null && !ref.isSymbolic()) {
                    reach(walk, commitOf(walk, ref));
                }
            }
            for (ObjectId root : loose(walk, operations, checkedOut)) {
                if (!commits.contains(root)) {
                    unreferenced.add(root);
                    reach(walk, root);
                }
            }
            return new Live(commits, versions(walk), unreferenced);
        }
    }

    private static ObjectId commitOf(RevWalk walk, Ref ref) throws IOException {
        try {
            return walk.parseCommit(ref.getObjectId()).copy();
        } catch (MissingObjectException | IncorrectObjectTypeException e) {
            throw new MgitException(
                    MgitException.Kind.INTEGRITY,
                    "reference " + ref.getName() + " points to "
                            + ref.getObjectId().name() + ", which is not a commit of the lineage repository",
                    "run 'mgit fsck'",
                    e);
        }
    }

    /** Roots beside the references, as far as they are there: Git's own clean-up may have taken old ones. */
    private Set<ObjectId> loose(RevWalk walk, List<Operation> operations, Collection<VersionId> checkedOut)
            throws IOException {
        List<String> ids = new ArrayList<>();
        checkedOut.forEach(id -> ids.add(id.hex()));
        for (Operation operation : operations) {
            for (Operation.RefChange change : operation.changes()) {
                change.before().ifPresent(ids::add);
                change.after().ifPresent(ids::add);
            }
        }
        // Where something else than mgit moved a reference, the place where it belongs stays.
        ids.addAll(lineage.operationLog().read().references().values());
        ids.addAll(new Reflogs(lineage.git().getDirectory().toPath()).ids(horizon));
        Set<ObjectId> present = new LinkedHashSet<>();
        for (String id : ids) {
            if (ObjectId.isId(id)) {
                present(walk, ObjectId.fromString(id)).ifPresent(present::add);
            }
        }
        return present;
    }

    private static Optional<ObjectId> present(RevWalk walk, ObjectId id) throws IOException {
        try {
            return Optional.of(walk.parseCommit(id).copy());
        } catch (MissingObjectException | IncorrectObjectTypeException e) {
            return Optional.empty();
        }
    }

    /** Parents named by notes of edges, as the notes are now and as an undo may bring them back. */
    private void readAddedParents(RevWalk walk, List<Operation> operations) throws IOException {
        Set<ObjectId> states = new LinkedHashSet<>();
        for (String ref : List.of(EDGES, EDGES_ASIDE)) {
            Ref now = lineage.git().exactRef(ref);
            if (now != null) {
                states.add(now.getObjectId());
            }
        }
        for (Operation operation : operations) {
            for (Operation.RefChange change : operation.changes()) {
                if (change.ref().equals(EDGES)) {
                    change.before().map(ObjectId::fromString).ifPresent(states::add);
                    change.after().map(ObjectId::fromString).ifPresent(states::add);
                }
            }
        }
        for (ObjectId state : states) {
            Optional<ObjectId> commit = present(walk, state);
            if (commit.isPresent()) {
                NoteMap map = NoteMap.read(walk.getObjectReader(), walk.parseCommit(commit.get()));
                for (Note note : map) {
                    byte[] content = lineage.git()
                            .open(note.getData(), Constants.OBJ_BLOB)
                            .getBytes();
                    addedParents
                            .computeIfAbsent(note.name(), unused -> new ArrayList<>())
                            .addAll(parents(content));
                }
            }
        }
    }

    /** Parents that a note adds; of one that cannot be understood, all that may be one. */
    private static List<String> parents(byte[] note) {
        try {
            return EdgeNotes.parse(note).entries().stream()
                    .filter(entry -> entry.op() == EdgeNotes.Op.ADD)
                    .map(entry -> entry.parent().hex())
                    .toList();
        } catch (MgitException e) {
            return ID.matcher(new String(note, StandardCharsets.ISO_8859_1))
                    .results()
                    .map(MatchResult::group)
                    .toList();
        }
    }

    private void reach(RevWalk walk, ObjectId root) throws IOException {
        Deque<ObjectId> open = new ArrayDeque<>();
        if (commits.add(root)) {
            open.push(root);
        }
        while (!open.isEmpty()) {
            ObjectId next = open.pop();
            RevCommit commit = walk.parseCommit(next);
            for (RevCommit parent : commit.getParents()) {
                ObjectId id = parent.copy();
                if (commits.add(id)) {
                    open.push(id);
                }
            }
            for (String added : addedParents.getOrDefault(next.name(), List.of())) {
                ObjectId id = ObjectId.fromString(added);
                if (!commits.contains(id) && present(walk, id).isPresent()) {
                    commits.add(id);
                    unreferenced.add(id);
                    open.push(id);
                }
            }
        }
    }

    private Set<VersionId> versions(RevWalk walk) throws IOException {
        Set<VersionId> versions = new LinkedHashSet<>();
        for (ObjectId id : commits) {
            if (isVersion(lineage, walk.parseCommit(id))) {
                versions.add(GitLineage.id(id));
            }
        }
        return versions;
    }

    static boolean isVersion(GitLineage lineage, RevCommit commit) throws IOException {
        try (TreeWalk record = TreeWalk.forPath(lineage.git(), GitLineage.RECORD, commit.getTree())) {
            return record != null;
        }
    }
}
