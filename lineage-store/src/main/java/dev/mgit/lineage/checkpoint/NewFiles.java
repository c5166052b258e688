package dev.mgit.lineage.checkpoint;

import dev.mgit.delta.MgitException;
import dev.mgit.lineage.version.SafePath;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Objects;
import java.util.Set;

/** Creates a version's files in a folder of mgit's own: under safe names only, and nothing is ever written over. */
public final class NewFiles {
    private static final Set<OpenOption> NEW =
            Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE, StandardOpenOption.READ);

    private final Path folder;

    public NewFiles(Path folder) {
        this.folder = folder.toAbsolutePath().normalize();
    }

    /**
     * Creates a file to write and read, and the folders it lies in. The umask is the user's, for the bits of executables too.
     *
     * @param path relative, with {@code /} between folders
     * @throws MgitException of kind INTEGRITY if a version may not have a file of that name, or has it already
     */
    public FileChannel create(String path, boolean executable) throws IOException {
        Path file = SafePath.in(folder, path);
        try {
            Files.createDirectories(Objects.requireNonNull(file.getParent(), "a file lies in a folder"));
            boolean posix = file.getFileSystem().supportedFileAttributeViews().contains("posix");
            return executable && posix
                    ? FileChannel.open(
                            file,
                            NEW,
                            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwxrwxrwx")))
                    : FileChannel.open(file, NEW);
        } catch (FileAlreadyExistsException e) {
            throw twice(path, e);
        }
    }

    public void createFolder(String path) throws IOException {
        Path created = SafePath.in(folder, path);
        try {
            Files.createDirectories(created);
        } catch (FileAlreadyExistsException e) {
            throw twice(path, e);
        }
    }

    private static MgitException twice(String path, IOException cause) {
        return new MgitException(
                MgitException.Kind.INTEGRITY,
                "the version has two files or folders that are one here: '" + path + "'",
                "check them out one by one with --files, into different folders",
                cause);
    }
}
