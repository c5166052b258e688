package dev.mgit.lineage.git;

import dev.mgit.delta.MgitException;
import dev.mgit.lineage.version.FileEntry;
import dev.mgit.lineage.version.VersionId;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The sizes of files as a version's record has them, of the version asked for last. */
final class RecordedSizes {
    private final GitLineage lineage;
    private @Nullable VersionId version;
    private Map<String, Long> sizes = Map.of();

    RecordedSizes(GitLineage lineage) {
        this.lineage = lineage;
    }

    /**
     * Compares what a version's tree holds of a file with what its record says.
     *
     * @throws MgitException of kind INTEGRITY if the record gives it another size or does not have it
     */
    synchronized void require(VersionId id, String path, long actual) {
        if (!id.equals(version)) {
            Map<String, Long> read = new HashMap<>();
            for (FileEntry file : lineage.recorded(id).files()) {
                read.put(file.path(), file.size());
            }
            sizes = read;
            version = id;
        }
        Long recorded = sizes.get(path);
        if (recorded == null || recorded != actual) {
            throw new MgitException(
                    MgitException.Kind.INTEGRITY,
                    "'" + path + "' in version " + id.abbreviated() + " has " + actual
                            + " bytes, but the version's record "
                            + (recorded == null ? "does not have the file" : "says " + recorded),
                    "run 'mgit fsck' to see which versions are affected");
        }
    }
}
