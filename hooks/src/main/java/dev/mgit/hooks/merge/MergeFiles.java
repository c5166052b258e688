package dev.mgit.hooks.merge;

import dev.mgit.delta.MgitException;
import dev.mgit.hooks.FolderTools;
import dev.mgit.hooks.WorkFolder;
import dev.mgit.lineage.merge.MergeState;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * What a merge under way has in its folder: {@code state.json}, {@code result} with the merged files, {@code tests}. One
 * command at a time works in it.
 *
 * @param folder below {@code .mgit}; there is no merge under way if it has no state
 */
public record MergeFiles(Path folder) {
    private Path state() {
        return folder.resolve("state.json");
    }

    Path result() {
        return folder.resolve("result");
    }

    Path tests() {
        return folder.resolve("tests");
    }

    /**
     * Keeps other merges out until it is closed or this process dies.
     *
     * @param scratch as {@link dev.mgit.hooks.Workspace#scratch()}
     * @throws MgitException of kind CONFLICT if another command merges, continues or aborts
     */
    public static WorkFolder hold(Path scratch) {
        Path holders = scratch.resolve("merging");
        // Each makes its own before it looks for others', so that of two at least one sees the other.
        WorkFolder mine = WorkFolder.create(holders);
        boolean another = FolderTools.folders(holders).stream()
                .anyMatch(folder -> !folder.equals(mine.path()) && WorkFolder.held(folder));
        if (another) {
            mine.delete();
            throw new MgitException(
                    MgitException.Kind.CONFLICT,
                    "another merge is running in this repository",
                    "run the command again when it is done");
        }
        return mine;
    }

    /** The merge that is under way, if any. */
    public Optional<MergeState> load() {
        try {
            return Files.exists(state())
                    ? Optional.of(MergeState.parse(Files.readAllBytes(state())))
                    : Optional.empty();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** @throws MgitException of kind CONFLICT if another merge is under way */
    public void requireNone() {
        if (Files.exists(state())) {
            throw new MgitException(
                    MgitException.Kind.CONFLICT,
                    "a merge is already in progress",
                    "continue with 'mgit merge --continue', or abort with 'mgit merge --abort'");
        }
    }

    /** Writes down, durably, that a merge is under way. */
    public void save(MergeState state) {
        FolderTools.replace(state(), state.toJson());
    }

    /** Removes what was made, not what was asked for. */
    void clear() {
        FolderTools.delete(result());
        FolderTools.delete(tests());
    }

    /** Forgets the merge; false if there was none. */
    public boolean delete() {
        boolean any = Files.exists(state());
        FolderTools.delete(folder);
        return any;
    }
}
