package dev.mgit.hooks;

import dev.mgit.lineage.version.ProvenanceEdge;
import dev.mgit.lineage.version.VersionId;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A folder to be stored as a version.
 *
 * @param extra records kept beside the files, e.g. {@code recipe.json}
 */
public record NewModelVersion(
        String model,
        Optional<VersionId> previous,
        List<ProvenanceEdge> origins,
        String message,
        Path folder,
        Map<String, byte[]> extra) {
    public NewModelVersion {
        origins = List.copyOf(origins);
        extra = Map.copyOf(extra);
    }
}
