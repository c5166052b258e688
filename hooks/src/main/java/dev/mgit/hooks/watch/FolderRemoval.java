package dev.mgit.hooks.watch;

import dev.mgit.delta.MgitException;
import dev.mgit.delta.ResourceException;
import dev.mgit.lineage.checkpoint.CommittedFolder;
import dev.mgit.lineage.checkpoint.FolderLook;
import dev.mgit.lineage.repository.FileStat;
import dev.mgit.lineage.repository.Repository;
import dev.mgit.lineage.version.VersionId;
import java.io.IOException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Deletes folders of which a version has everything, as the store proves by giving all of it back. The folder is first
 * renamed, so that no trainer takes half of one for a checkpoint and whoever comes after a crash knows what was under
 * way; each file is looked at once more before it goes.
 */
final class FolderRemoval {
    private static final Pattern UNDER_WAY = Pattern.compile("\\.mgit-removing-([0-9a-f]{40})-(.+)", Pattern.DOTALL);

    private static final String WRITTEN_TO = "something wrote to it";

    private final Repository repository;

    FolderRemoval(Repository repository) {
        this.repository = repository;
    }

    /** Why it is not deleted; nothing if it is. */
    Optional<String> remove(Path folder, VersionId version) throws IOException {
        FolderLook look = FolderLook.of(folder);
        var committed = new CommittedFolder(repository, folder);
        Optional<String> why = committed.difference(version, look);
        if (why.isPresent()) {
            return why;
        }
        try {
            committed.verify(version);
        } catch (MgitException e) {
            ResourceException.throwIfBehind(e);
            return Optional.of("the store does not give " + version.abbreviated() + " back: " + e.getMessage());
        }
        Path aside = folder.resolveSibling(".mgit-removing-" + version.hex() + "-" + folder.getFileName());
        try {
            Files.move(folder, aside, StandardCopyOption.ATOMIC_MOVE);
        } catch (FileSystemException e) {
            return Optional.of("it cannot be renamed: " + e.getMessage());
        }
        Optional<String> stopped = FolderLook.of(aside).equals(look) ? delete(aside, look) : Optional.of(WRITTEN_TO);
        if (stopped.isPresent()) {
            return Optional.of(stopped.get() + backTo(folder, aside));
        }
        committed.forget();
        return Optional.empty();
    }

    /** Gives it its name again; says so where that is taken. */
    private static String backTo(Path folder, Path aside) throws IOException {
        if (Files.exists(folder, LinkOption.NOFOLLOW_LINKS)) {
            return "; what is left of it is in " + aside.getFileName();
        }
        Files.move(aside, folder, StandardCopyOption.ATOMIC_MOVE);
        return "";
    }

    /** Deletes what is as it was looked at. If something else is there, or cannot be deleted, that stays and is said. */
    private static Optional<String> delete(Path folder, FolderLook look) throws IOException {
        for (Map.Entry<String, FileStat> file : look.files().entrySet()) {
            if (!FileStat.of(folder.resolve(file.getKey())).equals(file.getValue())) {
                return Optional.of(WRITTEN_TO);
            }
            Optional<String> refused = delete(folder.resolve(file.getKey()));
            if (refused.isPresent()) {
                return refused;
            }
        }
        List<Path> folders = new ArrayList<>();
        look.folders().forEach(path -> folders.add(folder.resolve(path)));
        folders.sort(Comparator.reverseOrder());
        folders.add(folder);
        return folders.stream()
                .map(FolderRemoval::delete)
                .flatMap(Optional::stream)
                .findFirst();
    }

    private static Optional<String> delete(Path path) {
        try {
            Files.delete(path);
            return Optional.empty();
        } catch (DirectoryNotEmptyException e) {
            return Optional.of(WRITTEN_TO);
        } catch (IOException e) {
            return Optional.of("it cannot be deleted: " + e.getMessage());
        }
    }

    /** Finishes what a killed process was deleting, as far as a version still has it. */
    void finish(Path run, Consumer<WatchEvent> events) throws IOException {
        List<Path> left = new ArrayList<>();
        try (DirectoryStream<Path> found = Files.newDirectoryStream(run, ".mgit-removing-*")) {
            found.forEach(left::add);
        }
        for (Path aside : left) {
            Matcher name = UNDER_WAY.matcher(String.valueOf(aside.getFileName()));
            if (Files.isDirectory(aside, LinkOption.NOFOLLOW_LINKS) && name.matches()) {
                var version = new VersionId(name.group(1));
                Optional<String> why = finish(aside, version);
                events.accept(
                        why.isEmpty()
                                ? WatchEvent.of(WatchEvent.Kind.REMOVED, name.group(2), version, 0, "")
                                : WatchEvent.of(WatchEvent.Kind.KEPT, name.group(0), version, 0, why.get()));
            }
        }
    }

    private Optional<String> finish(Path aside, VersionId version) throws IOException {
        FolderLook look = FolderLook.of(aside);
        var committed = new CommittedFolder(repository, aside);
        try {
            Optional<String> why = committed.unstored(version, look);
            if (why.isPresent()) {
                return why;
            }
            committed.verify(version);
        } catch (MgitException e) {
            ResourceException.throwIfBehind(e);
            return Optional.of(e.getMessage());
        }
        Optional<String> stopped = delete(aside, look);
        if (stopped.isPresent()) {
            return stopped;
        }
        committed.forget();
        return Optional.empty();
    }
}
