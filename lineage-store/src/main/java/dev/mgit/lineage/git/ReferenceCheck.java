package dev.mgit.lineage.git;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.eclipse.jgit.lib.Constants;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.Ref;

/**
 * Whether references are where somebody put them. Nothing in Git vouches for their names: a flipped bit in
 * {@code packed-refs} renames a model. mgit's operation log says where mgit left them, Git's own logs where plain Git
 * did, and what neither explains is damage.
 */
final class ReferenceCheck {
    private final GitLineage lineage;
    private final Reflogs logs;

    ReferenceCheck(GitLineage lineage) {
        this.lineage = lineage;
        this.logs = new Reflogs(lineage.git().getDirectory().toPath());
    }

    List<GitHealth.Damage> damage() throws IOException {
        List<GitHealth.Damage> found = find();
        return found.isEmpty() ? found : find(); // a command may have been at work between log and references
    }

    private List<GitHealth.Damage> find() throws IOException {
        Map<String, Set<Optional<String>>> places = lineage.operationLog().references();
        Map<String, String> now = now();
        List<GitHealth.Damage> found = new ArrayList<>();
        for (Map.Entry<String, Set<Optional<String>>> known : places.entrySet()) {
            String ref = known.getKey();
            Optional<String> at = Optional.ofNullable(now.get(ref));
            if (!known.getValue().contains(at) && !explained(ref, at)) {
                String left = known.getValue().stream()
                        .map(id -> id.orElse("nothing"))
                        .sorted()
                        .toList()
                        .toString();
                found.add(damage(ref, "it is at " + at.orElse("nothing") + ", but was left at " + left));
            }
        }
        for (String ref : now.keySet()) {
            if (ref.startsWith(Constants.R_HEADS) && !places.containsKey(ref) && !logs.has(ref)) {
                found.add(damage(ref, "neither mgit nor Git wrote down how it came to be"));
            }
        }
        return found;
    }

    private Map<String, String> now() throws IOException {
        Map<String, String> now = new TreeMap<>();
        for (Ref ref : lineage.git().getRefDatabase().getRefs()) {
            ObjectId id = ref.getObjectId();
            if (!ref.isSymbolic() && id != null) {
                now.put(ref.getName(), id.name());
            }
        }
        return now;
    }

    /** Git logs where it moves a branch, and removes the log with the branch. */
    private boolean explained(String ref, Optional<String> at) throws IOException {
        return at.isPresent() ? logs.last(ref).equals(at) : ref.startsWith(Constants.R_HEADS) && !logs.has(ref);
    }

    private static GitHealth.Damage damage(String ref, String why) {
        return new GitHealth.Damage("reference " + ref, why, List.of());
    }
}
