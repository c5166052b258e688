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
 * @param weightsOnly leave training state out, whatever the settings say
 */
public record NewModelVersion(
        String model,
        Optional<VersionId> previous,
        List<ProvenanceEdge> origins,
        String message,
        Path folder,
        Map<String, byte[]> extra,
        boolean weightsOnly) {
    public NewModelVersion {
        origins = List.copyOf(origins);
        extra = Map.copyOf(extra);
    }

    /** One that follows the settings. */
    public NewModelVersion(
            String model,
            Optional<VersionId> previous,
            List<ProvenanceEdge> origins,
            String message,
            Path folder,
            Map<String, byte[]> extra) {
        this(model, previous, origins, message, folder, extra, false);
    }
}
