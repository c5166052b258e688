package dev.mgit.lineage.repository;

import dev.mgit.delta.json.Json;
import dev.mgit.delta.json.JsonException;
import dev.mgit.delta.json.JsonObject;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Stream;

/**
 * Replaces several files of a user's folder as one: they are prepared in a staging folder, the journal says where each
 * goes, then they are moved. A crash before the journal says so leaves the old files and a staging folder to remove; a
 * crash after it, moves to be finished. Either is done by whoever takes the writer lock next.
 */
public final class Journal {
    private final Path entry;
    private final Path staging;

    private Journal(Path entry, Path staging) {
        this.entry = entry;
        this.staging = staging;
    }

    /**
     * Starts: writes down that the staging folder is mgit's to remove, then creates it.
     *
     * @param journal {@link RepositoryFiles#journal()}
     * @param staging a folder that does not exist, on the same file system as the targets
     */
    public static Journal start(Path journal, Path staging) throws IOException {
        Files.createDirectories(journal);
        Path entry = journal.resolve(UUID.randomUUID() + ".json");
        var started = new Journal(entry, staging);
        started.write(Map.of("staging", staging.toString()));
        Files.createDirectories(staging);
        return started;
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
        roll(moves, removals);
        close();
    }

    /** Removes the staging folder and the entry; after {@link #finish} there is nothing left to remove. */
    public void close() throws IOException {
        deleteTree(staging);
        Files.deleteIfExists(entry);
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

    /** Finishes or takes back whatever crashed commands left. The caller holds the writer lock. */
    static void recover(Path journal) throws IOException {
        List<Path> entries = new ArrayList<>();
        try (DirectoryStream<Path> found = Files.newDirectoryStream(journal, "*.json")) {
            found.forEach(entries::add);
        } catch (java.nio.file.NoSuchFileException e) {
            return;
        }
        for (Path entry : entries) {
            try {
                recover(entry, Json.parseObject(Files.readAllBytes(entry)));
            } catch (JsonException e) {
                // Entries are renamed into place whole, so this one was damaged later: touch nothing it may mean.
                Files.move(entry, entry.resolveSibling(entry.getFileName() + ".damaged"));
            }
        }
    }

    private static void recover(Path entry, JsonObject json) throws IOException {
        List<Move> moves = json.objects("moves").stream()
                .map(move -> new Move(Path.of(move.string("from")), Path.of(move.string("to"))))
                .toList();
        roll(moves, json.strings("removals").stream().map(Path::of).toList());
        new Journal(entry, Path.of(json.string("staging"))).close();
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
