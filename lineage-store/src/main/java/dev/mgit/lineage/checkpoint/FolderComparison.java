package dev.mgit.lineage.checkpoint;

import dev.mgit.lineage.repository.FileStat;
import dev.mgit.lineage.repository.Repository;
import dev.mgit.lineage.version.FileEntry;
import dev.mgit.lineage.version.Lineage;
import dev.mgit.lineage.version.VersionId;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * How a folder's files stand against a version and against what mgit put there. May be asked again after a while: what
 * looks the same to the file system, beyond doubt, is not read twice.
 */
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

    /**
     * What came of looking at a file.
     *
     * @param stat what it looked like before it was read
     * @param settled whether every change since then shows
     */
    record Look(Standing standing, FileStat stat, boolean settled) {}

    private final Lineage lineage;
    private final Path folder;
    private final Optional<CheckoutState> before;
    private final FileContents contents;
    private final Map<String, FileEntry> recorded = new HashMap<>();
    private final Optional<KnownFiles> known;
    private final Map<String, Look> looks = new HashMap<>();

    FolderComparison(Repository repository, Path folder, Optional<CheckoutState> before, int threads) {
        this.lineage = repository.lineage();
        this.folder = folder;
        this.before = before;
        this.contents = new FileContents(repository, threads);
        this.known = before.map(state -> KnownFiles.load(repository, state));
        before.ifPresent(state -> lineage.checkpoint(state.version()).files().stream()
                .filter(file -> state.files().contains(file.path()))
                .forEach(file -> recorded.put(file.path(), file)));
    }

    /** Paths of the files that the folder was given before. */
    Set<String> givenFiles() {
        return before.<Set<String>>map(CheckoutState::files).orElse(Set.of());
    }

    /** Paths of the folders without files that it was given. */
    List<String> givenFolders() {
        return before.filter(state -> !state.partial())
                .map(state -> lineage.checkpoint(state.version()).folders())
                .orElse(List.of());
    }

    /** How a file stands that the version has. */
    Look against(VersionId version, FileEntry file) throws IOException {
        return look(file.path(), onDisk -> {
            if (onDisk.holds(version, file)) {
                return Standing.SAME;
            }
            return onDisk.asRecorded() ? Standing.OURS : Standing.CHANGED;
        });
    }

    /** How a file stands that the version does not have. */
    Look leftOver(String path) throws IOException {
        return look(path, onDisk -> onDisk.asRecorded() ? Standing.OURS : Standing.CHANGED);
    }

    private interface Judgement {
        Standing of(OnDisk file) throws IOException;
    }

    private Look look(String path, Judgement judgement) throws IOException {
        long now = FileStat.now();
        FileStat stat = FileStat.of(folder.resolve(path));
        Look last = looks.get(path);
        if (last != null && last.settled() && last.stat().equals(stat)) {
            return last;
        }
        Standing standing = stat.exists() ? judgement.of(new OnDisk(path, stat)) : Standing.MISSING;
        if (!FileStat.of(folder.resolve(path)).equals(stat)) {
            standing = Standing.CHANGED; // while it was being read
        }
        var look = new Look(standing, stat, stat.settled(now));
        looks.put(path, look);
        return look;
    }

    /** A file as it lies there, read at most once and only if nothing vouches for it. */
    private final class OnDisk {
        private final String path;
        private final FileStat stat;
        private @Nullable String sha256;

        OnDisk(String path, FileStat stat) {
            this.path = path;
            this.stat = stat;
        }

        /** True if it is what mgit put there. */
        boolean asRecorded() throws IOException {
            FileEntry old = recorded.get(path);
            return old != null && holds(before.orElseThrow().version(), old);
        }

        /** True if it is what a version says, to the bit and in whether it may be executed. */
        boolean holds(VersionId version, FileEntry file) throws IOException {
            return stat.regular()
                    && stat.size() == file.size()
                    && FileContents.sameMode(file, stat, folder.resolve(path))
                    && (vouchedFor(version) || sha256().equals(contents.sha256(version, file)));
        }

        private boolean vouchedFor(VersionId version) {
            return before.filter(state -> state.version().equals(version)).isPresent()
                    && known.orElseThrow().vouchFor(path, stat);
        }

        private String sha256() throws IOException {
            String read = sha256;
            if (read == null) {
                FileEntry old = recorded.get(path);
                read = old != null && known.orElseThrow().vouchFor(path, stat)
                        ? contents.sha256(before.orElseThrow().version(), old)
                        : FileContents.sha256(folder.resolve(path));
                sha256 = read;
            }
            return read;
        }
    }
}
