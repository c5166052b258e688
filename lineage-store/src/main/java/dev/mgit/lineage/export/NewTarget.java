package dev.mgit.lineage.export;

import dev.mgit.delta.MgitException;
import dev.mgit.lineage.git.DurableNames;
import dev.mgit.lineage.repository.FileStat;
import dev.mgit.lineage.repository.FolderSwitch;
import dev.mgit.lineage.repository.Journal;
import dev.mgit.lineage.repository.Repository;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * A folder or a file that an export makes. It is written beside its place under the journal and renamed, so that it
 * appears whole or not at all; nothing is ever overwritten.
 */
public final class NewTarget {
    private NewTarget() {}

    /** Writes what is to appear. */
    @FunctionalInterface
    public interface Content {
        /** @param place an empty folder, or the path of a file that does not exist */
        void write(Path place) throws IOException;
    }

    /**
     * Makes a folder.
     *
     * @throws MgitException of kind CONFLICT if there is something in its place other than an empty folder, USAGE if it
     *     would lie in {@code .mgit}
     */
    public static void folder(Repository repository, Path target, Content content) throws IOException {
        Path folder = outside(repository, target);
        requireFree(folder);
        DurableNames.createFolders(parent(folder));
        try (Journal journal = repository.access().journal(folder, true)) {
            content.write(journal.staging());
            requireFree(folder);
            journal.finish(FolderSwitch.whole(Optional.empty()));
        }
    }

    /**
     * Makes a file.
     *
     * @throws MgitException of kind CONFLICT if there is something in its place, USAGE if it would lie in {@code .mgit}
     */
    public static void file(Repository repository, Path target, Content content) throws IOException {
        Path file = outside(repository, target);
        requireAbsent(file);
        Path folder = parent(file);
        DurableNames.createFolders(folder);
        String name = String.valueOf(file.getFileName());
        try (Journal journal = repository.access().journal(folder, false)) {
            content.write(journal.staging().resolve(name));
            requireAbsent(file);
            List<Path> kept = journal.finish(
                    new FolderSwitch(List.of(name), List.of(), Map.of(name, FileStat.ABSENT), Optional.empty()));
            if (!kept.isEmpty()) {
                throw new MgitException(
                        MgitException.Kind.CONFLICT,
                        "'" + file + "' was created during the export; that file is kept as '" + kept.get(0) + "'",
                        "compare the two");
            }
        }
    }

    private static Path outside(Repository repository, Path target) throws IOException {
        repository.recover();
        Path path = target.toAbsolutePath().normalize();
        if (path.startsWith(repository.files().mgit())) {
            throw MgitException.usage("'" + path + "' is inside the repository's own folder");
        }
        if (path.getParent() == null) {
            throw MgitException.usage("'" + path + "' is the root of the file system");
        }
        return path;
    }

    private static Path parent(Path path) {
        return Objects.requireNonNull(path.getParent(), "the root was refused");
    }

    private static void requireFree(Path folder) throws IOException {
        if (Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS)) {
            try (DirectoryStream<Path> found = Files.newDirectoryStream(folder)) {
                if (found.iterator().hasNext()) {
                    throw exists(folder, "' is not empty");
                }
            }
        } else {
            requireAbsent(folder);
        }
    }

    private static void requireAbsent(Path path) {
        if (Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
            throw exists(path, "' exists");
        }
    }

    private static MgitException exists(Path path, String what) {
        return new MgitException(
                MgitException.Kind.CONFLICT,
                "'" + path + what + ", and an export overwrites nothing",
                "export to a new place, or move it away");
    }
}
