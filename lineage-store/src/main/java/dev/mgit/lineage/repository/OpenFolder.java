package dev.mgit.lineage.repository;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.SecureDirectoryStream;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import org.jspecify.annotations.Nullable;

/**
 * A folder reached from another without following a link, and held open, so that nobody who puts a link in its place can
 * lead what is done in it elsewhere. Where the system has no such calls, links are looked for beforehand.
 */
final class OpenFolder implements AutoCloseable {
    private final Path path;
    private final @Nullable SecureDirectoryStream<Path> handle;

    private OpenFolder(Path path, @Nullable SecureDirectoryStream<Path> handle) {
        this.path = path;
        this.handle = handle;
    }

    /**
     * Opens a folder.
     *
     * @param base may itself be reached by way of links
     * @param folder the base or a folder below it
     * @param create whether to create what is missing
     * @throws NotDirectoryException if a link or a file is in the way
     */
    static OpenFolder open(Path base, Path folder, boolean create) throws IOException {
        if (!folder.startsWith(base) || !folder.normalize().equals(folder)) {
            throw new IllegalArgumentException(folder + " does not lie in " + base);
        }
        OpenFolder open = base(base);
        boolean done = false;
        try {
            for (int i = base.getNameCount(); i < folder.getNameCount(); i++) {
                try (OpenFolder parent = open) {
                    open = parent.child(folder.getName(i), create);
                }
            }
            done = true;
            return open;
        } finally {
            if (!done) {
                open.close();
            }
        }
    }

    @SuppressWarnings("StreamResourceLeak") // closed with the folder
    private static OpenFolder base(Path base) throws IOException {
        DirectoryStream<Path> stream = Files.newDirectoryStream(base);
        if (stream instanceof SecureDirectoryStream<Path> handle) {
            return new OpenFolder(base, handle);
        }
        stream.close();
        return new OpenFolder(base, null);
    }

    private OpenFolder child(Path name, boolean create) throws IOException {
        try {
            return child(name);
        } catch (NoSuchFileException e) {
            if (!create) {
                throw e;
            }
            try {
                Files.createDirectory(path.resolve(name));
            } catch (FileAlreadyExistsException made) {
                // by another writer meanwhile
            }
            return child(name);
        }
    }

    private OpenFolder child(Path name) throws IOException {
        Path child = path.resolve(name);
        try {
            if (handle != null) {
                return new OpenFolder(child, handle.newDirectoryStream(name, LinkOption.NOFOLLOW_LINKS));
            }
            if (Files.readAttributes(child, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS)
                    .isDirectory()) {
                return new OpenFolder(child, null);
            }
            throw new NotDirectoryException(child.toString());
        } catch (NoSuchFileException | AccessDeniedException e) {
            throw e;
        } catch (FileSystemException e) { // a link is told as a failure of no further kind
            throw new NotDirectoryException(child.toString());
        }
    }

    /** Renames one of its entries into another folder, over what has that name there. */
    void move(Path name, OpenFolder target, Path newName) throws IOException {
        if (handle != null && target.handle != null) {
            handle.move(name, target.handle, newName);
        } else {
            Files.move(
                    path.resolve(name),
                    target.path.resolve(newName),
                    StandardCopyOption.ATOMIC_MOVE,
                    StandardCopyOption.REPLACE_EXISTING);
        }
    }

    void deleteFile(Path name) throws IOException {
        if (handle != null) {
            handle.deleteFile(name);
        } else {
            Files.delete(path.resolve(name));
        }
    }

    /** @throws java.nio.file.DirectoryNotEmptyException if the folder holds anything */
    void deleteFolder(Path name) throws IOException {
        if (handle != null) {
            handle.deleteDirectory(name);
        } else {
            Files.delete(path.resolve(name));
        }
    }

    @Override
    public void close() throws IOException {
        if (handle != null) {
            handle.close();
        }
    }
}
