package dev.mgit.lineage.checkpoint;

import dev.mgit.delta.format.TrainingState;
import dev.mgit.lineage.version.Checkpoint;
import dev.mgit.lineage.version.FileEntry;
import dev.mgit.lineage.version.Lineage;
import dev.mgit.lineage.version.Manifest;
import dev.mgit.lineage.version.VersionId;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/** Tells whether two versions hold the same files, by what is recorded of them. */
public final class SameFiles {
    private SameFiles() {}

    /** Whether both have the same paths with the same bytes. */
    public static boolean in(Lineage lineage, VersionId one, VersionId other) {
        Checkpoint files = lineage.checkpoint(one);
        Checkpoint others = lineage.checkpoint(other);
        return files.files().equals(others.files())
                && files.folders().equals(others.folders())
                && files.files().stream().allMatch(file -> isSame(lineage, one, other, file));
    }

    /** Whether files of tensors are those of a version, training state left out; not if there are none. */
    static boolean areWeights(Lineage lineage, VersionId version, Map<String, Manifest> manifests) {
        Map<String, String> weights = new HashMap<>();
        manifests.forEach((path, manifest) -> weights.put(path, manifest.sha256()));
        Map<String, String> before = new HashMap<>();
        for (FileEntry file : lineage.checkpoint(version).files()) {
            if (file.stored() != FileEntry.Storage.VERBATIM) {
                before.put(file.path(), lineage.manifest(version, file.path()).sha256());
            }
        }
        weights.keySet().removeIf(TrainingState::isFile);
        before.keySet().removeIf(TrainingState::isFile);
        return !weights.isEmpty() && weights.equals(before);
    }

    private static boolean isSame(Lineage lineage, VersionId one, VersionId other, FileEntry file) {
        return file.stored() == FileEntry.Storage.VERBATIM
                ? Arrays.equals(lineage.verbatim(one, file.path()), lineage.verbatim(other, file.path()))
                : lineage.manifest(one, file.path())
                        .sha256()
                        .equals(lineage.manifest(other, file.path()).sha256());
    }
}
