package dev.mgit.lineage.checkpoint;

import dev.mgit.lineage.version.EdgeKind;
import dev.mgit.lineage.version.Person;
import dev.mgit.lineage.version.ProvenanceEdge;
import dev.mgit.lineage.version.VersionId;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What to commit, and what is known of where it came from.
 *
 * @param path a file or a folder
 * @param model the model's name; empty to take the checked-out model, or the name of the path
 * @param message empty for a default
 * @param origins what it was derived from; empty in a checkout of another model means that one
 * @param extra further records for the version's tree, e.g. {@code recipe.json}
 * @param strict refuse a checkpoint that is incomplete, whatever the settings say
 * @param weightsOnly leave training state out, whatever the settings say
 * @param changes what the version keeps of another, where the path holds changes alone; they need not be weights
 */
public record CommitRequest(
        Path path,
        Optional<String> model,
        Optional<String> message,
        List<Origin> origins,
        Map<String, String> trailers,
        Person author,
        Instant when,
        Map<String, byte[]> extra,
        boolean strict,
        boolean weightsOnly,
        Optional<Changes> changes) {
    /** A whole checkpoint. */
    public CommitRequest(
            Path path,
            Optional<String> model,
            Optional<String> message,
            List<Origin> origins,
            Map<String, String> trailers,
            Person author,
            Instant when,
            Map<String, byte[]> extra,
            boolean strict,
            boolean weightsOnly) {
        this(path, model, message, origins, trailers, author, when, extra, strict, weightsOnly, Optional.empty());
    }

    /** One that follows the settings. */
    public CommitRequest(
            Path path,
            Optional<String> model,
            Optional<String> message,
            List<Origin> origins,
            Map<String, String> trailers,
            Person author,
            Instant when,
            Map<String, byte[]> extra) {
        this(path, model, message, origins, trailers, author, when, extra, false, false);
    }

    /** What it was derived from and how: one {@code --from REV=KIND}, or found from the weights. */
    public record Origin(VersionId version, EdgeKind kind, ProvenanceEdge.Source source) {
        /** One that the user declared. */
        public Origin(VersionId version, EdgeKind kind) {
            this(version, kind, ProvenanceEdge.Source.DECLARED);
        }
    }
}
