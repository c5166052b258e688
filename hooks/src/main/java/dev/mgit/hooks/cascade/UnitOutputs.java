package dev.mgit.hooks.cascade;

import dev.mgit.hooks.FolderTools;
import dev.mgit.hooks.JobProgress;
import dev.mgit.hooks.Workspace;
import dev.mgit.hooks.recipe.MadeFiles;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * What commands of an update made that no version holds: training state that a recipe leaves out, and the output of
 * attempts that failed. It stays as that of a single run does. Until the update is over it is in the work folder, since
 * jobs of a queue read their parents there.
 */
final class UnitOutputs {
    private final Workspace workspace;
    private final CascadeState state;
    private final CascadeFiles files;
    private final JobProgress progress;

    UnitOutputs(Workspace workspace, CascadeState state, CascadeFiles files, JobProgress progress) {
        this.workspace = workspace;
        this.state = state;
        this.files = files;
        this.progress = progress;
    }

    /** Moves the attempts at a unit whose files are nowhere else to where the folders of runs are. */
    void keep(int unit) {
        for (int attempt = 1; attempt <= state.unit(unit).attempt; attempt++) {
            Path folder = files.attempt(unit, attempt);
            Path output = CascadeFiles.output(folder);
            if (Files.isDirectory(output) && !FolderTools.files(output).isEmpty() && !isStored(unit, attempt)) {
                FolderTools.folders(folder).stream()
                        .filter(parent -> parent.getFileName().toString().startsWith("parent"))
                        .forEach(FolderTools::delete);
                Path kept = CascadeFiles.output(MadeFiles.keep(workspace, folder));
                progress.on(JobProgress.Kind.KEPT, state.units.get(unit).name(), kept.toString());
            }
        }
    }

    private boolean isStored(int unit, int attempt) {
        CascadeState.Progress at = state.unit(unit);
        return attempt == at.attempt && (at.reused || MadeFiles.allIn(workspace, at.versions.values()));
    }
}
