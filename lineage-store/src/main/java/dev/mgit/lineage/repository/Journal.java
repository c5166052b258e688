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
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/**
 * Replaces several files of a user's folder as one: they are prepared in a staging folder, the journal says where each
 * goes, then they are moved. A crash before the journal says so leaves the old files and a staging folder to remove; a
 * crash after it, moves to be finished. Either is done by the next command of the same user that asks. Each entry has a
 * lock file that its process holds, so that the entries of the living are left alone.
 *
 * <p>Entries lie in the user's own {@link UserState}, never in the repository, which somebody else may have made. Even so
 * one is carried out only in the repository it was written for, only below the folder it names, through no link, and over
 * nothing that was changed since.
 */
public final class Journal implements AutoCloseable {
    private static final String ENTRY = ".json";
    private static final String LOCK = ".lock";
    private static final String NEW = ".new";
    private static final String PREPARED = ".prepared";
    private static final String STAGING = ".mgit-staging-";

    private final Switch change;
    private final Optional<Entry> entry;
    private boolean unfinished;

    private Journal(Switch change, Optional<Entry> entry) {
        this.change = change;
        this.entry = entry;
    }

    /** A fresh name for a staging folder. */
    public static Path staging(Path parent) {
        return parent.resolve(STAGING + UUID.randomUUID());
    }

    /**
     * Starts: writes down that the staging folder is mgit's to remove, then creates it.
     *
     * @param folder the user's folder that is changed
     * @param staging from {@link #staging}, beside or in that folder
     */
    static Journal start(RepositoryFiles repository, UserState user, Path folder, Path staging) throws IOException {
        Files.createDirectories(repository.journal());
        Optional<Path> journal = user.makeJournal(repository);
        String id = UUID.randomUUID().toString();
        Optional<Entry> entry = journal.isEmpty() ? Optional.empty() : Optional.of(Entry.create(journal.get(), id));
        var started = new Journal(new Switch(identity(repository), folder, staging, prepared(repository, id)), entry);
        boolean ready = false;
        try {
            started.write();
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
        return change.prepared;
    }

    private static Path prepared(RepositoryFiles repository, String id) {
        return repository.journal().resolve(id + PREPARED);
    }

    /** Which repository an entry is meant for, though another may stand at its path one day. */
    private static String identity(RepositoryFiles repository) throws IOException {
        return String.valueOf(Files.readAttributes(repository.mgit(), BasicFileAttributes.class)
                .fileKey());
    }

    /** One step of the switch. */
    public record Move(Path from, Path to) {}

    /** Makes every move and removal, or has the next command make them if this one is killed. */
    public void finish(List<Move> moves, List<Path> removals) throws IOException {
        for (Move move : moves) {
            change.moves.add(new Switch.Step(move.from(), move.to(), Switch.look(move.to())));
        }
        for (Path removal : removals) {
            change.removals.add(new Switch.Step(removal, removal, Switch.look(removal)));
        }
        write();
        unfinished = true;
        change.carryOut(false);
        unfinished = false;
    }

    private void write() throws IOException {
        if (entry.isPresent()) {
            entry.get().write(change.json());
        }
    }

    /**
     * Removes the staging folder and the entry, unless moves were begun and could not be finished: those are left for
     * the next command.
     */
    @Override
    public void close() throws IOException {
        try {
            if (!unfinished) {
                DurableFiles.deleteTree(change.staging);
                Files.deleteIfExists(change.prepared);
                if (entry.isPresent()) {
                    entry.get().delete();
                }
            }
        } finally {
            if (entry.isPresent()) {
                entry.get().close();
            }
        }
    }

    /** What older versions of mgit, or somebody else, left in the repository itself: nothing there is carried out. */
    static List<Path> foreign(RepositoryFiles repository) throws IOException {
        List<Path> found = new ArrayList<>();
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(repository.journal(), "*" + ENTRY)) {
            entries.forEach(found::add);
        } catch (NoSuchFileException | NotDirectoryException e) {
            return List.of();
        }
        return found;
    }

    /** Finishes or takes back whatever this user's crashed commands left. */
    static void recover(RepositoryFiles repository, UserState user) throws IOException {
        for (Path journal : user.journals(repository)) {
            // By the lock: an entry that was never written down has one too.
            List<Path> locks = new ArrayList<>();
            try (DirectoryStream<Path> found = Files.newDirectoryStream(journal, "*" + LOCK)) {
                found.forEach(locks::add);
            }
            for (Path lock : locks) {
                String id = String.valueOf(lock.getFileName()).replaceFirst("\\.lock$", "");
                Optional<Entry> dead = Entry.take(journal, id);
                if (dead.isPresent()) {
                    try (Entry mine = dead.get()) {
                        recover(repository, id, mine);
                    }
                }
            }
        }
    }

    private static void recover(RepositoryFiles repository, String id, Entry entry) throws IOException {
        try {
            Optional<JsonObject> written = entry.read();
            if (written.isPresent()) {
                Switch change = Switch.of(written.get(), prepared(repository, id));
                change.requireWithin(repository);
                if (change.repository.equals(identity(repository))) {
                    change.carryOut(true);
                    DurableFiles.deleteTree(change.staging);
                    Files.deleteIfExists(change.prepared);
                }
            }
            entry.delete();
        } catch (FileSystemException e) {
            throw new MgitException(
                    MgitException.Kind.FAILED,
                    "an interrupted checkout cannot be finished: " + e.getMessage(),
                    "fix that and run the command again, or remove " + entry.file() + " to abandon the checkout",
                    e);
        } catch (JsonException | InvalidPathException e) {
            // Entries are renamed into place whole, so this one was damaged later: touch nothing it may mean.
            entry.setAside();
        }
    }

    /** The file of one switch under way, and the lock that says its process lives. */
    private record Entry(Path file, ExclusiveFile alive) implements AutoCloseable {
        static Entry create(Path journal, String id) throws IOException {
            return take(journal, id).orElseThrow(() -> new IllegalStateException("a fresh journal entry is locked"));
        }

        /** Empty if a living process has it. */
        static Optional<Entry> take(Path journal, String id) throws IOException {
            return ExclusiveFile.tryAcquire(journal.resolve(id + LOCK), "a checkout")
                    .map(lock -> new Entry(journal.resolve(id + ENTRY), lock));
        }

        private Path fresh() {
            return Path.of(file.toString() + NEW);
        }

        void write(Map<String, ?> content) throws IOException {
            DurableFiles.write(fresh(), CheckedJson.bytes(content));
            Files.move(fresh(), file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            DurableFiles.syncFolder(DurableFiles.folderOf(file));
        }

        /** Empty if it was never written down, or finished by somebody else just now. */
        Optional<JsonObject> read() throws IOException {
            try {
                return Optional.of(CheckedJson.parse(Files.readAllBytes(file)));
            } catch (NoSuchFileException e) {
                return Optional.empty();
            }
        }

        void setAside() throws IOException {
            Files.move(file, file.resolveSibling(file.getFileName() + ".damaged"));
            delete();
        }

        void delete() throws IOException {
            Files.deleteIfExists(fresh());
            Files.deleteIfExists(file);
            alive.delete();
        }

        @Override
        public void close() throws IOException {
            alive.close();
        }
    }
}
