package dev.mgit.lineage.checkpoint;

import dev.mgit.delta.MgitException;
import dev.mgit.lineage.git.DurableNames;
import dev.mgit.lineage.repository.FileStat;
import dev.mgit.lineage.repository.FolderSwitch;
import dev.mgit.lineage.repository.Journal;
import dev.mgit.lineage.repository.Repository;
import dev.mgit.lineage.repository.RepositoryFiles;
import dev.mgit.lineage.version.Checkpoint;
import dev.mgit.lineage.version.FileEntry;
import dev.mgit.lineage.version.SafePath;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeSet;

/**
 * Writes versions into folders, bit for bit. Everything is written beside the target and verified first, then moved
 * into place under a journal, so that a folder holds the old version or the new one and never a mixture.
 */
public final class Checkouts {
    private final Repository repository;
    private final CopyProgress progress;
    private final int threads;

    public Checkouts(Repository repository, CopyProgress progress) {
        this.repository = repository;
        this.progress = progress;
        this.threads = StoreSettings.of(repository.settings()).threads();
    }

    /**
     * Checks a version out.
     *
     * @return paths of the files written
     * @throws MgitException of kind CONFLICT if files in the way were changed, INTEGRITY if the store is damaged; the
     *     folder is then as it was
     */
    public List<String> checkout(CheckoutRequest request) throws IOException {
        repository.recover();
        Checkpoint checkpoint = repository.lineage().checkpoint(request.version());
        if (request.tensors().isPresent()) {
            return new TensorExtraction(repository, progress, threads).extract(request);
        }
        Selection wanted = Selection.of(request, checkpoint);
        Path folder = request.folder().toAbsolutePath().normalize();
        wanted.files().forEach(file -> SafePath.in(folder, file.path()));
        wanted.folders().forEach(path -> SafePath.in(folder, path));
        if (Files.notExists(folder, LinkOption.NOFOLLOW_LINKS)) {
            fresh(request, folder, wanted);
        } else {
            over(request, folder, wanted);
        }
        return wanted.files().stream().map(FileEntry::path).toList();
    }

    /** Into a folder that is not there yet: built beside it and renamed as a whole. */
    private void fresh(CheckoutRequest request, Path folder, Selection wanted) throws IOException {
        Path parent = Objects.requireNonNull(folder.getParent(), "the root is never empty");
        DurableNames.createFolders(parent);
        Map<String, FileStat> placed;
        try (Journal journal = repository.access().journal(folder, true)) {
            Path staging = journal.staging();
            write(request, staging, wanted.files(), wanted.folders());
            repository.leavePointer(staging, folder);
            placed = looks(staging, wanted.files());
            if (Files.exists(folder, LinkOption.NOFOLLOW_LINKS)) {
                throw new MgitException(
                        MgitException.Kind.CONFLICT,
                        "'" + folder + "' was created during the checkout",
                        "run the command again, or check out into another folder");
            }
            journal.finish(FolderSwitch.whole(record(request, folder, wanted)));
        }
        remember(request, folder, placed);
    }

    /** Into a folder that exists: only what differs, and nothing that was changed there. */
    private void over(CheckoutRequest request, Path folder, Selection wanted) throws IOException {
        requireFolder(folder);
        Optional<CheckoutState> before = CheckoutState.find(repository, folder)
                .filter(state -> state.folder().equals(folder));
        var comparison = new FolderComparison(repository, folder, before, threads);
        CheckoutPlan plan = plan(comparison, request, folder, wanted);
        List<Path> saved;
        Map<String, FileStat> placed;
        try (Journal journal = repository.access().journal(folder, false)) {
            Path staging = journal.staging();
            write(request, staging, plan.missing(), wanted.folders());
            Map<String, FileStat> written = looks(staging, plan.missing());
            // Writing may have taken minutes: once more, right before anything is replaced.
            CheckoutPlan now = plan(comparison, request, folder, wanted);
            now.requireWithin(plan, folder);
            saved = journal.finish(change(request, folder, staging, wanted, now));
            placed = new LinkedHashMap<>(now.kept());
            for (FileEntry file : now.missing()) {
                FileStat look = FileStat.of(folder.resolve(file.path()));
                if (look.equals(Objects.requireNonNull(written.get(file.path())).renamed(look.changed()))) {
                    placed.put(file.path(), look);
                }
            }
        }
        remember(request, folder, placed);
        requireNothingSaved(saved);
    }

    private static CheckoutPlan plan(
            FolderComparison comparison, CheckoutRequest request, Path folder, Selection wanted) throws IOException {
        wanted.files().forEach(file -> requirePlace(folder, file.path()));
        wanted.folders().forEach(path -> requireFolders(folder, Path.of(path)));
        CheckoutPlan plan = CheckoutPlan.of(comparison, folder, request.version(), wanted);
        if (!request.force()) {
            plan.requireNothingLost(folder);
        }
        return plan;
    }

