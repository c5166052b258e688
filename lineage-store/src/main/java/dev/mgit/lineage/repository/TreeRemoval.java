package dev.mgit.lineage.repository;

import java.io.IOException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import org.jspecify.annotations.Nullable;

/**
 * Removes a tree in which others may still be at work: a command that a killed process had started lives on, and writes
 * its results into the folder it was given. What appears meanwhile is removed as well, what is gone is gone.
 */
final class TreeRemoval extends SimpleFileVisitor<Path> {
    /** A writer that is still ahead after so many passes is no straggler. */
    private static final int PASSES = 100;

    private TreeRemoval() {}

    /** @throws DirectoryNotEmptyException if files appear faster than they are removed */
    static void remove(Path tree) throws IOException {
        for (int pass = 1; Files.exists(tree, LinkOption.NOFOLLOW_LINKS); pass++) {
            try {
                Files.walkFileTree(tree, new TreeRemoval());
            } catch (DirectoryNotEmptyException e) {
                if (pass == PASSES) {
                    throw e;
                }
            }
        }
    }

    @Override
    public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
        Files.deleteIfExists(file);
        return FileVisitResult.CONTINUE;
    }

    @Override
    public FileVisitResult visitFileFailed(Path file, IOException failure) throws IOException {
        if (failure instanceof NoSuchFileException) {
            return FileVisitResult.CONTINUE;
        }
        throw failure;
    }

    @Override
    public FileVisitResult postVisitDirectory(Path directory, @Nullable IOException failure) throws IOException {
        if (failure != null) {
            throw failure;
        }
        Files.deleteIfExists(directory);
        return FileVisitResult.CONTINUE;
    }
}
