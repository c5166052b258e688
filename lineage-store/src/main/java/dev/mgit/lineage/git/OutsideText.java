package dev.mgit.lineage.git;

import dev.mgit.lineage.version.Operation;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import org.eclipse.jgit.errors.IncorrectObjectTypeException;
import org.eclipse.jgit.errors.MissingObjectException;
import org.eclipse.jgit.lib.Constants;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.revwalk.RevWalk;

/** Words for what something else than mgit changed. */
final class OutsideText {
    private static final int SHOWN = 6;

    private OutsideText() {}

    static String of(GitLineage lineage, OutsideChanges.Move move) throws IOException {
        var text = new StringBuilder("it was changed outside mgit: it ")
                .append(move.isCurrent() ? "is at " : "was at ")
                .append(move.found().orElse("nothing"))
                .append(move.builtOn()
                        .map(operation -> " when " + operation(operation))
                        .orElse(""))
                .append(", recorded at ")
                .append(move.left().orElse("nothing"))
                .append(move.recorded()
                        .map(operation -> " by " + operation(operation))
                        .orElse(""));
        stranger(lineage, move)
                .ifPresent(model ->
                        text.append("; it is a version of '").append(model).append("'"));
        if (move.left().isPresent() && move.found().isPresent() && !move.isOfNotes()) {
            List<String> differences = CommitDifference.between(
                    lineage.git(), move.left().get(), move.found().get());
            differences.stream()
                    .limit(SHOWN)
                    .forEach(difference -> text.append("; ").append(difference));
            if (differences.size() > SHOWN) {
                text.append("; and ").append(differences.size() - SHOWN).append(" more differences");
            }
        }
        return text.toString();
    }

    /** The model whose version a branch of nowhere points to, where that is another. */
    private static Optional<String> stranger(GitLineage lineage, OutsideChanges.Move move) throws IOException {
        if (!move.ref().startsWith(Constants.R_HEADS)
                || move.left().isPresent()
                || move.found().isEmpty()) {
            return Optional.empty();
        }
        try (var walk = new RevWalk(lineage.git())) {
            var commit = walk.parseCommit(ObjectId.fromString(move.found().get()));
            return Optional.of(CommitText.parse(commit.getFullMessage()).model())
                    .filter(model -> !model.isEmpty() && !move.ref().equals(Constants.R_HEADS + model));
        } catch (MissingObjectException | IncorrectObjectTypeException e) {
            return Optional.empty();
        }
    }

    static String of(GitLineage lineage, Notes.Outside note, NoteDifference difference) throws IOException {
        Optional<byte[]> recorded = bytes(lineage, note.recorded());
        Optional<byte[]> found = bytes(lineage, note.found());
        return note.move().ref() + " was changed outside mgit: "
                + difference.of(recorded, found)
                + note.move()
                        .recorded()
                        .map(operation -> ", recorded by " + operation(operation))
                        .orElse("");
    }

    private static Optional<byte[]> bytes(GitLineage lineage, Optional<ObjectId> blob) throws IOException {
        return blob.isEmpty()
                ? Optional.empty()
                : Optional.of(lineage.noteFiles().bytes(blob.get()));
    }

    private static String operation(Operation operation) {
        return "'" + operation.description() + "' at " + operation.when();
    }
}
