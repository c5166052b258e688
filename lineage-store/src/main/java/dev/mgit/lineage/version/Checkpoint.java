package dev.mgit.lineage.version;

import dev.mgit.delta.MgitException;
import dev.mgit.delta.format.TrainingState;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.regex.Pattern;

/**
 * The files of one version.
 *
 * @param folders paths of the folders that hold nothing, in order
 * @param ignored paths that were present but left out by ignore rules or as training state
 * @param dropped files of training state that were given up later; they are not among {@code files}
 * @param lossy the error bound the tensors were stored with, empty for bit-exact versions
 */
public record Checkpoint(
        VersionId version,
        List<FileEntry> files,
        List<String> folders,
        List<String> ignored,
        List<DroppedState.File> dropped,
        Optional<Double> lossy) {
    /** Holds optimizer and weights; left out as a whole by earlier versions of mgit. */
    private static final Pattern DEEPSPEED = Pattern.compile("(.*/)?global_step\\d+/");

    public Checkpoint {
        files = List.copyOf(files);
        folders = List.copyOf(folders);
        ignored = List.copyOf(ignored);
        dropped = List.copyOf(dropped);
    }

    /** One as it was made. */
    public Checkpoint(
            VersionId version,
            List<FileEntry> files,
            List<String> folders,
            List<String> ignored,
            Optional<Double> lossy) {
        this(version, files, folders, ignored, List.of(), lossy);
    }

    /** The same after what was noted since. */
    public Checkpoint without(Optional<DroppedState> noted) {
        return noted.map(notes -> notes.apply(this)).orElse(this);
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

    /**
     * Why there is nothing where somebody asks for a file or for what is in it, if it is because it was dropped.
     *
     * @param wanted tells by a path whether it is asked for
     */
    public Optional<MgitException> whyGone(Predicate<String> wanted) {
        return dropped.stream()
                .filter(gone -> wanted.test(gone.file().path()))
                .findFirst()
                .map(gone -> new MgitException(
                        MgitException.Kind.FAILED,
                        "'" + gone.file().path() + "' of " + version.abbreviated() + " was dropped on "
                                + LocalDate.ofInstant(gone.when(), ZoneOffset.UTC) + " by "
                                + gone.by().name() + " (mgit gc --drop-training-state " + gone.rule() + ")",
                        "commit a folder that still has it to bring it back"));
    }

    /** Bytes of all files. */
    public long size() {
        return files.stream().mapToLong(FileEntry::size).sum();
    }
}
