package dev.mgit.cli.command.evidence;

import dev.mgit.delta.MgitException;
import dev.mgit.lineage.repository.DurableFiles;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;

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
        write(file, content, new FileAttribute<?>[0]);
    }

    /** One that only its owner may read. */
    static void writeSecret(Path file, String content) throws IOException {
        FileAttribute<?>[] attributes =
                FileSystems.getDefault().supportedFileAttributeViews().contains("posix")
                        ? new FileAttribute<?>[] {
                            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"))
                        }
                        : new FileAttribute<?>[0];
        write(file, content.getBytes(StandardCharsets.US_ASCII), attributes);
    }

    /** The bytes of another file. */
    static void copy(Path from, Path file) throws IOException {
        boolean done = false;
        requireNone(file);
        try (FileChannel in = FileChannel.open(from, StandardOpenOption.READ);
                FileChannel out = FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            try {
                for (long at = 0; at < in.size(); ) {
                    at += in.transferTo(at, in.size() - at, out);
                }
                out.force(true);
                done = true;
            } finally {
                if (!done) {
                    Files.deleteIfExists(file);
                }
            }
        } catch (NoSuchFileException e) {
            throw new MgitException(MgitException.Kind.USAGE, "there is no folder for " + file, "make it first", e);
        }
    }

    private static void write(Path file, byte[] content, FileAttribute<?>[] attributes) throws IOException {
        boolean done = false;
        try (FileChannel channel =
                FileChannel.open(file, Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE), attributes)) {
            try {
                ByteBuffer bytes = ByteBuffer.wrap(content);
                while (bytes.hasRemaining()) {
                    channel.write(bytes);
                }
                channel.force(true);
                done = true;
            } finally {
                if (!done) {
                    Files.deleteIfExists(file);
                }
            }
        } catch (FileAlreadyExistsException e) {
            throw exists(file);
        } catch (NoSuchFileException e) {
            throw new MgitException(MgitException.Kind.USAGE, "there is no folder for " + file, "make it first", e);
        }
        Path folder = file.toAbsolutePath().getParent();
        if (folder != null) {
            DurableFiles.syncFolder(folder);
        }
    }
}
