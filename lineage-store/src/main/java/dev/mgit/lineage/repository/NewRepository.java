package dev.mgit.lineage.repository;

import dev.mgit.delta.MgitException;
import dev.mgit.lineage.git.DurableNames;
import dev.mgit.lineage.git.GitLineage;
import java.io.IOException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/** Makes repositories: beside their place, and moved there once they are whole. */
final class NewRepository {
    private static final String BUILDING = RepositoryFiles.FOLDER + "-new-";

    private NewRepository() {}

    /**
     * Makes one in a folder.
     *
     * @param shared whether the group that the folder belongs to is to work in it, too
     * @throws MgitException of kind FAILED if there is one already
     */
    static RepositoryFiles make(Path folder, boolean shared) throws IOException {
        Path root = folder.toAbsolutePath().normalize();
        RepositoryFiles target = RepositoryFiles.below(root);
        if (Files.exists(target.mgit())) {
            throw MgitException.failed("there is already a repository in " + root);
        }
        DurableNames.createFolders(root);
        removeUnfinished(root);
        // Who may look into it is for the user's umask to say, as with Git.
        Path temporary = Files.createDirectory(root.resolve(BUILDING + UUID.randomUUID()));
        RepositoryFiles building = new RepositoryFiles(root, temporary);
        WriterLock lock = WriterLock.acquire(building.lockFile(), "mgit init", Duration.ZERO, notice -> {});
        try (lock) {
            build(building);
            if (shared) {
                GitLineage.share(building.lineage());
                SharedFolder.make(temporary, root);
            }
            DurableNames.syncTree(temporary);
            Files.move(temporary, target.mgit(), StandardCopyOption.ATOMIC_MOVE);
            DurableFiles.syncFolder(root);
        } catch (FileAlreadyExistsException | DirectoryNotEmptyException e) {
            throw new MgitException(MgitException.Kind.FAILED, "there is already a repository in " + root, null, e);
        }
        return target;
    }

    private static void build(RepositoryFiles building) throws IOException {
        GitLineage.create(building.lineage());
        Files.createDirectories(building.checkouts());
        Files.createDirectories(building.journal());
        Files.createDirectories(building.index());
        Files.write(building.id(), RepositoryIdentity.newId());
        Files.writeString(building.config(), "");
        RepositoryFormat.write(building);
    }

    /** Removes what a killed 'mgit init' was building; one that lives holds the lock in it. */
    private static void removeUnfinished(Path root) throws IOException {
        List<Path> found = new ArrayList<>();
        try (DirectoryStream<Path> folders = Files.newDirectoryStream(root, BUILDING + "*")) {
            folders.forEach(found::add);
        }
        found.removeIf(folder -> !Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS));
        for (Path folder : found) {
            Optional<ExclusiveFile> dead =
                    ExclusiveFile.tryAcquire(new RepositoryFiles(root, folder).lockFile(), "mgit init");
            if (dead.isPresent()) {
                try (ExclusiveFile mine = dead.get()) {
                    mine.delete();
                    DurableFiles.deleteTree(folder);
                }
            }
        }
    }
}
