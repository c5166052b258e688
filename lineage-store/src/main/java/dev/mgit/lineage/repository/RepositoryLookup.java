package dev.mgit.lineage.repository;

import dev.mgit.delta.MgitException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Finds the repository that a folder lies in. A checked-out folder outside of it names its repository in a file of the
 * repository's usual name.
 */
final class RepositoryLookup {
    private static final String POINTER = "mgitdir: ";

    private RepositoryLookup() {}

    /**
     * Walks up as Git does.
     *
     * @throws MgitException of kind FAILED if there is none
     */
    static RepositoryFiles from(Path start) throws IOException {
        Path from = start.toAbsolutePath().normalize();
        for (Path folder = from; folder != null; folder = folder.getParent()) {
            Path mgit = folder.resolve(RepositoryFiles.FOLDER);
            if (Files.isRegularFile(mgit)) {
                mgit = pointedTo(mgit);
            }
            if (Files.isDirectory(mgit)) {
                return new RepositoryFiles(Optional.ofNullable(mgit.getParent()).orElse(folder), mgit);
            }
        }
        throw new MgitException(
                MgitException.Kind.FAILED,
                "not in an mgit repository: there is no .mgit in " + from + " or above",
                "create one with 'mgit init'");
    }

    private static Path pointedTo(Path pointer) throws IOException {
        String text = new String(Files.readAllBytes(pointer), StandardCharsets.UTF_8).strip();
        if (!text.startsWith(POINTER) || text.indexOf('\0') >= 0) {
            throw MgitException.failed(pointer + " is neither a repository nor a pointer to one");
        }
        Path named = DurableFiles.folderOf(pointer).resolve(text.substring(POINTER.length()));
        if (!Files.isDirectory(named)) {
            throw new MgitException(
                    MgitException.Kind.FAILED,
                    pointer + " points to a repository that does not exist: " + named,
                    "fix the path if the repository moved, or remove the file");
        }
        return named.normalize();
    }

    /** Writes into a folder the file by which its repository is found. */
    static void leavePointer(Path folder, RepositoryFiles files) throws IOException {
        Files.writeString(folder.resolve(RepositoryFiles.FOLDER), POINTER + files.mgit() + "\n");
    }
}
