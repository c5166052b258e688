package dev.mgit.lineage.repository;

import dev.mgit.delta.MgitException;
import dev.mgit.delta.json.Json;
import dev.mgit.delta.json.JsonException;
import dev.mgit.delta.json.JsonObject;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Stream;

/**
 * Replaces several files of a user's folder as one: they are prepared in a staging folder, the journal says where each
 * goes, then they are moved. A crash before the journal says so leaves the old files and a staging folder to remove; a
 * crash after it, moves to be finished. Either is done by the next command that asks. Each entry has a lock file that
 * its process holds, so that the entries of the living are left alone.
 */
public final class Journal implements AutoCloseable {
    private static final String ENTRY = ".json";
    private static final String LOCK = ".lock";

    private final Path entry;
    private final Path staging;
    private final FileChannel alive;
    private boolean unfinished;

    private Journal(Path entry, Path staging, FileChannel alive) {
        this.entry = entry;
        this.staging = staging;
        this.alive = alive;
    }

    /**
     * Starts: writes down that the staging folder is mgit's to remove, then creates it.
     *
     * @param journal {@link RepositoryFiles#journal()}
     * @param staging a folder that does not exist, on the same file system as the targets
     */
    public static Journal start(Path journal, Path staging) throws IOException {
        Files.createDirectories(journal);
        String id = UUID.randomUUID().toString();
        FileChannel alive = lock(journal.resolve(id + LOCK))
                .orElseThrow(() -> new IllegalStateException("a fresh journal entry is locked"));
        var started = new Journal(journal.resolve(id + ENTRY), staging, alive);
        boolean ready = false;
        try {
            started.write(Map.of("staging", staging.toString()));
            Files.createDirectories(staging);
            ready = true;
            return started;
        } finally {
            if (!ready) {
                started.close();
            }
        }
    }

    private static Optional<FileChannel> lock(Path file) throws IOException {
        FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        try {
            if (channel.tryLock() != null) {
                return Optional.of(channel);
            }
        } catch (OverlappingFileLockException e) {
            // held by another thread of this process: as alive as can be
        }
        channel.close();
        return Optional.empty();
    }

    /** One step of the switch. */
    public record Move(Path from, Path to) {}

    /** Makes every move and removal, or has the next command make them if this one is killed. */
    public void finish(List<Move> moves, List<Path> removals) throws IOException {
        write(Map.of(
                "staging", staging.toString(),
                "moves",
                        moves.stream()
                                .map(move -> Map.of(
                                        "from",
                                        move.from().toString(),
                                        "to",
                                        move.to().toString()))
                                .toList(),
                "removals", removals.stream().map(Path::toString).toList()));
        unfinished = true;
        roll(moves, removals);
        unfinished = false;
    }

    /**
     * Removes the staging folder and the entry, unless moves were begun and could not be finished: those are left for
     * the next command.
     */
    @Override
    public void close() throws IOException {
        try (alive) {
            if (unfinished) {
                return;
            }
            deleteTree(staging);
            Files.deleteIfExists(entry);
            Files.deleteIfExists(lockOf(entry));
        }
    }

    private static Path lockOf(Path entry) {
        return Path.of(entry.toString().replaceFirst("\\.json$", LOCK));
    }

    private static void roll(List<Move> moves, List<Path> removals) throws IOException {
        for (Move move : moves) {
            if (Files.exists(move.from(), java.nio.file.LinkOption.NOFOLLOW_LINKS)) {
                Files.createDirectories(DurableFiles.folderOf(move.to()));
                Files.move(move.from(), move.to(), StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            }
        }
        for (Path removal : removals) {
            Files.deleteIfExists(removal);
        }
    }

    /** Finishes or takes back whatever crashed commands left. */
    static void recover(Path journal) throws IOException {
        List<Path> entries = new ArrayList<>();
        try (DirectoryStream<Path> found = Files.newDirectoryStream(journal, "*.json")) {
            found.forEach(entries::add);
        } catch (NoSuchFileException e) {
            return;
        }
        for (Path entry : entries) {
            Optional<FileChannel> dead = lock(lockOf(entry));
            if (dead.isPresent()) {
                recover(entry, dead.get());
            }
        }
    }

    private static void recover(Path entry, FileChannel alive) throws IOException {
        JsonObject json;
        try (alive) {
            json = Json.parseObject(Files.readAllBytes(entry));
            List<Move> moves = json.objects("moves").stream()
                    .map(move -> new Move(Path.of(move.string("from")), Path.of(move.string("to"))))
                    .toList();
            roll(moves, json.strings("removals").stream().map(Path::of).toList());
            new Journal(entry, Path.of(json.string("staging")), alive).close();
        } catch (NoSuchFileException e) {
            return; // finished by somebody else just now
        } catch (FileSystemException e) {
            throw new MgitException(
                    MgitException.Kind.FAILED,
                    "a checkout that was interrupted cannot be finished: " + e.getMessage(),
                    "mend that and run the command again, or remove " + entry + " to give the checkout up",
                    e);
        } catch (JsonException | InvalidPathException e) {
            // Entries are renamed into place whole, so this one was damaged later: touch nothing it may mean.
            Files.move(entry, entry.resolveSibling(entry.getFileName() + ".damaged"));
        }
    }

    private void write(Map<String, ?> content) throws IOException {
        Path temporary = entry.resolveSibling(entry.getFileName() + ".new");
        DurableFiles.write(temporary, Json.bytes(content));
        Files.move(temporary, entry, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        DurableFiles.syncFolder(DurableFiles.folderOf(entry));
    }

    private static void deleteTree(Path folder) throws IOException {
        if (Files.notExists(folder)) {
            return;
        }
        try (Stream<Path> tree = Files.walk(folder)) {
            for (Path path : tree.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(path);
            }
        }
    }
}
