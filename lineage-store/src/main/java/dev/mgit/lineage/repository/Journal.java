package dev.mgit.lineage.repository;

import dev.mgit.delta.MgitException;
import dev.mgit.delta.json.CheckedJson;
import dev.mgit.delta.json.JsonException;
import dev.mgit.delta.json.JsonObject;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * Replaces several files of a user's folder as one: they are prepared in a staging folder, the journal says what is to
 * happen, then it happens. A crash before the journal says so leaves the old files and a staging folder to remove; a
 * crash after it, a switch to be finished. Either is done by the user's next command. Each entry has a lock file that
 * its process holds, so that the entries of the living are left alone.
 *
 * <p>Anybody may have planted an entry, or written it for folders of their own: only one that this user's mgit has
 * sealed is acted on. The others are told of and left.
 */
public final class Journal implements AutoCloseable {
    private static final String ENTRY = ".json";
    private static final String LOCK = ".lock";
    private static final String NEW = ".new";

    private final Optional<Path> entry;
    private final Optional<ExclusiveFile> alive;
    private final Seal seal;
    private final FolderSwitch.Place place;
    private boolean unfinished;

    private Journal(Optional<Path> entry, Optional<ExclusiveFile> alive, Seal seal, FolderSwitch.Place place) {
        this.entry = entry;
        this.alive = alive;
        this.seal = seal;
        this.place = place;
    }

    /**
     * Starts: writes down that the staging folder is mgit's to remove, then creates it.
     *
     * @param journal folder of entries; empty if there is none to write to
     */
    static Journal start(Optional<Path> journal, Seal seal, FolderSwitch.Place place) throws IOException {
        String id = UUID.randomUUID().toString();
        Optional<ExclusiveFile> alive = Optional.empty();
        if (journal.isPresent()) {
            Files.createDirectories(journal.get());
            alive = Optional.of(ExclusiveFile.tryAcquire(journal.get().resolve(id + LOCK), "a checkout")
                    .orElseThrow(() -> new IllegalStateException("a fresh journal entry is locked")));
        }
        var started = new Journal(journal.map(folder -> folder.resolve(id + ENTRY)), alive, seal, place);
        boolean ready = false;
        try {
            started.write(place.json());
            Files.createDirectories(place.staging());
            ready = true;
            return started;
        } finally {
            if (!ready) {
                started.close();
            }
        }
    }

    /** Where the new files are prepared, each at its path in the folder. */
    public Path staging() {
        return place.staging();
    }

    /**
     * Makes the switch, or has the next command make it if this one is killed.
     *
     * @return files of the user's that stood in the way unexpectedly, and were kept under another name
     */
    public List<Path> finish(FolderSwitch change) throws IOException {
        write(change.json(place));
        unfinished = true;
        List<Path> kept = change.make(place);
        unfinished = false;
        return kept;
    }

    /**
     * Removes the staging folder and the entry, unless a switch was begun and could not be finished: that is left for
     * the next command.
     */
    @Override
    public void close() throws IOException {
        try {
            if (unfinished) {
                return;
            }
            removeStaging();
            if (entry.isPresent()) {
                Files.deleteIfExists(beside(entry.get(), NEW));
                Files.deleteIfExists(entry.get());
                alive.orElseThrow().delete();
            }
        } finally {
            if (alive.isPresent()) {
                alive.get().close();
            }
        }
    }

    /** Durably, before the entry goes: else nobody would remove one that a power failure brings back. */
    private void removeStaging() throws IOException {
        if (Files.exists(place.staging(), LinkOption.NOFOLLOW_LINKS)) {
            DurableFiles.deleteTree(place.staging());
            DurableFiles.syncFolder(DurableFiles.folderOf(place.staging()));
        }
    }

    /** By which an entry is sealed. */
    private static String name(Path entry) {
        return "journal/" + entry.getFileName();
    }

    private static Path beside(Path entry, String ending) {
        return Path.of(entry.toString().replaceFirst("\\.json$", ending));
    }

