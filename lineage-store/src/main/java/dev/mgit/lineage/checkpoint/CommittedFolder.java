package dev.mgit.lineage.checkpoint;

import dev.mgit.delta.MgitException;
import dev.mgit.lineage.repository.ExclusiveFile;
import dev.mgit.lineage.repository.FileStat;
import dev.mgit.lineage.repository.Repository;
import dev.mgit.lineage.version.Checkpoint;
import dev.mgit.lineage.version.FileEntry;
import dev.mgit.lineage.version.VersionId;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/**
 * A folder anywhere that was committed and is no checkout: whether a version still has all that lies in it. What files
 * looked like when that was known is kept beside the repository's indexes, so that nothing is read twice.
 */
public final class CommittedFolder {
    private final Repository repository;
    private final Path folder;
    private final FileContents contents;

    /** @param folder absolute */
    public CommittedFolder(Repository repository, Path folder) {
        this.repository = repository;
        this.folder = folder;
        this.contents = new FileContents(repository, 1);
    }

    /** Keeps other processes from claiming the folder too; empty if one has. */
    public Optional<ExclusiveFile> claim(String what) throws IOException {
        Files.createDirectories(repository.knownFiles());
        String name = CheckoutState.fileName(repository, folder).replace(".json", ".claim");
        return ExclusiveFile.tryAcquire(repository.knownFiles().resolve(name), what);
    }

    /** The version that it was last known to hold; empty if that is not known, or the version is gone. */
    public Optional<VersionId> version() {
        return KnownFiles.versionOf(repository, folder).filter(this::exists);
    }

    private boolean exists(VersionId version) {
        try {
            repository.lineage().checkpoint(version);
            return true;
        } catch (MgitException e) {
            return false;
        }
    }

    /** Whether not one of the files is there that {@link #version()} was made of: another folder took its place. */
    public boolean isReplaced(VersionId version, FolderLook look) {
        KnownFiles known = KnownFiles.load(repository, folder, version);
        return look.files().entrySet().stream().noneMatch(file -> known.vouchFor(file.getKey(), file.getValue()));
    }

    /**
     * Notes that a version was made of the folder.
     *
     * @param before the look at it before the commit
     * @param when that was, as {@link FileStat#now}
     */
    public void record(VersionId version, FolderLook before, long when) throws IOException {
        FolderLook now = FolderLook.of(folder);
        KnownFiles known = KnownFiles.none(repository, folder, version);
        Checkpoint committed = repository.lineage().checkpoint(version);
        for (FileEntry file : committed.files()) {
            FileStat stat = before.files().getOrDefault(file.path(), FileStat.ABSENT);
            boolean untouched = stat.settled(when) && stat.equals(now.files().get(file.path()));
            if (untouched || stat.exists() && contents.equal(version, file, folder.resolve(file.path()))) {
                known.add(file.path(), stat);
            }
        }
        known.save();
    }

    /** Drops all that is known of the folder: it is gone, or another one took its place. */
    public void forget() throws IOException {
        String name = CheckoutState.fileName(repository, folder);
        for (Path place : repository.access().checkouts()) {
            Files.deleteIfExists(place.resolve(name));
        }
        Files.deleteIfExists(repository.knownFiles().resolve(name));
    }

    /**
     * What the folder has that the version has not, or the other way round: the first, in words; nothing if they hold
     * the same. Files that nobody can have touched, going by the file system, are not read.
     *
     * @param look at the folder
     */
    public Optional<String> difference(VersionId version, FolderLook look) throws IOException {
        Optional<String> more = unstored(version, look);
        if (more.isPresent()) {
            return more;
        }
        return repository.lineage().checkpoint(version).files().stream()
                .map(FileEntry::path)
                .filter(path -> !look.files().containsKey(path))
                .findFirst()
                .map(path -> "'" + path + "' is gone");
    }

    /** Likewise, what the version has besides left aside. */
    public Optional<String> unstored(VersionId version, FolderLook look) throws IOException {
        Checkpoint stored = repository.lineage().checkpoint(version);
        KnownFiles known = KnownFiles.load(repository, folder, version);
        for (Map.Entry<String, FileStat> file : look.files().entrySet()) {
            String path = file.getKey();
            Optional<FileEntry> entry = stored.file(path);
            if (entry.isEmpty()) {
                return Optional.of("'" + path + "' is not in the version");
            }
            try {
                if (!known.vouchFor(path, file.getValue()) && !holds(version, entry.get(), file.getValue(), known)) {
                    return Optional.of("'" + path + "' is not as it was committed");
                }
            } catch (NoSuchFileException e) {
                return Optional.of("'" + path + "' leads nowhere");
            }
        }
        known.save();
        return Optional.empty();
    }

    private boolean holds(VersionId version, FileEntry file, FileStat look, KnownFiles known) throws IOException {
        Path path = folder.resolve(file.path());
        long now = FileStat.now();
        FileStat itself = look.regular() ? look : FileStat.following(path);
        if (!itself.regular()
                || !FileContents.sameMode(file, itself, path)
                || !contents.equal(version, file, path)
                || !FileStat.of(path).equals(look)) {
            return false;
        }
        if (look.settled(now)) {
            known.add(file.path(), look);
        }
        return true;
    }

    /**
     * Reads a version back from the store, all of it.
     *
     * @throws MgitException of kind INTEGRITY if it is not what was committed
     */
    public void verify(VersionId version) throws IOException {
        for (FileEntry file : repository.lineage().checkpoint(version).files()) {
            FileContent.copy(repository, version, file, OutputStream.nullOutputStream());
        }
    }
}
