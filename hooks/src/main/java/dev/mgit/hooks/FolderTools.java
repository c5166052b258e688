package dev.mgit.hooks;

import dev.mgit.delta.Hashes;
import dev.mgit.delta.MgitException;
import dev.mgit.lineage.git.DurableNames;
import dev.mgit.lineage.repository.DurableFiles;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;

/** What this module does with files and folders. */
public final class FolderTools {
    private FolderTools() {}

    public static Path create(Path folder) {
        try {
            return Files.createDirectories(folder);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The folder a file is in. */
    public static Path parent(Path file) {
        Path parent = file.toAbsolutePath().getParent();
        return parent == null ? file : parent;
    }

    /** Removes a file, a link, or a folder and all it holds, if it is there; links are not followed. */
    public static void delete(Path folder) {
        try {
            DurableFiles.deleteTree(folder);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Copies the regular files of one folder into another, with the folders they are in. */
    public static void copy(Path from, Path to) {
        try {
            for (String file : files(from)) {
                Path target = to.resolve(file);
                Files.createDirectories(target.toAbsolutePath().getParent());
                Files.copy(from.resolve(file), target);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Paths of all regular files below a folder, relative to it, with {@code /} between names, sorted. */
    public static List<String> files(Path folder) {
        try (Stream<Path> paths = Files.walk(folder)) {
            return paths.filter(path -> Files.isRegularFile(path, LinkOption.NOFOLLOW_LINKS))
                    .map(path -> folder.relativize(path).toString().replace('\\', '/'))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The folders in a folder, sorted; none if it is not there, or a link. */
    public static List<Path> folders(Path parent) {
        if (!Files.isDirectory(parent, LinkOption.NOFOLLOW_LINKS)) {
            return List.of();
        }
        try (Stream<Path> entries = Files.list(parent)) {
            return entries.filter(entry -> Files.isDirectory(entry, LinkOption.NOFOLLOW_LINKS))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** When a file, or anything in a folder, was last changed. */
    public static Instant modified(Path path) {
        try (Stream<Path> paths = Files.walk(path)) {
            Instant latest = Instant.EPOCH;
            for (Path entry : (Iterable<Path>) paths::iterator) {
                Instant changed = Files.getLastModifiedTime(entry).toInstant();
                latest = changed.isAfter(latest) ? changed : latest;
            }
            return latest;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** SHA-256 of a file's bytes; of a folder, the SHA-256 over the paths and digests of its files, sorted. */
    public static String digest(Path path) {
        MessageDigest digest = Hashes.sha256();
        if (Files.isDirectory(path)) {
            for (String file : files(path)) {
                digest.update((digest(path.resolve(file)) + "  " + file + "\n").getBytes(StandardCharsets.UTF_8));
            }
        } else {
            try (InputStream in = Files.newInputStream(path);
                    var out = new DigestOutputStream(java.io.OutputStream.nullOutputStream(), digest)) {
                in.transferTo(out);
            } catch (IOException e) {
                throw new MgitException(
                        MgitException.Kind.FAILED, "cannot read " + path + ": " + e.getMessage(), null, e);
            }
        }
        return HexFormat.of().formatHex(digest.digest());
    }

    public static String digest(byte[] bytes) {
        return HexFormat.of().formatHex(Hashes.sha256().digest(bytes));
    }

    /**
     * Checks what a command left behind: only folders, regular files, and links that stay inside.
     *
     * @throws MgitException naming the first entry that is something else
     */
    public static void requireConfined(Path folder) {
        try (Stream<Path> paths = Files.walk(folder)) {
            Path real = folder.toRealPath();
            for (Path path : (Iterable<Path>) paths::iterator) {
                BasicFileAttributes attributes =
                        Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
                if (attributes.isSymbolicLink() && !staysInside(path, real)) {
                    throw refused(folder, path, "is a link to a file outside the output folder");
                }
                if (attributes.isOther()) {
                    throw refused(folder, path, "is neither a file nor a folder");
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static boolean staysInside(Path link, Path real) {
        try {
            return link.toRealPath().startsWith(real);
        } catch (IOException e) {
            return false;
        }
    }

    private static MgitException refused(Path folder, Path path, String why) {
        return new MgitException(
                MgitException.Kind.FAILED,
                "output '" + folder.relativize(path) + "' " + why,
                "have the command copy the file instead");
    }

    /** Replaces a file's contents durably: a reader, or a crash, sees the old bytes or the new ones. */
    public static void replace(Path file, byte[] bytes) {
        Path fresh = file.resolveSibling(file.getFileName() + ".new");
        try {
            DurableNames.createFolders(parent(file));
            try (FileChannel channel = FileChannel.open(
                    fresh,
                    StandardOpenOption.CREATE,
                    StandardOpenOption.TRUNCATE_EXISTING,
                    StandardOpenOption.WRITE,
                    LinkOption.NOFOLLOW_LINKS)) {
                ByteBuffer buffer = ByteBuffer.wrap(bytes);
                while (buffer.hasRemaining()) {
                    channel.write(buffer);
                }
                channel.force(true);
            }
            Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            DurableNames.sync(parent(file));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The end of a text file, with a line that says how much was left out before it. */
    public static String tail(Path file, int bytes) {
        if (!Files.isRegularFile(file)) {
            return "";
        }
        try (FileChannel channel = FileChannel.open(file)) {
            long skipped = Math.max(0, channel.size() - bytes);
            ByteBuffer buffer = ByteBuffer.allocate((int) (channel.size() - skipped));
            channel.position(skipped);
            while (buffer.hasRemaining() && channel.read(buffer) >= 0) {}
            String text = new String(buffer.array(), 0, buffer.position(), StandardCharsets.UTF_8);
            return skipped == 0 ? text : "[" + skipped + " bytes omitted]\n" + text;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
