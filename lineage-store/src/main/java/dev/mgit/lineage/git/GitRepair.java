package dev.mgit.lineage.git;

import dev.mgit.delta.ResourceException;
import dev.mgit.lineage.version.Operation;
import dev.mgit.lineage.version.Person;
import dev.mgit.lineage.version.VersionId;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.Consumer;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.Repository;
import org.jspecify.annotations.Nullable;

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
        ReferenceMoves.recover(lineage);
        lineage.forgetRead();
        List<OutsideChanges.Move> outside = OutsideChanges.everything(lineage);
        List<Operation.RefChange> found = new ArrayList<>();
        Map<String, @Nullable ObjectId> moves = new java.util.LinkedHashMap<>();
        for (ReferenceCheck.Unexplained reference : misplaced(outside)) {
            String name = Repository.shortenRefName(reference.ref());
            Optional<ObjectId> left = reference.left().map(ObjectId::fromString).filter(this::isReadable);
            if (left.isPresent()) {
                takeAway(reference.ref(), reference.at().map(ObjectId::fromString));
                moves.put(reference.ref(), left.get());
                done.add("put '" + name + "' back at " + left.get().name() + "; it was at "
                        + reference.at().orElse("nothing"));
            } else if (reference.at().isPresent()) {
                found.add(new Operation.RefChange(reference.ref(), reference.left(), reference.at()));
                done.add("kept '" + name + "' at " + reference.at().get() + ", and recorded that");
            }
        }
        writeDown(found);
        for (ReadableState.Found state : new ReadableState(lineage).all()) {
            goBack(state, moves);
        }
        var transaction = new GitTransaction(lineage, DESCRIPTION, author, Instant.now());
        moves.forEach(transaction::set);
        Map<String, Set<VersionId>> notes = new TreeMap<>();
        for (Notes.Unreadable note : lineage.noteFiles().unreadable(noteReaders)) {
            notes.computeIfAbsent(note.namespace(), unused -> new LinkedHashSet<>())
                    .add(note.version());
        }
        for (Notes.Outside note : lineage.noteFiles().outside()) {
            notes.computeIfAbsent(note.namespace(), unused -> new LinkedHashSet<>())
                    .add(note.version());
        }
        notes.forEach((namespace, versions) -> versions.forEach(version -> {
            transaction.setNoteAside(namespace, version);
            done.add("set the note '" + namespace + "' on version " + version.abbreviated() + " aside, in "
                    + GitLineage.NOTES + Notes.SET_ASIDE + namespace);
        }));
        transaction.apply();
        accept(outside);
        return done;
    }

    /** Notes and registrations that cannot be read where they are. */
    private void goBack(ReadableState.Found state, Map<String, @Nullable ObjectId> moves) throws IOException {
        takeAway(state.ref(), Optional.of(state.now()));
        moves.put(state.ref(), state.readable().orElse(null));
        done.add("put '" + Repository.shortenRefName(state.ref()) + "' back to "
                + state.readable()
                        .map(id -> id.name() + ", its last state that can be read")
                        .orElse("nothing, since no state of it can be read")
                + "; what " + state.now().name() + " added is lost");
    }

    /** Git refuses to move a reference away from an object that it does not have. */
    private void takeAway(String ref, Optional<ObjectId> at) throws IOException {
        if (at.isPresent() && !isReadable(at.get())) {
            BookRepair.takeAway(lineage.git().getDirectory().toPath(), ref);
            lineage.git().getRefDatabase().refresh();
        }
    }

    /** Notes that were changed outside mgit are put right one by one. */
    private List<ReferenceCheck.Unexplained> misplaced(List<OutsideChanges.Move> outside) throws IOException {
        Map<String, ReferenceCheck.Unexplained> all = new TreeMap<>();
        for (ReferenceCheck.Unexplained reference : new ReferenceCheck(lineage).everything()) {
            all.put(reference.ref(), reference);
        }
        lost().forEach(reference -> all.putIfAbsent(reference.ref(), reference));
        Set<String> notes = new HashSet<>();
        for (Notes.Outside note : lineage.noteFiles().outside()) {
            notes.add(note.move().ref());
        }
        for (OutsideChanges.Move move : outside) {
            if (move.isCurrent()) {
                all.put(
                        move.ref(),
                        new ReferenceCheck.Unexplained(
                                move.ref(), move.found(), move.left().isPresent(), move.left()));
            }
        }
        all.keySet().removeAll(notes);
        return List.copyOf(all.values());
    }

    /** Only Git knows them, which removes the log of a reference with the reference: it is not gone on purpose. */
    private List<ReferenceCheck.Unexplained> lost() throws IOException {
        var logs = new Reflogs(lineage.git().getDirectory().toPath());
        Set<String> known = lineage.operationLog().references().keySet();
        Set<String> now = ReferenceCheck.now(lineage).keySet();
        List<ReferenceCheck.Unexplained> lost = new ArrayList<>();
        for (String ref : logs.references()) {
            Optional<String> last = logs.last(ref);
            if (!known.contains(ref) && !now.contains(ref) && Repository.isValidRefName(ref) && last.isPresent()) {
                lost.add(new ReferenceCheck.Unexplained(ref, Optional.empty(), false, last));
            }
        }
        return lost;
    }

    /** What was undone just now, and what operations were built on before anybody noticed, is known from now on. */
    private void accept(List<OutsideChanges.Move> outside) throws IOException {
        if (!outside.isEmpty()) {
            outside.stream()
                    .filter(move -> !move.isCurrent())
                    .forEach(move -> done.add("accepted that '" + Repository.shortenRefName(move.ref())
                            + "' was moved outside mgit to " + move.found().orElse("nothing")));
            Map<String, String> now = ReferenceCheck.now(lineage);
            lineage.operationLog()
                    .accept(
                            outside.stream().map(OutsideChanges.Move::change).toList(),
                            new ReferenceCheck(lineage).fingerprintAfter(now, List.of()));
        }
    }

    private boolean isReadable(ObjectId id) {
        try {
            lineage.git().open(id).getBytes();
            return true;
        } catch (IOException e) {
            ResourceException.throwIfBehind(e);
            return false;
        }
    }

    /** An operation that moves nothing: the references are where it puts them. */
    private void writeDown(List<Operation.RefChange> found) throws IOException {
        if (!found.isEmpty()) {
            String id = UUID.randomUUID().toString().replace("-", "").substring(0, 12);
            Map<String, String> now = ReferenceCheck.now(lineage);
            String fingerprint = new ReferenceCheck(lineage).fingerprintAfter(now, found);
            lineage.operationLog()
                    .intend(new Operation(id, DESCRIPTION, author, Instant.now(), found, Optional.empty()));
            lineage.operationLog().done(id, fingerprint, true);
            lineage.forgetRead();
        }
    }
}
