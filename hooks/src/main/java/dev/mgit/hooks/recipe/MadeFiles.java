package dev.mgit.hooks.recipe;

import dev.mgit.delta.MgitException;
import dev.mgit.hooks.FolderTools;
import dev.mgit.hooks.Workspace;
import dev.mgit.lineage.version.VersionId;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.UUID;

/** The files that commands made: where they are, and whether versions hold them all. What none holds stays. */
public final class MadeFiles {
    private MadeFiles() {}

    /** Where the folders of runs are; that of one that failed stays, until upkeep removes it by age. */
    public static Path runs(Workspace workspace) {
        return workspace.scratch().resolve("runs");
    }

    /** Whether versions hold every file there was, so that nothing is lost with the folder they were made in. */
    public static boolean allIn(Workspace workspace, Collection<VersionId> versions) {
        try {
            return !versions.isEmpty()
                    && versions.stream()
                            .allMatch(version -> workspace
                                    .lineage()
                                    .checkpoint(version)
                                    .ignored()
                                    .isEmpty());
        } catch (MgitException | UncheckedIOException gone) {
            return false;
        }
    }

    /** Moves the folder of a command that has ended to those of runs, in one step, and returns where it is now. */
    public static Path keep(Workspace workspace, Path folder) {
        Path kept =
                FolderTools.create(runs(workspace)).resolve(UUID.randomUUID().toString());
        try {
            return Files.move(folder, kept);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
