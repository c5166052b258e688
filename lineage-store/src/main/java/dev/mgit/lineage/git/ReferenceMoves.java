package dev.mgit.lineage.git;

import dev.mgit.delta.MgitException;
import dev.mgit.lineage.version.Operation;
import dev.mgit.lineage.version.Person;
import java.io.IOException;
import java.text.MessageFormat;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.eclipse.jgit.internal.JGitText;
import org.eclipse.jgit.lib.BatchRefUpdate;
import org.eclipse.jgit.lib.NullProgressMonitor;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.PersonIdent;
import org.eclipse.jgit.lib.Ref;
import org.eclipse.jgit.lib.Repository;
import org.eclipse.jgit.revwalk.RevWalk;
import org.eclipse.jgit.transport.ReceiveCommand;
import org.jspecify.annotations.Nullable;

/** Moves references in one atomic batch, after the operation log knows of it, and makes their names durable. */
final class ReferenceMoves {
    /** How JGit begins to tell what the system said of the file of a reference. */
    private static final String LOCK_ERROR = MessageFormat.format(JGitText.get().lockError, "");

    private final GitLineage lineage;
    private final Repository git;
    private final Map<String, ObjectId> before;
    private final Map<String, @Nullable ObjectId> after;

    /**
     * @param before what every reference is
     * @param after what some shall be; null is none
     */
    ReferenceMoves(GitLineage lineage, Map<String, ObjectId> before, Map<String, @Nullable ObjectId> after) {
        this.lineage = lineage;
        this.git = lineage.git();
        this.before = before;
        this.after = after;
    }

    /**
     * Settles an operation that a crash left open: it happened if every reference it names is where it put it. Some may be there, and
     * others not yet or not at all, where the power failed: then it is carried on.
     */
    static void recover(GitLineage lineage) throws IOException {
        Optional<Operation> open = lineage.operationLog().open();
        if (open.isPresent()) {
            List<ReceiveCommand> left = new ArrayList<>();
            boolean begun = false;
            boolean strange = false;
            for (Operation.RefChange change : open.get().changes()) {
                Optional<String> now = Optional.ofNullable(lineage.git().exactRef(change.ref()))
                        .map(Ref::getObjectId)
                        .map(ObjectId::name);
                if (!now.equals(change.after())) {
                    left.add(new ReceiveCommand(id(now), id(change.after()), change.ref()));
                    strange |= now.isPresent() && !now.equals(change.before());
                }
                begun |= !now.equals(change.before());
            }
            boolean happened = left.isEmpty() || begun && !strange && isCarriedOn(lineage, open.get(), left);
            lineage.operationLog().close(open.get().id(), happened);
        }
    }

    private static ObjectId id(Optional<String> hex) {
        return hex.map(ObjectId::fromString).orElse(ObjectId.zeroId());
    }

    private static boolean isCarriedOn(GitLineage lineage, Operation open, List<ReceiveCommand> left) {
        try {
            var moves = new ReferenceMoves(lineage, Map.of(), Map.of());
            moves.execute(left, open.description(), VersionWriter.ident(open.author(), open.when()));
            moves.syncNames(left);
            return true;
        } catch (IOException | MgitException e) {
            return false; // as far as it came; 'fsck --repair' knows where they belong
        }
    }

    /**
     * Makes the moves, if there are any.
     *
     * @param undoes the operation that these take back
     */
    void make(String description, Person author, Instant when, Optional<String> undoes) throws IOException {
        List<ReceiveCommand> commands = new ArrayList<>();
        List<Operation.RefChange> changes = new ArrayList<>();
        after.forEach((ref, target) -> {
            ObjectId old = before.get(ref);
            if (target == null ? old != null : !target.equals(old)) {
                ObjectId zero = ObjectId.zeroId();
                commands.add(new ReceiveCommand(old == null ? zero : old, target == null ? zero : target, ref));
                changes.add(new Operation.RefChange(
                        ref,
                        Optional.ofNullable(old).map(ObjectId::name),
                        Optional.ofNullable(target).map(ObjectId::name)));
            }
        });
        if (commands.isEmpty()) {
            return;
        }
        ReferenceNames.requireFree(lineage.git(), before, after);
        String id = UUID.randomUUID().toString().replace("-", "").substring(0, 12);
        Map<String, String> now = ReferenceCheck.now(lineage);
        boolean outside = !OutsideChanges.quickly(lineage, now).isEmpty();
        String fingerprint = new ReferenceCheck(lineage).fingerprintAfter(now, changes);
        beginChain(now);
        lineage.operationLog().intend(new Operation(id, description, author, when, changes, undoes));
        boolean done = false;
        try {
            done = execute(commands, description, VersionWriter.ident(author, when));
            syncNames(commands);
        } finally {
            close(id, done, fingerprint, outside);
        }
    }

