package dev.mgit.cli.command.evidence;

import dev.mgit.delta.MgitException;
import dev.mgit.lineage.repository.OutputFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;

/** Files that are written once: none that is there is touched, and none is left half written. */
final class NewFile {
    private NewFile() {}

    static void requireNone(Path file) {
        if (Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
            throw exists(file);
        }
    }

    private static MgitException exists(Path file) {
        return new MgitException(
                MgitException.Kind.USAGE, file + " exists already", "name another file, or remove that one first");
    }

    static void write(Path file, byte[] content) throws IOException {
        write(file, out -> out.write(content), new FileAttribute<?>[0]);
    }

    /** One that only its owner may read. */
    static void writeSecret(Path file, String content) throws IOException {
        FileAttribute<?>[] attributes =
                FileSystems.getDefault().supportedFileAttributeViews().contains("posix")
                        ? new FileAttribute<?>[] {
                            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"))
                        }
                        : new FileAttribute<?>[0];
        write(file, out -> out.write(content.getBytes(StandardCharsets.US_ASCII)), attributes);
    }

    /** The bytes of another file. */
    static void copy(Path from, Path file) throws IOException {
        write(file, out -> Files.copy(from, out), new FileAttribute<?>[0]);
    }

    private static void write(Path file, OutputFile.Content content, FileAttribute<?>[] attributes) throws IOException {
        try {
            OutputFile.create(file, content, attributes);
        } catch (FileAlreadyExistsException e) {
            throw exists(file);
        } catch (NoSuchFileException e) {
            throw new MgitException(MgitException.Kind.USAGE, "there is no folder for " + file, "make it first", e);
        }
    }
}
