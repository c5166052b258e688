package dev.mgit.lineage.checkpoint;

import dev.mgit.delta.format.TrainingState;
import dev.mgit.lineage.version.Checkpoint;
import dev.mgit.lineage.version.FileEntry;
import dev.mgit.lineage.version.Lineage;
import dev.mgit.lineage.version.Manifest;
import dev.mgit.lineage.version.VersionId;
import java.util.Arrays;
import java.util.Collection;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

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
        Set<String> others = weights(lineage.checkpoint(version).files().stream()
                .filter(file -> file.stored() != FileEntry.Storage.VERBATIM)
                .map(FileEntry::path)
                .toList());
        return !others.isEmpty()
                && others.equals(weights(manifests.keySet()))
                && others.stream()
                        .allMatch(path -> lineage.manifest(version, path)
                                .sha256()
                                .equals(manifests.get(path).sha256()));
    }

    private static Set<String> weights(Collection<String> paths) {
        Set<String> weights = new TreeSet<>(paths);
        weights.removeIf(TrainingState::isFile);
        return weights;
    }

    private static boolean isSame(Lineage lineage, VersionId one, VersionId other, FileEntry file) {
        return file.stored() == FileEntry.Storage.VERBATIM
                ? Arrays.equals(lineage.verbatim(one, file.path()), lineage.verbatim(other, file.path()))
                : lineage.manifest(one, file.path())
                        .sha256()
                        .equals(lineage.manifest(other, file.path()).sha256());
    }
}
