package dev.mgit.lineage.version;

import dev.mgit.delta.format.TrainingState;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * The files of one version.
 *
 * @param folders paths of the folders that hold nothing, in order
 * @param ignored paths that were present but left out by ignore rules or as training state
 * @param lossy the error bound the tensors were stored with, empty for bit-exact versions
 */
public record Checkpoint(
        VersionId version, List<FileEntry> files, List<String> folders, List<String> ignored, Optional<Double> lossy) {
    /** Holds optimizer and weights; left out as a whole by earlier versions of mgit. */
    private static final Pattern DEEPSPEED = Pattern.compile("(.*/)?global_step\\d+/");

    public Checkpoint {
        files = List.copyOf(files);
        folders = List.copyOf(folders);
        ignored = List.copyOf(ignored);
    }

    /** Those of the paths left out that a trainer needs to go on; folders end in {@code /}. */
    public static List<String> trainingState(List<String> ignored) {
        return ignored.stream()
                .filter(path ->
                        TrainingState.isFile(path) || DEEPSPEED.matcher(path).matches())
                .toList();
    }

    public Optional<FileEntry> file(String path) {
        return files.stream().filter(file -> file.path().equals(path)).findFirst();
    }

    /** Bytes of all files. */
    public long size() {
        return files.stream().mapToLong(FileEntry::size).sum();
    }
}
