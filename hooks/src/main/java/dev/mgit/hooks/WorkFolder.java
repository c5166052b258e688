package dev.mgit.hooks;

import dev.mgit.lineage.repository.ExclusiveFile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.UUID;

/**
 * A folder of its own for the copies, output and logs of one command. It is held, in a way that ends with this process,
 * until it is closed, so that upkeep can tell what is in use from what was left.
 */
public final class WorkFolder implements AutoCloseable {
    private static final String LOCK = "held";

    private final Path path;
    private final ExclusiveFile lock;

    private WorkFolder(Path path, ExclusiveFile lock) {
        this.path = path;
        this.lock = lock;
    }

    /** Makes a new folder below the given one: another if upkeep, which is just looking, takes it for left over. */
    public static WorkFolder create(Path parent) {
        while (true) {
            Path path = FolderTools.create(parent.resolve(UUID.randomUUID().toString()));
            Optional<ExclusiveFile> lock = acquire(path);
            if (lock.isPresent()) {
                return new WorkFolder(path, lock.get());
            }
        }
    }

    private static Optional<ExclusiveFile> acquire(Path path) {
        try {
            return ExclusiveFile.tryAcquire(path.resolve(LOCK), "a command");
        } catch (NoSuchFileException gone) {
            return Optional.empty();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Whether a process works with a folder. */
    public static boolean held(Path path) {
        if (Files.notExists(path.resolve(LOCK))) {
            return false;
        }
        Optional<ExclusiveFile> free = acquire(path);
        free.ifPresent(WorkFolder::release);
        return free.isEmpty();
    }

    private static void release(ExclusiveFile lock) {
        try {
            lock.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public Path path() {
        return path;
    }

    /** Deletes the folder and all in it. */
    public void delete() {
        release(lock);
        FolderTools.delete(path);
    }

    /** Lets go of the folder. It stays where a command was started in it, for its logs, and is deleted elsewhere. */
    @Override
    public void close() {
        release(lock);
        if (Files.notExists(path.resolve("job"))) {
            FolderTools.delete(path);
        }
    }
}
