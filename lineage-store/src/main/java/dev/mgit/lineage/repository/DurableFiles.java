package dev.mgit.lineage.repository;

import dev.mgit.lineage.git.DurableNames;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileAttribute;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;

/** Small files that are on disk when a method returns. */
public final class DurableFiles {
    private static final String UNFINISHED = ".new";

    private DurableFiles() {}

    /** Writes a file and syncs it. */
    public static void write(Path file, byte[] content) throws IOException {
        write(
                file,
                content,
                Set.of(
                        StandardOpenOption.CREATE,
                        StandardOpenOption.TRUNCATE_EXISTING,
                        StandardOpenOption.WRITE,
                        LinkOption.NOFOLLOW_LINKS));
    }

    private static void write(Path file, byte[] content, Set<OpenOption> options) throws IOException {
        try (FileChannel channel = FileChannel.open(file, options)) {
            write(channel, content);
        }
    }

    private static void write(FileChannel channel, byte[] content) throws IOException {
        ByteBuffer bytes = ByteBuffer.wrap(content);
        while (bytes.hasRemaining()) {
            channel.write(bytes);
        }
        channel.force(true);
    }

    /** Replaces a file as a whole: a reader sees the old content or the new. */
    public static void replace(Path file, byte[] content) throws IOException {
        Path temporary = temporary(file);
        try (FileChannel channel = held(temporary)) {
            write(channel, content);
            SharedFolder.share(temporary);
            Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        }
        syncFolder(folderOf(file));
    }

    /** Makes a file that is locked while this process writes it, so that it shows when that was killed. */
    private static FileChannel held(Path temporary, FileAttribute<?>... attributes) throws IOException {
        FileChannel channel = FileChannel.open(
                temporary, Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE), attributes);
        try {
            channel.tryLock();
        } catch (IOException e) {
            // a file system without locks
        }
        return channel;
    }

    private static boolean isHeld(Path unfinished) {
        try (FileChannel channel = FileChannel.open(unfinished, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS);
                FileLock lock = channel.tryLock()) {
            return lock == null;
        } catch (NoSuchFileException e) {
            return false;
        } catch (IOException | OverlappingFileLockException e) {
            return true; // by this process, or who knows
        }
    }

    private static Path temporary(Path file) {
        return file.resolveSibling(file.getFileName() + "-" + UUID.randomUUID() + UNFINISHED);
    }

    /**
     * Makes a file that appears whole, unless somebody else makes it first.
     *
     * @param attributes as {@link Files#createFile} takes them
     */
    static void createOnce(Path file, byte[] content, FileAttribute<?>... attributes) throws IOException {
        Path temporary = temporary(file);
        try (FileChannel channel = held(temporary, attributes)) {
            write(channel, content);
            Files.createLink(file, temporary);
            syncFolder(folderOf(file));
        } catch (FileAlreadyExistsException e) {
            // theirs is as good
        } catch (UnsupportedOperationException | FileSystemException e) {
            if (Files.notExists(file, LinkOption.NOFOLLOW_LINKS)) { // a file system without hard links
                Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE);
            }
        } finally {
            Files.deleteIfExists(temporary);
        }
    }

    /** Removes what a killed process was writing in a folder, or down to so many levels below it. */
    static void removeUnfinished(Path folder, int depth) throws IOException {
        Files.walkFileTree(folder, Set.of(), depth, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                if (file.toString().endsWith(UNFINISHED) && !isHeld(file)) {
                    Files.deleteIfExists(file);
                }
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFileFailed(Path file, IOException gone) {
                return FileVisitResult.CONTINUE;
            }
        });
    }

    /** Removes a file, a link, or a folder and all it holds, if it is there; links are not followed. */
    public static void deleteTree(Path tree) throws IOException {
        TreeRemoval.remove(tree);
    }

    /** The folder a file lies in. */
    static Path folderOf(Path file) {
        return Objects.requireNonNull(file.toAbsolutePath().getParent(), "a file lies in a folder");
    }

    /** Makes renames in a folder durable, where the operating system can. */
    public static void syncFolder(Path folder) throws IOException {
        DurableNames.sync(folder);
    }
}
