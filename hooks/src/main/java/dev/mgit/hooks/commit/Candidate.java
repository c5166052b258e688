package dev.mgit.hooks.commit;

import dev.mgit.hooks.FolderTools;
import dev.mgit.hooks.NewModelVersion;
import dev.mgit.lineage.version.ProvenanceEdge;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;

/**
 * What pre-commit hooks are asked about. Nothing of it is stored yet.
 *
 * @param origins what it is derived from
 * @param writer puts a copy of its files into an empty folder
 */
public record Candidate(String model, List<ProvenanceEdge> origins, Consumer<Path> writer) {
    /** What lies in a folder of mgit's own. */
    public static Candidate of(NewModelVersion version) {
        return new Candidate(version.model(), version.origins(), to -> FolderTools.copy(version.folder(), to));
    }
}
