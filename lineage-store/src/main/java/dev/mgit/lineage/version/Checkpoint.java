package dev.mgit.lineage.version;

import java.util.List;
import java.util.Optional;

/**
 * The files of one version.
 *
 * @param folders paths of the folders that hold nothing, in order
 * @param ignored paths that were present but left out by ignore rules
 * @param lossy the error bound the tensors were stored with, empty for bit-exact versions
 */
public record Checkpoint(
        VersionId version, List<FileEntry> files, List<String> folders, List<String> ignored, Optional<Double> lossy) {
    public Checkpoint {
        files = List.copyOf(files);
        folders = List.copyOf(folders);
        ignored = List.copyOf(ignored);
    }

    public Optional<FileEntry> file(String path) {
        return files.stream().filter(file -> file.path().equals(path)).findFirst();
    }

    /** Bytes of all files. */
    public long size() {
        return files.stream().mapToLong(FileEntry::size).sum();
    }
}
