package dev.mgit.hooks.modeltest;

import dev.mgit.delta.MgitException;
import dev.mgit.lineage.version.EdgeKind;
import dev.mgit.lineage.version.Glob;
import dev.mgit.lineage.version.ProvenanceEdge;
import dev.mgit.lineage.version.Version;
import java.util.List;

/** What a registration applies to: a model, a glob over model names, {@code kind:KIND}, or {@code all}. */
public record Selector(String text) {
    private static final String KIND = "kind:";

    public Selector {
        if (text.isBlank()) {
            throw new MgitException(
                    MgitException.Kind.USAGE, "a registration needs a model, a glob, kind:KIND or all", null);
        }
        if (text.startsWith(KIND)) {
            var unused = EdgeKind.parse(text.substring(KIND.length()));
        }
    }

    public boolean matches(Version version) {
        return matches(version.model(), version.origins());
    }

    /** The same for what is not a version yet. */
    public boolean matches(String model, List<ProvenanceEdge> origins) {
        if (text.equals("all")) {
            return true;
        }
        if (text.startsWith(KIND)) {
            EdgeKind kind = EdgeKind.parse(text.substring(KIND.length()));
            return origins.stream().anyMatch(edge -> edge.kind() == kind);
        }
        return new Glob(text).test(model);
    }
}
