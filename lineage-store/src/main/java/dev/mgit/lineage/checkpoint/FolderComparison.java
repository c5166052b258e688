package dev.mgit.lineage.checkpoint;

import dev.mgit.lineage.repository.FolderSwitch;
import dev.mgit.lineage.repository.Repository;
import dev.mgit.lineage.version.FileEntry;
import dev.mgit.lineage.version.VersionId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** How a folder's files stand against a version and against what mgit put there. */
final class FolderComparison {
    /** Where a file stands. */
    enum Standing {
        /** There, and what the version says. */
        SAME,
        MISSING,
        /** There, as mgit put it there for another version. */
        OURS,
        /** There, and neither. */
        CHANGED
    }

    private final Repository repository;
    private final Path folder;
    private final Optional<CheckoutState> before;
    private final FileContents contents;

    FolderComparison(Repository repository, Path folder, Optional<CheckoutState> before, int threads) {
        this.repository = repository;
        this.folder = folder;
        this.before = before;
        this.contents = new FileContents(repository, threads);
    }

    Standing against(VersionId version, FileEntry file) throws IOException {
        Path path = folder.resolve(file.path());
        if (Files.notExists(path, LinkOption.NOFOLLOW_LINKS)) {
            return Standing.MISSING;
        }
        boolean ours = untouched(file.path());
        if (ours && before.orElseThrow().version().equals(version)) {
            return Standing.SAME;
        }
        if (ours && sameInBoth(version, file)) {
            return Standing.SAME;
        }
        if (!ours && Files.isRegularFile(path, LinkOption.NOFOLLOW_LINKS) && contents.equal(version, file, path)) {
            return Standing.SAME;
        }
        if (ours) {
            return Standing.OURS;
        }
        Optional<FileEntry> recorded = before.flatMap(
                state -> repository.lineage().checkpoint(state.version()).file(file.path()));
        boolean sameAsRecorded = recorded.isPresent()
                && Files.isRegularFile(path, LinkOption.NOFOLLOW_LINKS)
                && contents.equal(before.get().version(), recorded.get(), path);
        return sameAsRecorded ? Standing.OURS : Standing.CHANGED;
    }

    /** True if the file looks to the file system just as when mgit wrote it. */
    private boolean untouched(String path) throws IOException {
        if (before.isEmpty()) {
            return false;
        }
        CheckoutState.Fingerprint print = before.get().files().get(path);
        return print != null && print.matches(folder.resolve(path));
    }

    private boolean sameInBoth(VersionId version, FileEntry file) {
        VersionId old = before.orElseThrow().version();
        return repository.lineage().checkpoint(old).file(file.path()).equals(Optional.of(file))
                && contents.equal(old, version, file);
    }

    /**
     * Files of the version checked out before that the new one does not have.
     *
     * @param changed receives the paths of those that were changed since
     */
    List<FolderSwitch.Removal> leftOver(List<FileEntry> wanted, List<String> changed) throws IOException {
        if (before.isEmpty()) {
            return List.of();
        }
        Set<String> kept = new HashSet<>();
        wanted.forEach(file -> kept.add(file.path()));
        List<FolderSwitch.Removal> left = new ArrayList<>();
        for (String path : before.get().files().keySet()) {
            Path file = folder.resolve(path);
            if (!kept.contains(path) && Files.exists(file, LinkOption.NOFOLLOW_LINKS) && !behindLink(path)) {
                left.add(FolderSwitch.Removal.of(folder, path));
                Optional<FileEntry> recorded =
                        repository.lineage().checkpoint(before.get().version()).file(path);
                boolean same = untouched(path)
                        || (recorded.isPresent() && contents.equal(before.get().version(), recorded.get(), file));
                if (!same) {
                    changed.add(path);
                }
            }
        }
        return left;
    }

    /** Whether a folder on the way to a file is a link now; what lies behind it is not mgit's. */
    private boolean behindLink(String path) {
        for (Path above = Path.of(path).getParent(); above != null; above = above.getParent()) {
            if (Files.isSymbolicLink(folder.resolve(above))) {
                return true;
            }
        }
        return false;
    }
}
