package dev.mgit.lineage.merge;

import dev.mgit.delta.MgitException;
import dev.mgit.lineage.graph.LineageGraph;
import dev.mgit.lineage.version.VersionId;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** Finds the version that two others both come from. */
public final class MergeBase {
    private MergeBase() {}

    /**
     * The nearest common ancestor over version edges and provenance edges that pass weights on, so no teacher; one of the two itself if the other was made from
     * it.
     *
     * @return empty if there is none
     * @throws MgitException of kind USAGE if there are several, as after merges both ways
     */
    public static Optional<VersionId> of(LineageGraph graph, VersionId ours, VersionId theirs) {
        List<VersionId> bases = graph.mergeBases(ours, theirs);
        if (bases.size() > 1) {
            String names = bases.stream()
                    .limit(3)
                    .map(id -> graph.modelOf(id) + "@" + id.abbreviated())
                    .collect(Collectors.joining(", "));
            throw new MgitException(
                    MgitException.Kind.USAGE,
                    "there are " + bases.size() + " nearest common ancestors: " + names
                            + (bases.size() > 3 ? ", …" : ""),
                    "choose one with --base");
        }
        return bases.stream().findFirst();
    }
}
