package dev.mgit.lineage.version;

/**
 * A version was derived from another model's version.
 *
 * @param parent the version derived from, pinned by hash
 * @param model the parent's model name when the edge was recorded
 */
public record ProvenanceEdge(VersionId parent, String model, EdgeKind kind, Source source) {
    /** How mgit knows of an edge. */
    public enum Source {
        /** Recorded in the commit itself. */
        DECLARED,
        /** Added later with {@code mgit edge add}; kept in notes. */
        ADDED,
        /** Found from the weights and accepted. */
        INFERRED
    }
}
