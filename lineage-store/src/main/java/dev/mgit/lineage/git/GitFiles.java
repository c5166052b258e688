package dev.mgit.lineage.git;

import java.io.BufferedInputStream;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.eclipse.jgit.errors.LockFailedException;
import org.eclipse.jgit.internal.storage.file.LockFile;
import org.eclipse.jgit.lib.Constants;
import org.eclipse.jgit.lib.ObjectId;

/** The files below {@code objects/} of a Git repository. */
final class GitFiles {
    private static final int HASH = Constants.OBJECT_ID_LENGTH;

    private static final Pattern CHECKSUMMED =
            Pattern.compile(".*(\\.(pack|idx|bitmap|rev|graph)|/multi-pack-index|/commit-graph)");

    private GitFiles() {}

    /** Ids of loose objects, by their file names. */
    static Set<ObjectId> looseObjects(Path objects) throws IOException {
        Set<ObjectId> ids = new HashSet<>();
        try (Stream<Path> files = Files.walk(objects, 2)) {
            files.map(file -> objects.relativize(file).toString().replaceAll("[/\\\\]", ""))
                    .filter(ObjectId::isId)
                    .forEach(name -> ids.add(ObjectId.fromString(name)));
        }
        return ids;
    }

    /** Packs, their indexes, and what else Git ends with a hash of all bytes before it. */
    static List<Path> checksummed(Path objects) throws IOException {
        List<Path> found = new ArrayList<>();
        for (String folder : List.of("pack", "info", "info/commit-graphs")) {
            if (Files.isDirectory(objects.resolve(folder))) {
                try (Stream<Path> files = Files.list(objects.resolve(folder))) {
                    files.filter(file -> CHECKSUMMED.matcher(file.toString()).matches())
                            .sorted()
                            .forEach(found::add);
                }
            }
        }
        return found;
    }

    /** Packs with an index, in the folder of packs. */
    static List<File> wholePacks(Path folder) throws IOException {
        if (Files.notExists(folder)) {
            return List.of();
        }
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(Path::toString)
                    .filter(name -> name.endsWith(".pack"))
                    .filter(name -> Files.exists(Path.of(name.replaceFirst("pack$", "idx"))))
                    .map(File::new)
                    .toList();
        }
    }

    /** Removes the files below a folder whose relative path is wanted. */
    static void remove(Path folder, Predicate<String> wanted) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.toList()) {
                if (wanted.test(folder.relativize(file).toString())) {
                    Files.deleteIfExists(file);
                }
            }
        }
    }

    /** Removes a folder made for a while, and all it holds. */
    static void removeTree(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        }
    }

    /** Whether the file ends with the SHA-1 of all bytes before that, as packs and their indexes do. */
    static boolean endsWithItsHash(Path file) throws IOException {
        if (!Files.isRegularFile(file)) {
            return false;
        }
        MessageDigest digest = Constants.newMessageDigest();
        long left = Files.size(file) - HASH;
        if (left < 0) {
            return false;
        }
        try (InputStream in = new BufferedInputStream(Files.newInputStream(file))) {
            byte[] buffer = new byte[1 << 16];
            while (left > 0) {
                int read = in.read(buffer, 0, (int) Math.min(buffer.length, left));
                if (read < 0) {
                    return false;
                }
                digest.update(buffer, 0, read);
                left -= read;
            }
            return Arrays.equals(in.readAllBytes(), digest.digest());
        }
    }

    /** The last bytes of a file, or all where it has fewer. */
    static byte[] end(Path file, int bytes) throws IOException {
        try (SeekableByteChannel channel = Files.newByteChannel(file)) {
            channel.position(Math.max(0, channel.size() - bytes));
            ByteBuffer end = ByteBuffer.allocate(bytes);
            while (end.hasRemaining() && channel.read(end) >= 0) {
                // until it is full or the file ends
            }
            return Arrays.copyOf(end.array(), end.position());
        }
    }

    /** Files of a folder by the end of their name; none where there is no such folder. */
    static List<Path> ending(Path folder, String end) throws IOException {
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        List<Path> found = new ArrayList<>();
        try (DirectoryStream<Path> files = Files.newDirectoryStream(folder)) {
            for (Path file : files) {
                if (file.toString().endsWith(end)) {
                    found.add(file);
                }
            }
        } catch (DirectoryIteratorException e) {
            throw e.getCause();
        }
        Collections.sort(found);
        return found;
    }

    /**
     * Replaces a file as a whole, under Git's own lock of it; new content and name outlive a power failure.
     *
     * @throws LockFailedException if another has the lock
     */
    static void replace(Path file, byte[] content) throws IOException {
        var lock = new LockFile(file.toFile());
        if (!lock.lock()) {
            throw new LockFailedException(file.toFile());
        }
        try {
            lock.setFSync(true);
            lock.write(content);
            if (!lock.commit()) {
                throw new IOException("cannot replace " + file);
            }
        } finally {
            lock.unlock();
        }
        DurableNames.sync(file.toAbsolutePath().resolveSibling(""));
    }
}
