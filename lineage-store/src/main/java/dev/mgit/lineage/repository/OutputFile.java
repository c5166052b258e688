package dev.mgit.lineage.repository;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.CopyOption;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.util.Set;
import java.util.UUID;

/**
 * A file that a user asked for by name, anywhere: it appears whole or not at all. What a killed command left beside it
 * goes with the next command that writes it; one that is being written is known by its lock.
 */
public final class OutputFile {
    private static final String UNFINISHED = ".mgit-new";

    private OutputFile() {}

    /** Writes a file's content to a stream that it does not close. */
    @FunctionalInterface
    public interface Content {
        void writeTo(OutputStream out) throws IOException;
    }

    /**
     * Makes a file that is not there yet.
     *
     * @param attributes as {@link Files#createFile} takes them
     * @throws java.nio.file.FileAlreadyExistsException if there is something of that name
     */
    public static void create(Path file, Content content, FileAttribute<?>... attributes) throws IOException {
        write(file, content, Set.of(), attributes);
    }

    /** Makes a file, or puts it in the place of the one there is. */
    public static void replace(Path file, Content content) throws IOException {
        write(file, content, Set.of(StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING));
    }

    private static void write(Path file, Content content, Set<CopyOption> move, FileAttribute<?>... attributes)
            throws IOException {
        Path folder = DurableFiles.folderOf(file);
        removeUnfinished(folder, "." + file.getFileName() + "-");
        Path temporary = folder.resolve("." + file.getFileName() + "-" + UUID.randomUUID() + UNFINISHED);
        try {
            try (FileChannel channel = FileChannel.open(
                            temporary, Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE), attributes);
                    OutputStream out = new BufferedOutputStream(Channels.newOutputStream(channel))) {
                var unused = tryLock(channel); // until the channel is closed
                content.writeTo(out);
                out.flush();
                channel.force(true);
                Files.move(temporary, file, move.toArray(CopyOption[]::new));
            }
        } finally {
            Files.deleteIfExists(temporary);
        }
        DurableFiles.syncFolder(folder);
    }

    private static void removeUnfinished(Path folder, String prefix) throws IOException {
        try (DirectoryStream<Path> files = Files.newDirectoryStream(
                folder,
                path -> path.getFileName().toString().startsWith(prefix)
                        && path.toString().endsWith(UNFINISHED)
                        && Files.isRegularFile(path, LinkOption.NOFOLLOW_LINKS))) {
            for (Path left : files) {
                try (FileChannel channel =
                        FileChannel.open(left, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS)) {
                    if (tryLock(channel)) {
                        Files.deleteIfExists(left);
                    }
                }
            }
        }
    }

    /** Whether nobody holds the file; where there are no locks, somebody may. */
    private static boolean tryLock(FileChannel channel) {
        try {
            FileLock lock = channel.tryLock();
            return lock != null;
        } catch (IOException | OverlappingFileLockException e) {
            return false;
        }
    }
}
