package dev.mgit.hooks.cascade;

import dev.mgit.hooks.FolderTools;
import dev.mgit.lineage.git.DurableNames;
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

    /** Where the command of an attempt leaves what it makes. */
    static Path output(Path attempt) {
        return attempt.resolve("output");
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

    /** Where somebody leaves the wish that the update end. */
    Path cancelRequest() {
        return folder().resolve("cancel");
    }

    Cancellation cancellation() {
        return new Cancellation(cancelRequest());
    }

    /** Leaves the wish, or takes it back. */
    void cancel(boolean wished) {
        try {
            if (wished) {
                FolderTools.replace(cancelRequest(), new byte[0]);
            } else {
                Files.deleteIfExists(cancelRequest());
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The right to work on the update, free again the moment its holder dies. */
    UpdateHolder.Lock lock() {
        FolderTools.create(folder());
        return UpdateHolder.lock(scratch);
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
    void prepare() {
        FolderTools.delete(work());
        FolderTools.create(folder());
        cancel(false);
    }

    /** Removes the update's work; the journal goes last, since it says that there is something to remove. */
    void clear() {
        FolderTools.delete(work());
        try {
            cancel(false);
            if (Files.isDirectory(folder())) {
                DurableNames.sync(folder()); // or a power failure could bring the work back without the journal
            }
            Files.deleteIfExists(journal());
            Files.deleteIfExists(folder());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
