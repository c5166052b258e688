package dev.mgit.lineage.git;

import dev.mgit.lineage.version.Operation;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** What the lines of the operation log come to, read from the first to the last. */
final class OperationReplay {
    /**
     * A reference that an operation found elsewhere than the one before had left it.
     *
     * @param left where that was; empty for nowhere
     * @param found where it had been moved, outside mgit
     */
    record Gap(String ref, Optional<String> left, Optional<String> found, Operation operation) {}

    private final List<Operation> finished = new ArrayList<>();
    private final Map<String, String> references = new TreeMap<>();
    private final Map<String, Operation> lastMoves = new TreeMap<>();
    private final List<Gap> gaps = new ArrayList<>();
    private boolean chained;

    private @Nullable Operation open;

    List<Operation> finished() {
        return finished;
    }

    /** Where finished operations left the references they moved. */
    Map<String, String> references() {
        return references;
    }

    /** The operation that put a reference where it belongs, if it is not forgotten. */
    Optional<Operation> lastMove(String ref) {
        return Optional.ofNullable(lastMoves.get(ref));
    }

    /** Moves outside mgit that later operations were built on, and that nobody has accepted. */
    List<Gap> gaps() {
        return Collections.unmodifiableList(gaps);
    }

    @Nullable
    Operation open() {
        return open;
    }

    /** From here on, all changes are in the log. */
    void chained() {
        chained = true;
    }

    boolean isChained() {
        return chained;
    }

    void intend(Operation operation) {
        open = operation;
    }

    void close(Optional<String> done) {
        if (open != null && done.equals(Optional.of(open.id()))) {
            finish(open);
        }
        open = null;
    }

    private void finish(Operation operation) {
        finished.add(operation);
        for (Operation.RefChange change : operation.changes()) {
            Optional<String> left = Optional.ofNullable(references.get(change.ref()));
            if (chained && !change.before().equals(left)) {
                gaps.add(new Gap(change.ref(), left, change.before(), operation));
            }
            change.after()
                    .ifPresentOrElse(
                            after -> references.put(change.ref(), after), () -> references.remove(change.ref()));
            lastMoves.put(change.ref(), operation);
        }
    }

    /** Forgets where references were in favor of where they are now. */
    void startFrom(Map<String, String> places) {
        references.clear();
        references.putAll(places);
        lastMoves.clear();
    }

    void accept(Operation.RefChange move) {
        gaps.removeIf(gap -> gap.ref().equals(move.ref())
                && gap.left().equals(move.before())
                && gap.found().equals(move.after()));
    }
}
