package dev.mgit.lineage.git;

import dev.mgit.lineage.version.Operation;
import dev.mgit.lineage.version.Person;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Consumer;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.Repository;

/**
 * Puts right what can be put right without anything being lost, as operations that can be undone: references go back to
 * where the operation log left them, those that it does not know or had removed are kept and written down, and notes
 * that cannot be read are set aside.
 */
final class GitRepair {
    private static final String DESCRIPTION = "fsck --repair";

    private final GitLineage lineage;
    private final Person author;
    private final List<String> done = new ArrayList<>();

    GitRepair(GitLineage lineage, Person author) {
        this.lineage = lineage;
        this.author = author;
    }

    /** @return what was done, a line each */
    List<String> run(Map<String, Consumer<byte[]>> noteReaders) throws IOException {
        GitTransaction.recover(lineage);
        List<Operation.RefChange> found = new ArrayList<>();
        Map<String, ObjectId> moves = new java.util.LinkedHashMap<>();
        for (ReferenceCheck.Unexplained reference : new ReferenceCheck(lineage).everything()) {
            String name = Repository.shortenRefName(reference.ref());
            Optional<ObjectId> left = reference.left().map(ObjectId::fromString).filter(this::isThere);
            if (left.isPresent()) {
                moves.put(reference.ref(), left.get());
                done.add("put '" + name + "' back at " + left.get().name() + "; it was at "
                        + reference.at().orElse("nothing"));
            } else if (reference.at().isPresent()) {
                found.add(new Operation.RefChange(reference.ref(), Optional.empty(), reference.at()));
                done.add("kept '" + name + "' at " + reference.at().get() + ", and recorded that");
            }
        }
        writeDown(found);
        var transaction = new GitTransaction(lineage, DESCRIPTION, author, Instant.now());
        moves.forEach(transaction::set);
        for (Notes.Unreadable note : lineage.noteFiles().unreadable(noteReaders)) {
            transaction.setNoteAside(note.namespace(), note.version());
            done.add("set the note '" + note.namespace() + "' on version "
                    + note.version().abbreviated() + " aside, in " + GitLineage.NOTES + Notes.SET_ASIDE
                    + note.namespace());
        }
        transaction.apply();
        return done;
    }

    private boolean isThere(ObjectId id) {
        return lineage.git().getObjectDatabase().has(id);
    }

    /** An operation that moves nothing: the references are where it puts them. */
    private void writeDown(List<Operation.RefChange> found) throws IOException {
        if (!found.isEmpty()) {
            String id = UUID.randomUUID().toString().replace("-", "").substring(0, 12);
            String fingerprint = new ReferenceCheck(lineage).fingerprintAfter(found);
            lineage.operationLog()
                    .intend(new Operation(id, DESCRIPTION, author, Instant.now(), found, Optional.empty()));
            lineage.operationLog().done(id, fingerprint);
        }
    }
}
