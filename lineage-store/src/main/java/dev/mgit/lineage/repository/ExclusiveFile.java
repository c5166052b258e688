package dev.mgit.lineage.repository;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * A file that one holder on this machine has to itself: among threads by a table, among processes through the operating
 * system, which frees it when its holder dies. POSIX takes all locks of a process off a file as soon as the process
 * closes any descriptor of it (fcntl(2)), so this process never opens a file that it holds a second time.
 */
public final class ExclusiveFile implements AutoCloseable {
    /** What this process holds, and what for. */
    private static final Map<Path, String> HELD = new HashMap<>();

    private final Path file;
    private final FileChannel channel;

    private ExclusiveFile(Path file, FileChannel channel) {
        this.file = file;
        this.channel = channel;
    }

    /**
     * Takes a file, creating it if need be; empty if somebody has it.
     *
     * @param what for whoever asks in this process
     */
    public static Optional<ExclusiveFile> tryAcquire(Path file, String what) throws IOException {
        synchronized (HELD) {
            Path key = key(file);
            if (HELD.containsKey(key)) {
                return Optional.empty();
            }
            FileChannel channel = FileChannel.open(
                    file,
                    StandardOpenOption.CREATE,
                    StandardOpenOption.READ,
                    StandardOpenOption.WRITE,
                    LinkOption.NOFOLLOW_LINKS);
            boolean acquired = false;
            try {
                SharedFolder.share(file);
                acquired = channel.tryLock() != null;
            } finally {
                if (!acquired) {
                    channel.close();
                }
            }
            if (acquired) {
                HELD.put(key, what);
                return Optional.of(new ExclusiveFile(key, channel));
            }
            return Optional.empty();
        }
    }

    private static Path key(Path file) throws IOException {
        return DurableFiles.folderOf(file).toRealPath().resolve(Objects.requireNonNull(file.getFileName()));
    }

    /** What this process holds a file for, if it does. */
    static Optional<String> heldFor(Path file) throws IOException {
        synchronized (HELD) {
            return Optional.ofNullable(HELD.get(key(file)));
        }
    }

    FileChannel channel() {
        return channel;
    }

    /** Gives the file up and removes it. */
    void delete() throws IOException {
        try (this) {
            Files.deleteIfExists(file);
        }
    }

    @Override
    public void close() throws IOException {
        synchronized (HELD) {
            if (channel.isOpen()) {
                HELD.remove(file);
                channel.close();
            }
        }
    }
}
