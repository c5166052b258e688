package dev.mgit.lineage.git;

import dev.mgit.delta.MgitException;
import dev.mgit.lineage.version.NoteMerger;
import java.io.IOException;
import java.util.Optional;
import org.eclipse.jgit.lib.Constants;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.ObjectInserter;
import org.eclipse.jgit.lib.ObjectReader;
import org.eclipse.jgit.lib.Repository;
import org.eclipse.jgit.merge.MergeStrategy;
import org.eclipse.jgit.merge.ThreeWayMerger;
import org.eclipse.jgit.notes.Note;
import org.eclipse.jgit.notes.NoteMap;
import org.eclipse.jgit.notes.NoteMapMerger;
import org.eclipse.jgit.revwalk.RevCommit;
import org.eclipse.jgit.revwalk.RevWalk;
import org.eclipse.jgit.revwalk.filter.RevFilter;
import org.jspecify.annotations.Nullable;

/**
 * Joins the history of notes or of the registry with that of somebody else. Where only one side has moved on, its
 * commit is the result; else the trees are merged against what both came from.
 */
final class NoteMerge {
    private final Repository git;
    private final ObjectInserter inserter;

    NoteMerge(Repository git, ObjectInserter inserter) {
        this.git = git;
        this.inserter = inserter;
    }

    /**
     * What a join comes to.
     *
     * @param commit the side that holds everything; null if neither does
     * @param tree what to commit onto both; null if there is a commit
     */
    record Joined(@Nullable ObjectId commit, @Nullable ObjectId tree) {}

    private interface Trees {
        ObjectId merge(@Nullable RevCommit base, RevCommit ours, RevCommit theirs) throws IOException;
    }

    /** @throws MgitException of kind CONFLICT where a merger has no answer */
    Joined notes(String namespace, @Nullable ObjectId ours, ObjectId theirs, NoteMerger merger) throws IOException {
        return join(ours, theirs, (base, a, b) -> {
            try (ObjectReader reader = git.newObjectReader()) {
                NoteMap from = base == null ? NoteMap.newEmptyMap() : NoteMap.read(reader, base);
                var merge = new NoteMapMerger(git, new OneNote(namespace, merger), MergeStrategy.RECURSIVE);
                return merge.merge(from, NoteMap.read(reader, a), NoteMap.read(reader, b))
                        .writeTree(inserter);
            }
        });
    }

    /** @throws MgitException of kind CONFLICT if both changed one file of the registry */
    Joined registry(@Nullable ObjectId ours, ObjectId theirs) throws IOException {
        return join(ours, theirs, (base, a, b) -> {
            ThreeWayMerger merge = MergeStrategy.SIMPLE_TWO_WAY_IN_CORE.newMerger(git, true);
            merge.setObjectInserter(inserter);
            if (!merge.merge(a, b)) {
                throw new MgitException(
                        MgitException.Kind.CONFLICT,
                        "hooks, tests or recipes registered here and there differ",
                        "compare them with 'git diff " + a.abbreviate(12).name() + " "
                                + b.abbreviate(12).name() + "' in .mgit/lineage.git, and register one again");
            }
            return merge.getResultTreeId();
        });
    }

    private Joined join(@Nullable ObjectId ours, ObjectId theirs, Trees trees) throws IOException {
        if (ours == null) {
            return new Joined(theirs, null);
        }
        try (var walk = new RevWalk(git)) {
            RevCommit a = walk.parseCommit(ours);
            RevCommit b = walk.parseCommit(theirs);
            if (walk.isMergedInto(b, a)) {
                return new Joined(ours, null);
            }
            if (walk.isMergedInto(a, b)) {
                return new Joined(theirs, null);
            }
            return new Joined(null, trees.merge(base(walk, a, b), a, b));
        }
    }

    private static @Nullable RevCommit base(RevWalk walk, RevCommit a, RevCommit b) throws IOException {
        walk.reset();
        walk.setRevFilter(RevFilter.MERGE_BASE);
        walk.markStart(a);
        walk.markStart(b);
        RevCommit found = walk.next();
        return found == null ? null : walk.parseCommit(found);
    }

    /** One note that differs on both sides from what it was; whoever removed it gives way to whoever changed it. */
    private record OneNote(String namespace, NoteMerger merger) implements org.eclipse.jgit.notes.NoteMerger {
        @Override
        public @Nullable Note merge(
                @Nullable Note base,
                @Nullable Note ours,
                @Nullable Note theirs,
                ObjectReader reader,
                ObjectInserter inserter)
                throws IOException {
            if (ours == null || theirs == null) {
                return ours == null ? theirs : ours;
            }
            if (ours.getData().equals(theirs.getData())) {
                return ours;
            }
            byte[] merged = merger.merge(
                            base == null ? Optional.empty() : Optional.of(bytes(reader, base)),
                            bytes(reader, ours),
                            bytes(reader, theirs))
                    .orElseThrow(() -> new MgitException(
                            MgitException.Kind.CONFLICT,
                            "the note '" + namespace + "' on version "
                                    + ours.abbreviate(12).name() + " was changed both here and there",
                            "make them equal, then run the command again"));
            return new Note(ours, inserter.insert(Constants.OBJ_BLOB, merged));
        }

        private static byte[] bytes(ObjectReader reader, Note note) throws IOException {
            return reader.open(note.getData(), Constants.OBJ_BLOB).getBytes();
        }
    }
}
