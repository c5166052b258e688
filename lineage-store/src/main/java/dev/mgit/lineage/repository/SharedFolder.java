package dev.mgit.lineage.repository;

import dev.mgit.delta.MgitException;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.stream.Stream;

/**
 * A folder that a group works in: one that the group can write, and whose files get its group (setgid). Whoever writes there
 * gives the group what they have themselves, whatever their umask says, as Git does with {@code core.sharedRepository=group}.
 */
final class SharedFolder {
    private static final int SET_GROUP_ID = 02000;
    private static final int GROUP_WRITES = 00020;
    private static final int OWNER = 00700;
    private static final int PERMISSIONS = 07777;

    private SharedFolder() {}

    /** Whether the group is to read and write what is in a folder. */
    static boolean is(Path folder) throws IOException {
        if (!folder.getFileSystem().supportedFileAttributeViews().contains("unix")) {
            return false;
        }
        int wanted = SET_GROUP_ID | GROUP_WRITES;
        return (mode(folder) & wanted) == wanted;
    }

    /**
     * Makes a folder, and all that is in it, shared with the group of another one.
     *
     * @throws MgitException of kind FAILED if the user cannot give it to that group
     */
    static void make(Path folder, Path of) throws IOException {
        Object group = Files.getAttribute(of, "unix:gid");
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.toList()) {
                if (!Files.getAttribute(file, "unix:gid", LinkOption.NOFOLLOW_LINKS)
                        .equals(group)) {
                    Files.setAttribute(file, "unix:gid", group, LinkOption.NOFOLLOW_LINKS);
                }
            }
        } catch (FileSystemException e) {
            throw new MgitException(
                    MgitException.Kind.FAILED,
                    of + " cannot be shared with its group: you are no member of it",
                    "give the folder to a group of yours first: chgrp GROUP " + of,
                    e);
        }
        Files.setAttribute(folder, "unix:mode", mode(folder) & PERMISSIONS | SET_GROUP_ID | OWNER | OWNER >> 3);
        shareTree(folder);
    }

    /** Gives the group what the owner has of a file, where its folder is shared. */
    static void share(Path file) throws IOException {
        if (is(DurableFiles.folderOf(file))) {
            give(file, mode(file));
        }
    }

    /** The same for all files of this user below a folder, where it is shared. */
    static void shareTree(Path top) throws IOException {
        if (!is(top)) {
            return;
        }
        Files.walkFileTree(top, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) throws IOException {
                give(folder, mode(folder) | SET_GROUP_ID);
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                if (attributes.isRegularFile()) {
                    give(file, mode(file));
                }
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFileFailed(Path file, IOException gone) {
                return FileVisitResult.CONTINUE; // a reader's temporary file, or somebody else's
            }
        });
    }

    private static void give(Path file, int wanted) throws IOException {
        int shared = wanted & PERMISSIONS | (wanted & OWNER) >> 3;
        try {
            if ((mode(file) & PERMISSIONS) != shared) {
                Files.setAttribute(file, "unix:mode", shared);
            }
        } catch (NoSuchFileException e) {
            // a reader's temporary file
        } catch (IOException e) {
            // only the owner can, and does
        }
    }

    private static int mode(Path file) throws IOException {
        return (Integer) Files.getAttribute(file, "unix:mode", LinkOption.NOFOLLOW_LINKS);
    }

    /**
     * Looks whether another user's command died before it had shared what it wrote.
     *
     * @throws MgitException of kind FAILED
     */
    static void requireShared(Path top) throws IOException {
        if (!is(top)) {
            return;
        }
        Files.walkFileTree(top, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                if (!Files.isReadable(file) && Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
                    throw closed(file);
                }
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFileFailed(Path file, IOException failure) throws IOException {
                if (Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
                    throw closed(file);
                }
                return FileVisitResult.CONTINUE;
            }
        });
    }

    private static MgitException closed(Path file) throws IOException {
        return new MgitException(
                MgitException.Kind.FAILED,
                "you cannot read " + file + ": a command of "
                        + Files.getOwner(file, LinkOption.NOFOLLOW_LINKS).getName()
                        + " died before it could share it with the group",
                "have them run 'mgit gc', which puts that right");
    }
}
