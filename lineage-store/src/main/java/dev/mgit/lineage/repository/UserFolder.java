package dev.mgit.lineage.repository;

import dev.mgit.delta.MgitException;
import java.io.IOException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.Objects;
import java.util.Optional;

/**
 * A folder of the user's, into which files are moved and from which they are removed. Nothing is replaced or removed but
 * what was expected to stand there, looked at once more just before, and no link below the folder is followed.
 */
public final class UserFolder {
    private static final String KEPT = ".orig";

    private final Path base;

    public UserFolder(Path base) {
        this.base = base;
    }

    /**
     * Moves a file or a folder to its place; there, an empty folder is as good as the one that is there. What is found there and was not expected is kept beside it, under
     * its name with {@code .orig} after it.
     *
     * @param from below the folder too
     * @param expected what is to be replaced
     * @return where something was kept
     * @throws MgitException of kind CONFLICT if something other than a folder stands where one belongs, or a folder
     *     where one that is not empty belongs
     */
    public Optional<Path> place(Path from, Path to, FileStat expected) throws IOException {
        try (OpenFolder source = OpenFolder.open(base, DurableFiles.folderOf(from), false);
                OpenFolder target = OpenFolder.open(base, DurableFiles.folderOf(to), true)) {
            if (isFolder(from) && isFolder(to)) {
                requireEmpty(from, to);
                return Optional.empty();
            }
            Optional<Path> kept = Optional.empty();
            FileStat found = FileStat.of(to);
            if (found.exists() && !found.equals(expected)) {
                kept = Optional.of(free(to));
                target.move(name(to), target, name(kept.get()));
            }
            source.move(name(from), target, name(to));
            return kept;
        } catch (NotDirectoryException e) {
            throw new MgitException(
                    MgitException.Kind.CONFLICT,
                    "'" + e.getFile() + "' is not a folder, but the version has files in a folder of that name",
                    "move it away and run the command again",
                    e);
        }
    }

    /** Removes a file that looks as expected, or a folder if it is empty; leaves anything else. */
    public void remove(Path path, FileStat expected) throws IOException {
        try (OpenFolder folder = OpenFolder.open(base, DurableFiles.folderOf(path), false)) {
            if (isFolder(path)) {
                folder.deleteFolder(name(path));
            } else if (FileStat.of(path).equals(expected)) {
                folder.deleteFile(name(path));
            }
        } catch (NoSuchFileException | NotDirectoryException | DirectoryNotEmptyException e) {
            // gone already, in use, or no longer in the folder
        }
    }

    private static void requireEmpty(Path from, Path to) throws IOException {
        try (DirectoryStream<Path> found = Files.newDirectoryStream(from)) {
            if (found.iterator().hasNext()) {
                throw new MgitException(
                        MgitException.Kind.CONFLICT, "'" + to + "' was created meanwhile", "choose another folder");
            }
        }
    }

    private static Path free(Path path) {
        Path free = path.resolveSibling(name(path) + KEPT);
        for (int i = 2; Files.exists(free, LinkOption.NOFOLLOW_LINKS); i++) {
            free = path.resolveSibling(name(path) + KEPT + i);
        }
        return free;
    }

    private static boolean isFolder(Path path) {
        return Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS);
    }

    private static Path name(Path path) {
        return Objects.requireNonNull(path.getFileName(), "a file has a name");
    }
}
