package dev.mgit.lineage.checkpoint;

import dev.mgit.delta.MgitException;
import dev.mgit.lineage.checkpoint.CheckoutState.Fingerprint;
import dev.mgit.lineage.parameters.FileRestorer;
import dev.mgit.lineage.repository.DurableFiles;
import dev.mgit.lineage.repository.Journal;
import dev.mgit.lineage.repository.Repository;
import dev.mgit.lineage.repository.RepositoryFiles;
import dev.mgit.lineage.version.Checkpoint;
import dev.mgit.lineage.version.FileEntry;
import dev.mgit.lineage.version.Glob;
import dev.mgit.lineage.version.Manifest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * Writes versions into folders, bit for bit. Everything is written beside the target and verified first, then moved
 * into place under a journal, so that a folder holds the old version or the new one and never a mixture.
 */
public final class Checkouts {
    /** Parts of a path that lead elsewhere, or into folders whose files are programs' settings and hooks. */
    private static final Set<String> RESERVED = Set.of("", ".", "..", ".git", ".mgit");

    private final Repository repository;
    private final Progress progress;
    private final int threads;

    public Checkouts(Repository repository, Progress progress) {
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
            return new TensorExtraction(repository, progress, threads).extract(request, checkpoint);
        }
        List<FileEntry> wanted = checkpoint.files().stream()
                .filter(file ->
                        request.files().map(glob -> glob.testPath(file.path())).orElse(true))
                .toList();
        wanted.forEach(file -> requireSafe(file.path()));
        if (wanted.isEmpty()) {
            throw MgitException.usage("no file of " + request.version().abbreviated() + " matches '"
                    + request.files().orElse(Glob.ALL) + "'");
        }
        Path folder = request.folder().toAbsolutePath().normalize();
        boolean partial = wanted.size() < checkpoint.files().size();
        Optional<CheckoutState> before = CheckoutState.find(repository, folder)
                .filter(state -> state.folder().equals(folder));
        if (Files.notExists(folder, LinkOption.NOFOLLOW_LINKS)) {
            fresh(request, folder, wanted, partial);
        } else {
            over(request, folder, wanted, before, partial);
        }
        return wanted.stream().map(FileEntry::path).toList();
    }

    /** Paths came from a commit that may have come from anywhere: none may lead out of the folder. */
    static void requireSafe(String path) {
        boolean safe = path.chars().allMatch(c -> c >= ' ' && c != 0x7f && c != '\\');
        for (String part : path.split("/", -1)) {
            safe &= !RESERVED.contains(part.toLowerCase(Locale.ROOT));
        }
        if (!safe) {
            throw MgitException.integrity("the version names a file '" + path
                    + "' outside its folder or inside a repository's own folder; nothing was written");
        }
    }

    /** Into a folder that is not there yet: built beside it and renamed as a whole. */
    private void fresh(CheckoutRequest request, Path folder, List<FileEntry> wanted, boolean partial)
            throws IOException {
        Path parent = Objects.requireNonNull(folder.getParent(), "the root is never empty");
        Files.createDirectories(parent);
        Path staging = Journal.staging(parent);
        try (Journal journal = repository.startSwitch(folder, staging)) {
            restoreAll(request, wanted, staging);
            repository.leavePointer(staging, folder);
            var files = new TreeMap<String, Fingerprint>();
            for (FileEntry file : wanted) {
                files.put(file.path(), Fingerprint.of(staging.resolve(file.path())));
            }
            Journal.Move state = prepare(journal, request, folder, partial, files);
            journal.finish(List.of(new Journal.Move(staging, folder), state), List.of());
        }
    }

    /** What the folder will be known to hold appears with its files. */
    private Journal.Move prepare(
            Journal journal, CheckoutRequest request, Path folder, boolean partial, Map<String, Fingerprint> files)
            throws IOException {
        var state = new CheckoutState(folder, request.model(), request.version(), partial, new TreeMap<>(files));
        Files.createDirectories(repository.files().checkouts());
        DurableFiles.write(journal.prepared(), state.bytes(repository));
        return new Journal.Move(journal.prepared(), CheckoutState.stateFile(repository, folder));
    }

    /** Into a folder that exists: only what differs, and nothing that was changed there. */
    private void over(
            CheckoutRequest request,
            Path folder,
            List<FileEntry> wanted,
            Optional<CheckoutState> before,
            boolean partial)
            throws IOException {
        if (!Files.isDirectory(folder)) {
            throw new MgitException(
                    MgitException.Kind.USAGE, "'" + folder + "' is not a folder", "give a folder to check out to");
        }
        for (FileEntry file : wanted) {
            requirePlace(folder, file.path());
        }
        var comparison = new FolderComparison(repository, folder, before, threads);
        List<FileEntry> missing = new ArrayList<>();
        List<String> conflicts = new ArrayList<>();
        for (FileEntry file : wanted) {
            switch (comparison.against(request.version(), file)) {
                case SAME -> {}
                case MISSING, OURS -> missing.add(file);
                case CHANGED -> {
                    missing.add(file);
                    conflicts.add(file.path());
                }
            }
        }
        List<Path> removals = partial ? List.of() : comparison.leftOver(wanted, conflicts);
        if (!conflicts.isEmpty() && !request.force()) {
            throw new MgitException(
                    MgitException.Kind.CONFLICT,
                    "checkout would overwrite " + conflicts.size() + " changed or unknown file(s) in '" + folder + "': "
                            + String.join(", ", conflicts.subList(0, Math.min(5, conflicts.size()))),
                    "commit them first, choose another folder, or give --force");
        }
        Path staging = Journal.staging(folder);
        try (Journal journal = repository.startSwitch(folder, staging)) {
            restoreAll(request, missing, staging);
            List<Journal.Move> moves = new ArrayList<>();
            for (FileEntry file : missing) {
                moves.add(new Journal.Move(staging.resolve(file.path()), folder.resolve(file.path())));
            }
            if (repository.leavePointer(staging, folder)) {
                moves.add(new Journal.Move(
                        staging.resolve(RepositoryFiles.FOLDER), folder.resolve(RepositoryFiles.FOLDER)));
            }
            var files = new TreeMap<String, Fingerprint>();
            for (FileEntry file : wanted) {
                Path from = missing.contains(file) ? staging : folder;
                files.put(file.path(), Fingerprint.of(from.resolve(file.path())));
            }
            moves.add(prepare(journal, request, folder, partial, files));
            journal.finish(moves, removals);
        }
    }

    /** Whatever stands where a file or its folders belong must be replaceable by one rename, and inside the folder. */
    private static void requirePlace(Path folder, String path) {
        Path relative = Path.of(path);
        String obstacle = "";
        for (int i = 1; i < relative.getNameCount(); i++) {
            Path above = folder.resolve(relative.subpath(0, i));
            if (Files.exists(above, LinkOption.NOFOLLOW_LINKS)
                    && !Files.isDirectory(above, LinkOption.NOFOLLOW_LINKS)) {
                obstacle = above + "' is not a folder";
            }
        }
        if (Files.isDirectory(folder.resolve(path), LinkOption.NOFOLLOW_LINKS)) {
            obstacle = folder.resolve(path) + "' is a folder";
        }
        if (!obstacle.isEmpty()) {
            throw new MgitException(
                    MgitException.Kind.CONFLICT,
                    "'" + obstacle + ", but the version has a file '" + path + "'",
                    "move it away, or check out into another folder");
        }
    }

    private void restoreAll(CheckoutRequest request, List<FileEntry> files, Path staging) throws IOException {
        List<FileEntry> large = files.stream()
                .filter(file -> file.stored() == FileEntry.Stored.PARAMETERS)
                .toList();
        for (FileEntry file : files) {
            Files.createDirectories(
                    Objects.requireNonNull(staging.resolve(file.path()).getParent()));
            if (file.stored() == FileEntry.Stored.VERBATIM) {
                DurableFiles.write(
                        staging.resolve(file.path()), repository.lineage().verbatim(request.version(), file.path()));
            }
        }
        if (!large.isEmpty()) {
            restoreLarge(request, large, staging);
        }
        for (FileEntry file : files) {
            if (file.executable() && !staging.resolve(file.path()).toFile().setExecutable(true)) {
                throw MgitException.failed("cannot make '" + file.path() + "' executable");
            }
        }
    }

    private void restoreLarge(CheckoutRequest request, List<FileEntry> large, Path staging) throws IOException {
        progress.start("writing", large.stream().mapToLong(FileEntry::size).sum());
        try (var store = repository.parameters();
                var restorer = new FileRestorer(store, threads)) {
            for (FileEntry file : large) {
                Manifest manifest = repository.lineage().manifest(request.version(), file.path());
                String where =
                        request.model() + " at " + request.version().abbreviated() + ", file '" + file.path() + "'";
                restorer.restore(manifest, where, staging.resolve(file.path()), progress::advance);
            }
        } finally {
            progress.done();
        }
    }
}