    /**
     * Finishes or takes back whatever crashed commands of this user left.
     *
     * @param seal asked for only if something was interrupted
     * @param checkouts folders in which what a folder holds may be recorded
     * @param notice told of entries that are not theirs
     */
    static void recover(Path journal, Supplier<Seal> seal, List<Path> checkouts, Consumer<String> notice)
            throws IOException {
        // An entry that was never written down has a lock, one that came back after a power failure may have none.
        Set<Path> entries = new TreeSet<>();
        try (DirectoryStream<Path> found = Files.newDirectoryStream(journal, "*{" + LOCK + "," + ENTRY + "}")) {
            for (Path file : found) {
                if (Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
                    entries.add(Path.of(file.toString().replaceFirst("\\.lock$", ENTRY)));
                }
            }
        } catch (NoSuchFileException e) {
            return;
        }
        for (Path entry : entries) {
            Path lock = beside(entry, LOCK);
            if (Files.exists(lock, LinkOption.NOFOLLOW_LINKS)
                    && !Files.isRegularFile(lock, LinkOption.NOFOLLOW_LINKS)) {
                continue; // planted, or damaged
            }
            Optional<ExclusiveFile> dead = acquire(lock);
            if (dead.isPresent()) {
                try (ExclusiveFile mine = dead.get()) {
                    recover(entry, mine, seal.get(), checkouts, notice);
                }
            }
        }
    }

    private static Optional<ExclusiveFile> acquire(Path lock) throws IOException {
        try {
            return ExclusiveFile.tryAcquire(lock, "cleaning up after a checkout");
        } catch (AccessDeniedException e) {
            return Optional.empty(); // another user's, and for them to see to
        }
    }

    private static void recover(
            Path entry, ExclusiveFile alive, Seal seal, List<Path> checkouts, Consumer<String> notice)
            throws IOException {
        if (Files.exists(entry, LinkOption.NOFOLLOW_LINKS) && !Files.isRegularFile(entry, LinkOption.NOFOLLOW_LINKS)) {
            return;
        }
        try {
            JsonObject json = CheckedJson.parse(Files.readAllBytes(entry));
            if (!seal.holds(name(entry), json)) {
                notice.accept("an interrupted checkout into "
                        + json.optionalString("folder").orElse("some folder")
                        + " was left alone, since nothing shows that it was yours; if it was, check out again and "
                        + "remove " + entry);
                return;
            }
            FolderSwitch.Place place = FolderSwitch.Place.read(json);
            Optional<FolderSwitch> change = FolderSwitch.read(json, checkouts);
            if (change.isPresent() && place.isThere()) {
                change.get()
                        .make(place)
                        .forEach(kept ->
                                notice.accept("what was changed since a checkout was interrupted is kept as " + kept));
            }
            new Journal(Optional.of(entry), Optional.of(alive), seal, place).close();
        } catch (NoSuchFileException e) {
            // Never written down, or finished by somebody else just now.
            Files.deleteIfExists(beside(entry, NEW));
            alive.delete();
        } catch (FileSystemException e) {
            throw new MgitException(
                    MgitException.Kind.FAILED,
                    "an interrupted checkout cannot be finished: " + e.getMessage(),
                    "mend that and run the command again, or remove " + entry + " to give the checkout up",
                    e);
        } catch (JsonException | IllegalArgumentException e) {
            // Entries are renamed into place whole, so this one was damaged later: touch nothing it may mean.
            Files.move(
                    entry, entry.resolveSibling(entry.getFileName() + ".damaged"), StandardCopyOption.REPLACE_EXISTING);
            alive.delete();
        }
    }

    private void write(Map<String, ?> content) throws IOException {
        if (entry.isPresent()) {
            Path temporary = beside(entry.get(), NEW);
            DurableFiles.write(temporary, CheckedJson.bytes(seal.sealed(name(entry.get()), content)));
            Files.move(temporary, entry.get(), StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            DurableFiles.syncFolder(DurableFiles.folderOf(entry.get()));
        }
    }
}
