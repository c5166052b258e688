package dev.mgit.hooks.cascade;

import dev.mgit.delta.MgitException;
import dev.mgit.hooks.FolderTools;
import dev.mgit.lineage.repository.ExclusiveFile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Optional;

/** The files of the update that is under way, and of those that are over. */
record CascadeFiles(Path scratch) {
    private Path folder() {
        return scratch.resolve("update");
    }

    Path journal() {
        return folder().resolve("journal");
    }

    boolean underWay() {
        return Files.exists(journal());
    }

    /** The folder of one attempt at one unit. */
    Path attempt(int unit, int attempt) {
        return folder().resolve("work").resolve(unit + "-" + attempt);
    }

    Path work() {
        return folder().resolve("work");
    }

    /** Holds a folder for each update. */
    Path logs() {
        return scratch.resolve("logs");
    }

    Path logs(String cascade) {
        return logs().resolve(cascade);
    }

    /** The report of the latest update that is over. */
    Path lastFile() {
        return logs().resolve("last.json");
    }

    Optional<byte[]> lastReport() {
        try {
            return Files.exists(lastFile()) ? Optional.of(Files.readAllBytes(lastFile())) : Optional.empty();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Where the folders of running gates are. */
    Path tests() {
        return work().resolve("tests");
    }

    /** The folders of all jobs there may be below a folder of attempts or tests. */
    static List<Path> jobs(Path folder) {
        return FolderTools.folders(folder).stream()
                .map(attempt -> attempt.resolve("job"))
                .filter(Files::isDirectory)
                .toList();
    }

    /** The right to work on the update, free again the moment its holder dies. */
    ExclusiveFile lock() {
        FolderTools.create(folder());
        try {
            return ExclusiveFile.tryAcquire(scratch.resolve("update.lock"), "an update")
                    .orElseThrow(() -> new MgitException(
                            MgitException.Kind.CONFLICT,
                            "another process is running an update in this repository",
                            "see its progress with 'mgit update --status'"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Moves a log file to where the logs of past updates are. */
    void keep(Path log, String cascade, String name) {
        if (Files.isRegularFile(log)) {
            Path kept = logs(cascade).resolve(name);
            try {
                Files.createDirectories(kept.getParent());
                Files.move(log, kept, StandardCopyOption.REPLACE_EXISTING);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    /** Removes what an update that never began may have left. */
    void clearWork() {
        FolderTools.delete(work());
    }

    /** Removes the update's work; the journal goes last, since it says that there is something to remove. */
    void clear() {
        FolderTools.delete(work());
        try {
            Files.deleteIfExists(journal());
            Files.deleteIfExists(folder());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
