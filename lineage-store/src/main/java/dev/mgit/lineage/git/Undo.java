package dev.mgit.lineage.git;

import dev.mgit.delta.MgitException;
import dev.mgit.lineage.version.DroppedState;
import dev.mgit.lineage.version.Operation;
import dev.mgit.lineage.version.Person;
import java.io.IOException;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.Ref;
import org.eclipse.jgit.lib.Repository;

/** Takes back one operation by moving its references back to where they were; itself an operation. */
final class Undo {
    private static final String DROPPED = GitLineage.NOTES + DroppedState.NAMESPACE;

    private final GitLineage lineage;

    Undo(GitLineage lineage) {
        this.lineage = lineage;
    }

    Operation run(Optional<String> wanted, Person author) throws IOException {
        List<Operation> operations = lineage.operationLog().finished();
        Operation target = wanted.isPresent() ? named(operations, wanted.get()) : latest(operations);
        requireBytesThere(target);
        var transaction = new GitTransaction(lineage, "undo: " + target.description(), author, Instant.now());
        for (Operation.RefChange change : target.changes()) {
            Ref now = lineage.git().exactRef(change.ref());
            Optional<String> at =
                    Optional.ofNullable(now).map(ref -> ref.getObjectId().name());
            if (!at.equals(change.after())) {
                throw new MgitException(
                        MgitException.Kind.CONFLICT,
                        "'" + Repository.shortenRefName(change.ref()) + "' has moved on since '" + target.description()
                                + "'",
                        "undo the later operations first; 'mgit op log' lists them");
            }
            transaction.set(
                    change.ref(), change.before().map(ObjectId::fromString).orElse(null));
        }
        transaction.undoing(target.id());
        transaction.apply();
        return target;
    }

    /** What was dropped cannot be had again by forgetting that it was. */
    private static void requireBytesThere(Operation target) {
        boolean drops = !target.changes().isEmpty()
                && target.changes().stream().allMatch(change -> change.ref().equals(DROPPED));
        if (drops) {
            throw new MgitException(
                    MgitException.Kind.FAILED,
                    "'" + target.description() + "' cannot be undone: the training state is gone from the store",
                    "commit a folder that still has it, which brings it back in every version it was part of;"
                            + " 'mgit undo OPERATION' undoes an earlier operation");
        }
    }

    private static Operation named(List<Operation> operations, String id) {
        List<Operation> matches =
                operations.stream().filter(op -> op.id().startsWith(id)).toList();
        if (matches.size() != 1) {
            throw new MgitException(
                    MgitException.Kind.USAGE,
                    (matches.isEmpty() ? "there is no operation '" : "several operations match '") + id + "'",
                    "'mgit op log' lists them");
        }
        return matches.get(0);
    }

    /** The newest operation that is neither an undo nor undone. */
    private static Operation latest(List<Operation> operations) {
        Set<String> undone = new HashSet<>();
        for (Operation operation : operations) {
            if (operation.undoes().isPresent()) {
                if (!undone.contains(operation.id())) {
                    undone.add(operation.undoes().get());
                }
            } else if (!undone.contains(operation.id())) {
                return operation;
            }
        }
        throw MgitException.failed("nothing to undo");
    }
}
