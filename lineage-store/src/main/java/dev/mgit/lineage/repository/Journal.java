package dev.mgit.lineage.repository;

import dev.mgit.delta.MgitException;
import dev.mgit.delta.json.CheckedJson;
import dev.mgit.delta.json.JsonException;
import dev.mgit.delta.json.JsonObject;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/**
 * Replaces several files of a user's folder as one: they are prepared in a staging folder, the journal says where each
 * goes, then they are moved. A crash before the journal says so leaves the old files and a staging folder to remove; a
 * crash after it, moves to be finished. Either is done by the next command that asks. Each entry has a lock file that
 * its process holds, so that the entries of the living are left alone.
 */
public final class Journal implements AutoCloseable {
    private static final String ENTRY = ".json";
    private static final String LOCK = ".lock";
    private static final String NEW = ".new";
    private static final String PREPARED = ".prepared";

    private final Path entry;
    private final Path staging;
    private final ExclusiveFile alive;
    private boolean unfinished;

    private Journal(Path entry, Path staging, ExclusiveFile alive) {
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
        ExclusiveFile alive = ExclusiveFile.tryAcquire(journal.resolve(id + LOCK), "a checkout")
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

    /** Where a file of mgit's own may be prepared that is to appear with the others; gone with the entry. */
    public Path prepared() {
        return prepared(entry);
    }

    private static Path prepared(Path entry) {
        return beside(entry, PREPARED);
    }

    private static Path beside(Path entry, String ending) {
        return Path.of(entry.toString().replaceFirst("\\.json$", ending));
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
            DurableFiles.deleteTree(staging);
            Files.deleteIfExists(prepared());
            Files.deleteIfExists(beside(entry, NEW));
            Files.deleteIfExists(entry);
            alive.delete();
        }
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
        // By the lock: an entry that was never written down has one too.
        List<Path> locks = new ArrayList<>();
        try (DirectoryStream<Path> found = Files.newDirectoryStream(journal, "*" + LOCK)) {
            found.forEach(locks::add);
        } catch (NoSuchFileException e) {
            return;
        }
        for (Path lock : locks) {
            Optional<ExclusiveFile> dead = ExclusiveFile.tryAcquire(lock, "cleaning up after a checkout");
            if (dead.isPresent()) {
                try (ExclusiveFile mine = dead.get()) {
                    recover(Path.of(lock.toString().replaceFirst("\\.lock$", ENTRY)), mine);
                }
            }
        }
    }

    private static void recover(Path entry, ExclusiveFile alive) throws IOException {
        try {
            JsonObject json = CheckedJson.parse(Files.readAllBytes(entry));
            List<Move> moves = json.objects("moves").stream()
                    .map(move -> new Move(Path.of(move.string("from")), Path.of(move.string("to"))))
                    .toList();
            roll(moves, json.strings("removals").stream().map(Path::of).toList());
            new Journal(entry, Path.of(json.string("staging")), alive).close();
        } catch (NoSuchFileException e) {
            // Never written down, or finished by somebody else just now.
            Files.deleteIfExists(beside(entry, NEW));
            alive.delete();
        } catch (FileSystemException e) {
            throw new MgitException(
                    MgitException.Kind.FAILED,
                    "a checkout that was interrupted cannot be finished: " + e.getMessage(),
                    "mend that and run the command again, or remove " + entry + " to give the checkout up",
                    e);
        } catch (JsonException | InvalidPathException e) {
            // Entries are renamed into place whole, so this one was damaged later: touch nothing it may mean.
            Files.move(entry, entry.resolveSibling(entry.getFileName() + ".damaged"));
            alive.delete();
        }
    }

    private void write(Map<String, ?> content) throws IOException {
        Path temporary = beside(entry, NEW);
        DurableFiles.write(temporary, CheckedJson.bytes(content));
        Files.move(temporary, entry, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        DurableFiles.syncFolder(DurableFiles.folderOf(entry));
    }
}
