package dev.mgit.lineage.repository;

import dev.mgit.delta.MgitException;
import dev.mgit.lineage.git.GitSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What a user may do with a repository, and where what is kept for them lies: in it, where it is theirs to write, else
 * in their own folder, if they have one.
 */
public final class Access {
    private final RepositoryFiles files;
    private final User user;
    private final boolean ours;
    private final Optional<UserRecords> records;
    private @Nullable Seal seal;

    private Access(RepositoryFiles files, User user, boolean ours, Optional<UserRecords> records) {
        this.files = files;
        this.user = user;
        this.ours = ours;
        this.records = records;
    }

    static Access of(RepositoryFiles files, User user) throws IOException {
        boolean ours = user.owns(files.mgit()) || user.consentsTo(files.root(), safe(user));
        return new Access(files, user, ours, UserRecords.of(user, files, ours));
    }

    /** Only from the user's own settings: a repository cannot vouch for itself. */
    private static List<String> safe(User user) {
        return user.config()
                .map(file -> GitSettings.read(file).all().getOrDefault("safe.directory", List.of()))
                .orElse(List.of());
    }

    /** @throws MgitException of kind FAILED if the repository is somebody else's, and the user did not consent to it */
    public void requireOurs() throws IOException {
        if (!ours) {
            throw new MgitException(
                    MgitException.Kind.FAILED,
                    "the repository in " + files.root() + " belongs to another user (" + owner() + ")",
                    "it can be read; to work with it as with your own: mgit config --global --add safe.directory "
                            + files.root().toRealPath());
        }
    }

    private String owner() throws IOException {
        return Files.getOwner(files.mgit()).getName();
    }

    private boolean writable() {
        return ours && Files.isWritable(files.mgit());
    }

    /** Whether what only this user needs is kept in the repository: not where others work in it too, or it cannot be written. */
    private boolean keptHere() throws IOException {
        return writable() && (records.isEmpty() || !isShared());
    }

    /** Whether the repository is a group's, whose members write it by turns. */
    public boolean isShared() throws IOException {
        return SharedFolder.is(files.mgit());
    }

    /** What is kept of the repository in the user's own folder; empty if they have none. */
    public Optional<UserRecords> records() {
        return records;
    }

    public Seal seal() {
        Seal known = seal;
        if (known == null) {
            known = Seal.of(records);
            seal = known;
        }
        return known;
    }

    /** Folders with records of what is checked out where. */
    public List<Path> checkouts() {
        List<Path> folders = new ArrayList<>();
        records.map(UserRecords::checkouts).filter(Files::isDirectory).ifPresent(folders::add);
        folders.add(files.checkouts());
        return folders;
    }

    /** Where such a record is to be written; empty if there is no place for it. */
    public Optional<Path> writableCheckouts() {
        return writable() ? Optional.of(files.checkouts()) : records.map(UserRecords::checkouts);
    }

    /** Where derived data is kept; it cannot be written everywhere. */
    Path index() throws IOException {
        return keptHere() ? files.index() : records.map(UserRecords::index).orElse(files.index());
    }

    /**
     * Starts replacing files of a folder.
     *
     * @param fresh whether the folder does not exist yet
     */
    public Journal journal(Path folder, boolean fresh) throws IOException {
        Optional<Path> entries = keptHere() ? Optional.of(files.journal()) : records.map(UserRecords::journal);
        return Journal.start(entries, seal(), FolderSwitch.Place.of(folder, fresh));
    }

    void recover() throws IOException {
        if (writable()) {
            Journal.recover(files.journal(), this::seal, List.of(files.checkouts()), user.notice());
        }
        if (records.isPresent()) {
            Path checkouts = records.get().checkouts();
            Journal.recover(records.get().journal(), this::seal, List.of(checkouts), user.notice());
        }
    }
}