    private FolderSwitch change(CheckoutRequest request, Path folder, Path staging, Selection wanted, CheckoutPlan plan)
            throws IOException {
        Map<String, FileStat> expected = new LinkedHashMap<>();
        plan.expected()
                .forEach((path, look) -> expected.put(folder.relativize(path).toString(), look));
        List<String> files =
                new ArrayList<>(plan.missing().stream().map(FileEntry::path).toList());
        for (String empty : wanted.folders()) {
            files.add(empty);
            expected.put(empty, FileStat.ABSENT);
        }
        if (repository.leavePointer(staging, folder)) {
            files.add(RepositoryFiles.FOLDER);
        }
        List<String> removals = plan.removals().stream()
                .map(path -> folder.relativize(path).toString())
                .toList();
        return new FolderSwitch(files, removals, expected, record(request, folder, wanted));
    }

    private void write(CheckoutRequest request, Path staging, List<FileEntry> files, List<String> folders)
            throws IOException {
        new VersionFiles(repository, progress).writeTo(staging, request.version(), files, folders);
    }

    /** What the folder will be known to hold appears with its files. */
    private Optional<FolderSwitch.CheckoutRecord> record(CheckoutRequest request, Path folder, Selection wanted)
            throws IOException {
        var paths = new TreeSet<String>();
        wanted.files().forEach(file -> paths.add(file.path()));
        return new CheckoutState(folder, request.model(), request.version(), wanted.partial(), paths)
                .asRecord(repository);
    }

    private static Map<String, FileStat> looks(Path folder, List<FileEntry> files) throws IOException {
        Map<String, FileStat> looks = new LinkedHashMap<>();
        for (FileEntry file : files) {
            looks.put(file.path(), FileStat.of(folder.resolve(file.path())));
        }
        return looks;
    }

    /** Notes what the files look like, as long as that is what was put there. */
    private void remember(CheckoutRequest request, Path folder, Map<String, FileStat> placed) throws IOException {
        KnownFiles known = KnownFiles.none(repository, folder, request.version());
        long now = FileStat.now();
        if (!placed.values().stream().allMatch(stat -> stat.settled(now))) {
            FileStat.awaitTick();
        }
        for (Map.Entry<String, FileStat> file : placed.entrySet()) {
            long before = FileStat.now();
            FileStat look = FileStat.of(folder.resolve(file.getKey()));
            if (look.equals(file.getValue()) && look.settled(before)) {
                known.add(file.getKey(), look);
            }
        }
        known.save();
    }

    private void requireFolder(Path folder) {
        if (!Files.isDirectory(folder)) {
            throw new MgitException(
                    MgitException.Kind.USAGE, "'" + folder + "' is not a folder", "give a folder to check out to");
        }
        if (!folder.startsWith(repository.root()) && Files.isDirectory(folder.resolve(RepositoryFiles.FOLDER))) {
            throw new MgitException(
                    MgitException.Kind.CONFLICT,
                    "'" + folder + "' holds a repository of its own",
                    "check out into another folder");
        }
    }

    /** Whatever stands where a file or its folders belong must be replaceable by one rename, and inside the folder. */
    private static void requirePlace(Path folder, String path) {
        Path above = Path.of(path).getParent();
        if (above != null) {
            requireFolders(folder, above);
        }
        if (Files.isDirectory(folder.resolve(path), LinkOption.NOFOLLOW_LINKS)) {
            throw obstacle(folder.resolve(path) + "' is a folder, but the version has a file of that name");
        }
    }

    private static void requireFolders(Path folder, Path relative) {
        for (int i = 1; i <= relative.getNameCount(); i++) {
            Path above = folder.resolve(relative.subpath(0, i));
            if (Files.exists(above, LinkOption.NOFOLLOW_LINKS)
                    && !Files.isDirectory(above, LinkOption.NOFOLLOW_LINKS)) {
                throw obstacle(above + "' is not a folder, but the version has a folder of that name");
            }
        }
    }

    private static MgitException obstacle(String what) {
        return new MgitException(
                MgitException.Kind.CONFLICT, "'" + what, "move it away, or check out into another folder");
    }

    /** @throws MgitException of kind CONFLICT if something of the user's had to be kept under another name */
    static void requireNothingSaved(List<Path> saved) {
        if (!saved.isEmpty()) {
            throw new MgitException(
                    MgitException.Kind.CONFLICT,
                    "the version is checked out, but " + saved.size()
                            + " file(s) were changed at the same moment and are kept as "
                            + String.join(
                                    ", ", saved.stream().map(Path::toString).toList()),
                    "compare them with the version's and remove what is not needed");
        }
    }
}
