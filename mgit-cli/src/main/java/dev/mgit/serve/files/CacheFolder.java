package dev.mgit.serve.files;

import dev.mgit.delta.Hashes;
import dev.mgit.lineage.repository.FileStat;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/**
 * Files named by their SHA-256, in a folder of the user's own that several servers may share. A file is there as a whole or
 * not at all; what the file system said of it then is kept beside it, and while it says the same, the file is what it was.
 * Else it is hashed again. The file used longest ago goes first.
 *
 * <pre>
 * SHA256        a file
 * SHA256.stat   its state when it was last known to be whole; modified when it was last used
 * UUID.new      being written
 * </pre>
 */
final class CacheFolder {
    private static final String STATE = ".stat";
    private static final String UNFINISHED = ".new";
    private static final int HASH_DIGITS = 64;
    private static final int PIECE = 1 << 20;

    /** A file not written to for so long is no longer being written. */
    private static final Duration STALLED = Duration.ofHours(1);

    /** Uses are noted this often: a download is thousands of ranges. */
    private static final Duration NOTED = Duration.ofMinutes(1);

    private final Path folder;
    private final long most;
    private final long spared;
    private final Map<String, Known> known = new ConcurrentHashMap<>();

    private record Known(FileStat state, Instant used) {}

    /**
     * @param most bytes of all files
     * @param spared bytes to leave free on the disk
     */
    CacheFolder(Path folder, long most, long spared) throws IOException {
        this.folder = folder;
        this.most = most;
        this.spared = spared;
        if (!Files.isDirectory(folder)) {
            Files.createDirectories(folder.toAbsolutePath().getParent());
            Files.createDirectory(folder);
            if (folder.getFileSystem().supportedFileAttributeViews().contains("posix")) {
                Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwx------"));
            }
        }
        if (!Files.isWritable(folder)) {
            throw new IOException(folder + " cannot be written");
        }
        removeStalled();
    }

    private void removeStalled() throws IOException {
        Instant limit = Instant.now().minus(STALLED);
        for (Path file : list()) {
            if (name(file).endsWith(UNFINISHED)
                    && Files.getLastModifiedTime(file).toInstant().isBefore(limit)) {
                Files.deleteIfExists(file);
            }
        }
    }

    private static String name(Path file) {
        return String.valueOf(file.getFileName());
    }

    private List<Path> list() throws IOException {
        try (DirectoryStream<Path> files = Files.newDirectoryStream(folder)) {
            return StreamSupport.stream(files.spliterator(), false).toList();
        }
    }

    private Path state(String sha256) {
        return folder.resolve(sha256 + STATE);
    }

    /** Opens a file that is here and whole. One that is not what its name says is removed. */
    Optional<FileChannel> open(String sha256, long size) throws IOException {
        Path file = folder.resolve(sha256);
        FileStat now = FileStat.of(file);
        if (!now.regular()) {
            return Optional.empty();
        }
        FileChannel channel;
        try {
            channel = FileChannel.open(file, StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS);
        } catch (NoSuchFileException e) {
            return Optional.empty();
        }
        boolean whole = false;
        try {
            whole = now.size() == size && (isAsKnown(sha256, now) || hashesTo(sha256, channel));
        } finally {
            if (!whole) {
                channel.close();
                remove(sha256);
            }
        }
        return whole ? Optional.of(channel) : Optional.empty();
    }

    private boolean isAsKnown(String sha256, FileStat now) throws IOException {
        Known before = known.get(sha256);
        if (before == null) {
            before = new Known(noted(sha256), Instant.EPOCH);
        }
        if (!before.state().equals(now)) {
            return false;
        }
        Instant time = Instant.now();
        if (before.used().isBefore(time.minus(NOTED))) {
            known.put(sha256, new Known(now, time));
            Files.setLastModifiedTime(state(sha256), FileTime.from(time));
        }
        return true;
    }

    private FileStat noted(String sha256) throws IOException {
        try {
            return FileStat.of(Stream.of(Files.readString(state(sha256)).strip().split(" "))
                    .map(Long::valueOf)
                    .toList());
        } catch (NoSuchFileException | IllegalArgumentException e) {
            return FileStat.ABSENT;
        }
    }

    /** Compares the file with its name; if it is whole, its state is noted anew. */
    private boolean hashesTo(String sha256, FileChannel channel) throws IOException {
        FileStat.awaitTick(); // any change from now on shows
        FileStat before = FileStat.of(folder.resolve(sha256));
        MessageDigest digest = Hashes.sha256();
        ByteBuffer buffer = ByteBuffer.allocate(PIECE);
        for (long at = 0; channel.read(buffer, at) > 0; buffer.clear()) {
            at += buffer.flip().remaining();
            digest.update(buffer);
        }
        if (!HexFormat.of().formatHex(digest.digest()).equals(sha256)) {
            return false;
        }
        note(sha256, before);
        return true;
    }

    private void note(String sha256, FileStat state) throws IOException {
        String text = state.numbers().stream().map(String::valueOf).collect(Collectors.joining(" "));
        Path temporary = unfinished();
        Files.writeString(temporary, text + "\n", StandardCharsets.US_ASCII);
        Files.move(temporary, state(sha256), StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        known.put(sha256, new Known(state, Instant.now()));
    }

    private Path unfinished() {
        return folder.resolve(UUID.randomUUID() + UNFINISHED);
    }

    /**
     * A file to be written and {@linkplain #publish published}; empty if it would not fit.
     *
     * @param coming bytes of other files that are being written
     */
    Optional<Path> create(long size, long coming) throws IOException {
        if (size > most - coming || Files.getFileStore(folder).getUsableSpace() - size < spared) {
            return Optional.empty();
        }
        evict(most - coming - size);
        return Optional.of(unfinished());
    }

    /** Removes files until the rest has at most so many bytes. */
    private void evict(long rest) throws IOException {
        List<String> files = list().stream()
                .map(CacheFolder::name)
                .filter(name -> Hashes.isHex(name, HASH_DIGITS))
                .sorted(Comparator.comparing(this::lastUsed).reversed())
                .toList();
        long kept = 0;
        for (String file : files) {
            kept += Math.max(0, FileStat.of(folder.resolve(file)).size());
            if (kept > rest) {
                remove(file);
            }
        }
    }

    private FileTime lastUsed(String sha256) {
        try {
            return Files.getLastModifiedTime(state(sha256));
        } catch (IOException e) {
            return FileTime.fromMillis(0);
        }
    }

    /** Gives a written file its name, with bytes that hash to it. */
    void publish(Path temporary, FileChannel channel, String sha256) throws IOException {
        channel.force(true); // what is noted of it says nothing of what a power failure leaves
        FileStat written = FileStat.of(temporary);
        Path file = folder.resolve(sha256);
        Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        FileStat.awaitTick(); // any change from now on shows
        FileStat now = FileStat.of(file);
        if (written.renamed(now.changed()).equals(now)) {
            note(sha256, now);
        }
    }

    private void remove(String sha256) throws IOException {
        known.remove(sha256);
        Files.deleteIfExists(folder.resolve(sha256));
        Files.deleteIfExists(state(sha256));
    }
}