    /** A log that was written without a chain, or was lost, vouches for nothing before. */
    private void beginChain(Map<String, String> now) throws IOException {
        boolean lost = lineage.operationLog().isMissing() && !before.isEmpty();
        if (lost || !lineage.operationLog().isChained()) {
            lineage.operationLog().beginChain(new ReferenceCheck(lineage).belonging(now));
        }
    }

    /** What cannot be written down now, on a full disk, the next operation finds out by the references themselves. */
    private void close(String id, boolean done, String fingerprint, boolean outside) {
        try {
            if (done) {
                lineage.operationLog().done(id, fingerprint, outside);
            } else {
                lineage.operationLog().close(id, false);
            }
        } catch (IOException e) {
            // see recover
        }
    }

    private void syncNames(List<ReceiveCommand> commands) throws IOException {
        DurableNames.syncReferences(
                git.getDirectory().toPath(),
                commands.stream().map(ReceiveCommand::getRefName).toList());
    }

    private boolean execute(List<ReceiveCommand> commands, String description, PersonIdent ident) throws IOException {
        BatchRefUpdate batch = git.getRefDatabase().newBatchUpdate();
        batch.setAtomic(true);
        batch.setAllowNonFastForwards(true);
        batch.setRefLogIdent(ident);
        batch.setRefLogMessage(description, false);
        batch.addCommand(commands);
        try (var walk = new RevWalk(git)) {
            batch.execute(walk, NullProgressMonitor.INSTANCE);
        }
        for (ReceiveCommand command : commands) {
            if (command.getResult() == ReceiveCommand.Result.LOCK_FAILURE
                    && git.getRefDatabase().isNameConflicting(command.getRefName())) {
                throw MgitException.usage("cannot create '" + Repository.shortenRefName(command.getRefName())
                        + "': part of that name is already a name, or the folder of other names");
            }
            if (command.getResult() == ReceiveCommand.Result.LOCK_FAILURE) {
                if (isAsExpected(command)) {
                    // JGit takes a file that cannot be written for one that somebody else has
                    throw new IOException("cannot move '" + Repository.shortenRefName(command.getRefName())
                            + "': another Git has it locked, or the disk of " + git.getDirectory()
                            + " is full or cannot be written");
                }
                throw new MgitException(
                        MgitException.Kind.CONFLICT,
                        "'" + Repository.shortenRefName(command.getRefName()) + "' was changed by another process",
                        "run the command again");
            }
            if (command.getResult() == ReceiveCommand.Result.REJECTED_OTHER_REASON
                    && String.valueOf(command.getMessage()).startsWith(LOCK_ERROR)) {
                throw new IOException("cannot move '" + Repository.shortenRefName(command.getRefName()) + "': "
                        + command.getMessage().substring(LOCK_ERROR.length()));
            }
            if (command.getResult() != ReceiveCommand.Result.OK) {
                throw MgitException.failed("cannot move '" + Repository.shortenRefName(command.getRefName()) + "': "
                        + command.getResult() + " " + command.getMessage());
            }
        }
        return true;
    }

    private boolean isAsExpected(ReceiveCommand command) throws IOException {
        Ref now = git.exactRef(command.getRefName());
        return command.getOldId().equals(now == null ? ObjectId.zeroId() : now.getObjectId());
    }
}
