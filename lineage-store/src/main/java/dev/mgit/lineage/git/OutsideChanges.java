package dev.mgit.lineage.git;

import dev.mgit.lineage.version.Operation;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.eclipse.jgit.lib.Constants;

/**
 * References that something else than mgit moved: what the operation log does not know, be it in Git's own logs or not.
 * Models, tags, notes and the registry are nobody else's to move; a log written before its lines were chained says
 * nothing of that.
 */
final class OutsideChanges {
    private static final List<String> OURS =
            List.of(Constants.R_HEADS, Constants.R_TAGS, GitLineage.NOTES, GitLineage.PRIVATE);

    private OutsideChanges() {}

    /**
     * A move that mgit did not make.
     *
     * @param left where mgit had left it; empty for nowhere
     * @param found where it was moved; empty for away
     * @param recorded the operation that had left it there, where that is not forgotten
     * @param builtOn the operation that took it for granted; empty if the reference is still there
     */
    record Move(
            String ref,
            Optional<String> left,
            Optional<String> found,
            Optional<Operation> recorded,
            Optional<Operation> builtOn) {
        Operation.RefChange change() {
            return new Operation.RefChange(ref, left, found);
        }

        boolean isCurrent() {
            return builtOn.isEmpty();
        }

        boolean isOfNotes() {
            return ref.startsWith(GitLineage.NOTES);
        }
    }

    /** Reads the whole operation log, unless the fingerprint in its last line shows that there is nothing to find. */
    static List<Move> quickly(GitLineage lineage, Map<String, String> now) throws IOException {
        OperationLog log = lineage.operationLog();
        if (log.isMissing() || !log.isChained()) {
            return List.of();
        }
        return ReferenceCheck.areInPlace(now, log.strictFingerprint()) ? List.of() : everything(lineage);
    }

    /** Reads the whole operation log. */
    static List<Move> everything(GitLineage lineage) throws IOException {
        List<Move> found = find(lineage);
        return found.isEmpty() ? found : find(lineage); // a command may have been at work between log and references
    }

    private static List<Move> find(GitLineage lineage) throws IOException {
        OperationReplay replay = lineage.operationLog().read();
        if (!replay.isChained()) {
            return List.of();
        }
        Map<String, String> now = ReferenceCheck.now(lineage);
        Set<String> refs = new TreeSet<>(now.keySet());
        refs.addAll(replay.references().keySet());
        List<Move> found = new ArrayList<>();
        for (String ref : refs) {
            Optional<String> left = Optional.ofNullable(replay.references().get(ref));
            Optional<String> at = Optional.ofNullable(now.get(ref));
            if (OURS.stream().anyMatch(ref::startsWith)
                    && !places(replay, ref, left).contains(at)) {
                found.add(new Move(ref, left, at, replay.lastMove(ref), Optional.empty()));
            }
        }
        for (OperationReplay.Gap gap : replay.gaps()) {
            if (OURS.stream().anyMatch(gap.ref()::startsWith)) {
                found.add(new Move(gap.ref(), gap.left(), gap.found(), Optional.empty(), Optional.of(gap.operation())));
            }
        }
        return found;
    }

    /** Where a reference may be: where finished operations left it, or an open one finds or puts it. */
    private static Set<Optional<String>> places(OperationReplay replay, String ref, Optional<String> left) {
        Set<Optional<String>> places = new HashSet<>(Set.of(left));
        Operation open = replay.open();
        if (open != null) {
            open.changes().stream()
                    .filter(change -> change.ref().equals(ref))
                    .forEach(change -> places.addAll(List.of(change.before(), change.after())));
        }
        return places;
    }
}
