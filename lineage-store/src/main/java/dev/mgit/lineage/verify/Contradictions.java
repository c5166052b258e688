package dev.mgit.lineage.verify;

import dev.mgit.delta.Hashes;
import dev.mgit.lineage.git.StoredVersion;
import dev.mgit.lineage.version.FileEntry;
import dev.mgit.lineage.version.ProvenanceEdge;
import dev.mgit.lineage.version.VersionId;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * What a version that was written by mgit cannot say of itself: whoever rewrites a commit with plain Git has to rewrite
 * every place that says the same thing, or is found here. Whether a whole history was rewritten, the operation log tells.
 */
public final class Contradictions {
    private final List<VersionCheck> checks;

    /** @param more checks of what this module does not know */
    public Contradictions(List<VersionCheck> more) {
        List<VersionCheck> all = new ArrayList<>(
                List.of(Contradictions::names, Contradictions::parents, Contradictions::files, Contradictions::recipe));
        all.addAll(more);
        this.checks = List.copyOf(all);
    }

    /** One clause for each contradiction. */
    public List<String> in(StoredVersion version) {
        return checks.stream().flatMap(check -> check.of(version).stream()).toList();
    }

    private static List<String> names(StoredVersion version) {
        if (version.model().isEmpty()) {
            return List.of("its message has no Mgit-Model trailer, but its record says it is a version of '"
                    + version.recordModel() + "'");
        }
        return version.model().equals(version.recordModel())
                ? List.of()
                : List.of("its Mgit-Model trailer says '" + version.model() + "', its record '" + version.recordModel()
                        + "'");
    }

    /** Git's parents are the previous version and what it was derived from, in that order, each once. */
    private static List<String> parents(StoredVersion version) {
        if (version.parents().isEmpty() || version.model().isEmpty()) {
            return List.of();
        }
        Set<VersionId> named = new LinkedHashSet<>();
        version.previous().ifPresent(named::add);
        version.origins().stream().map(ProvenanceEdge::parent).forEach(named::add);
        List<VersionId> parents = version.parents().get();
        List<String> wrong = new ArrayList<>();
        for (VersionId parent : parents) {
            if (!named.contains(parent)) {
                wrong.add("Git has the parent " + parent + ", but no Mgit-Previous or Derived-From trailer names it");
            }
        }
        for (VersionId name : named) {
            if (!parents.contains(name)) {
                wrong.add("its "
                        + (version.previous().filter(name::equals).isPresent() ? "Mgit-Previous" : "Derived-From")
                        + " trailer names " + name + ", which is not among Git's parents");
            }
        }
        if (wrong.isEmpty() && !parents.equals(List.copyOf(named))) {
            wrong.add("Git's parents are in another order than its trailers");
        }
        return wrong;
    }

    /** What is in the tree beyond the record; what the record has and the tree has not shows when it is read. */
    private static List<String> files(StoredVersion version) {
        Set<String> recorded = new LinkedHashSet<>();
        for (FileEntry file : version.record().files()) {
            recorded.add((file.stored() == FileEntry.Storage.VERBATIM ? "files/" : "manifests/") + file.path());
        }
        return version.paths().stream()
                .filter(path -> !recorded.contains(path))
                .map(path -> "its tree has '" + path + "', which its record does not have")
                .toList();
    }

    private static List<String> recipe(StoredVersion version) {
        Optional<String> digest = version.recipe()
                .map(recipe -> HexFormat.of().formatHex(Hashes.sha256().digest(recipe)));
        return version.recipeDigest().isEmpty() || version.recipeDigest().equals(digest)
                ? List.of()
                : List.of(
                        "its Mgit-Recipe trailer says " + version.recipeDigest().get() + ", but "
                                + digest.map(sha256 -> "the SHA-256 of its recipe is " + sha256)
                                        .orElse("it has no recipe"));
    }
}
