package dev.mgit.lineage.repository;

import dev.mgit.delta.MgitException;
import dev.mgit.delta.json.CheckedJson;
import dev.mgit.delta.json.JsonException;
import dev.mgit.delta.json.JsonObject;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
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

    /**
     * Makes every move and removal, or has the next command make them if this one is killed.
     *
     * @param expected what stood at the targets of moves and at removals when they were decided on. Whatever else is
     *     found there when it comes to it is the user's: it is kept beside what replaces it, and not removed. Targets
     *     that are not listed are mgit's own
     * @return what was kept, and where
     */
    public List<Path> finish(List<Move> moves, List<Path> removals, Map<Path, FileStat> expected) throws IOException {
        var looks = new LinkedHashMap<String, List<Long>>();
        expected.forEach((path, stat) -> looks.put(path.toString(), stat.numbers()));
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
                "removals", removals.stream().map(Path::toString).toList(),
                "expected", looks));
        unfinished = true;
        List<Path> kept = roll(folder(staging), moves, removals, expected);
        unfinished = false;
        return kept;
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

    /** A staging folder lies in the folder that its files are for. */
    private static UserFolder folder(Path staging) {
        return new UserFolder(DurableFiles.folderOf(staging));
    }

    private static List<Path> roll(
            UserFolder folder, List<Move> moves, List<Path> removals, Map<Path, FileStat> expected)
            throws IOException {
        List<Path> kept = new ArrayList<>();
        for (Move move : moves) {
            FileStat look = expected.get(move.to());
            if (Files.notExists(move.from(), LinkOption.NOFOLLOW_LINKS)) {
                continue; // moved before a crash
            }
            if (look == null) {
                Files.createDirectories(DurableFiles.folderOf(move.to()));
                Files.move(move.from(), move.to(), StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            } else {
                folder.place(move.from(), move.to(), look).ifPresent(kept::add);
            }
        }
        for (Path removal : removals) {
            folder.remove(removal, expected.getOrDefault(removal, FileStat.ABSENT));
        }
        return kept;
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
            Path staging = Path.of(json.string("staging"));
            var expected = new HashMap<Path, FileStat>();
            if (json.has("expected")) {
                JsonObject looks = json.object("expected");
                looks.members().keySet().forEach(path -> expected.put(Path.of(path), FileStat.of(looks.numbers(path))));
            }
            roll(folder(staging), moves, json.strings("removals").stream().map(Path::of).toList(), expected);
            new Journal(entry, staging, alive).close();
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
        } catch (JsonException | IllegalArgumentException e) {
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
