package dev.mgit.lineage.git;

import dev.mgit.delta.MgitException;
import dev.mgit.lineage.version.Operation;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.eclipse.jgit.lib.Constants;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.Ref;

/**
 * Whether references are where somebody put them. Nothing in Git vouches for them: a flipped bit in {@code packed-refs}
 * renames a model, a file restored from an old copy takes a model back. mgit's operation log says where mgit left them,
 * Git's own logs where plain Git did, and what neither explains is damage.
 *
 * <p>The last line of the operation log has a fingerprint of where all references belong, so that as long as all are
 * there, nothing else need be read.
 */
final class ReferenceCheck {
    private final GitLineage lineage;
    private final Reflogs logs;

    ReferenceCheck(GitLineage lineage) {
        this.lineage = lineage;
        this.logs = new Reflogs(lineage.git().getDirectory().toPath());
    }

    /**
     * A reference where nobody put it.
     *
     * @param at where it is; empty if it is not there
     * @param known whether the operation log knows it
     * @param left where that left it; empty if it took it away, or does not know it
     */
    record Unexplained(String ref, Optional<String> at, boolean known, Optional<String> left) {
        String why() {
            return known
                    ? "it is at " + at.orElse("nothing") + ", but was left at " + left.orElse("nothing")
                    : "neither mgit nor Git recorded the change";
        }
    }

    /** Reads the whole operation log. */
    List<Unexplained> everything() throws IOException {
        List<Unexplained> found = find();
        return found.isEmpty() ? found : find(); // a command may have been at work between log and references
    }

    /**
     * The same, looking no further where all references are where they belong.
     *
     * @param now as {@link #now}
     */
    List<Unexplained> quickly(Map<String, String> now) throws IOException {
        boolean known = areInPlace(now, lineage.operationLog().fingerprint());
        return known || lineage.operationLog().isMissing() ? List.of() : everything();
    }

    /**
     * Whether references are where a fingerprint says.
     *
     * @param now as {@link #now}
     */
    static boolean areInPlace(Map<String, String> now, Optional<String> fingerprint) {
        return fingerprint.isPresent() && fingerprint.get().equals(RefFingerprint.of(now));
    }

    /** The fingerprint after some changes: of where references are, or belong where they are where nobody put them. */
    String fingerprintAfter(Map<String, String> now, Collection<Operation.RefChange> changes) throws IOException {
        Map<String, String> references = belonging(now);
        changes.forEach(change -> put(references, change.ref(), change.after()));
        return RefFingerprint.of(references);
    }

    /** Where references are, or belong where they are where nobody put them. */
    Map<String, String> belonging(Map<String, String> now) throws IOException {
        Map<String, String> references = new TreeMap<>(now);
        for (Unexplained reference : quickly(now)) {
            put(references, reference.ref(), reference.left());
        }
        return references;
    }

    private static void put(Map<String, String> references, String ref, Optional<String> id) {
        id.ifPresentOrElse(target -> references.put(ref, target), () -> references.remove(ref));
    }

    private List<Unexplained> find() throws IOException {
        Map<String, Set<Optional<String>>> places = lineage.operationLog().references();
        Map<String, String> now = now(lineage);
        List<Unexplained> found = new ArrayList<>();
        for (Map.Entry<String, Set<Optional<String>>> known : places.entrySet()) {
            String ref = known.getKey();
            Optional<String> at = Optional.ofNullable(now.get(ref));
            if (!known.getValue().contains(at) && !explained(ref, at)) {
                Optional<String> left =
                        known.getValue().stream().flatMap(Optional::stream).findFirst();
                found.add(new Unexplained(ref, at, true, left));
            }
        }
        for (Map.Entry<String, String> ref : now.entrySet()) {
            String name = ref.getKey();
            if (name.startsWith(Constants.R_HEADS) && !places.containsKey(name) && !logs.has(name)) {
                found.add(new Unexplained(name, Optional.of(ref.getValue()), false, Optional.empty()));
            }
        }
        return found;
    }

    /** Where references are, by name. */
    static Map<String, String> now(GitLineage lineage) throws IOException {
        Map<String, String> now = new TreeMap<>();
        for (Ref ref : RefListing.all(lineage.git())) {
            ObjectId id = ref.getObjectId();
            boolean passing = ref.getName().equals(GitMaintenance.KEEP);
            if (!ref.isSymbolic() && id != null && ref.getName().startsWith(Constants.R_REFS) && !passing) {
                now.put(ref.getName(), id.name());
            }
        }
        return now;
    }

    /**
     * Refuses {@code packed-refs} whose first line says that references are in order, and they are not: what is looked up then
     * is not found, though it is there.
     *
     * @param listed references as {@link #now}
     * @throws MgitException of kind INTEGRITY
     */
    void requireFound(Map<String, String> listed) throws IOException {
        for (String name : listed.keySet()) {
            if (lineage.git().exactRef(name) == null && now(lineage).containsKey(name)) {
                throw new MgitException(
                        MgitException.Kind.INTEGRITY,
                        "the lineage repository is damaged: packed-refs is not in order, so that " + name
                                + " is not found",
                        LostObjects.HINT);
            }
        }
    }

    /** Git logs where it moves a branch, and removes the log with the branch. */
    private boolean explained(String ref, Optional<String> at) throws IOException {
        return at.isPresent() ? logs.last(ref).equals(at) : ref.startsWith(Constants.R_HEADS) && !logs.has(ref);
    }
}
