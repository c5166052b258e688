package dev.mgit.lineage.version;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A version to be written.
 *
 * @param verbatim files to keep in Git, by path
 * @param manifests files whose bytes are in the parameter store, by path
 * @param folders paths of the folders that hold nothing
 * @param extra further machine-readable records kept in the version's tree under {@code mgit/}, e.g.
 *     {@code recipe.json}
 */
public record NewVersion(
        String model,
        Optional<VersionId> previous,
        List<ProvenanceEdge> origins,
        String message,
        Person author,
        Instant when,
        Map<String, String> trailers,
        List<FileEntry> files,
        Map<String, byte[]> verbatim,
        Map<String, Manifest> manifests,
        List<String> folders,
        List<String> ignored,
        Optional<Double> lossy,
        Map<String, byte[]> extra) {}
