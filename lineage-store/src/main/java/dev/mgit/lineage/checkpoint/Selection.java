package dev.mgit.lineage.checkpoint;

import dev.mgit.delta.MgitException;
import dev.mgit.delta.format.TrainingState;
import dev.mgit.lineage.version.Checkpoint;
import dev.mgit.lineage.version.FileEntry;
import dev.mgit.lineage.version.Glob;
import java.util.List;

/**
 * What is wanted of a version.
 *
 * @param folders those that hold nothing
 * @param partial true if the version has more files
 */
record Selection(List<FileEntry> files, List<String> folders, boolean partial) {
    /** @throws MgitException of kind USAGE if no file matches, FAILED if what matched was dropped */
    static Selection of(CheckoutRequest request, Checkpoint checkpoint) {
        List<FileEntry> files = checkpoint.files().stream()
                .filter(file ->
                        request.files().map(glob -> glob.testPath(file.path())).orElse(true))
                .filter(file -> !request.weightsOnly() || !TrainingState.isFile(file.path()))
                .toList();
        if (files.isEmpty()) {
            Glob wanted = request.files().orElse(Glob.ALL);
            throw checkpoint
                    .whyGone(wanted::testPath)
                    .orElseGet(() -> MgitException.usage(
                            request.files().isEmpty()
                                    ? request.version().abbreviated() + " has no files but training state"
                                    : "no file of " + request.version().abbreviated() + " matches '" + wanted + "'"));
        }
        boolean partial = files.size() < checkpoint.files().size();
        return new Selection(files, partial ? List.of() : checkpoint.folders(), partial);
    }
}
