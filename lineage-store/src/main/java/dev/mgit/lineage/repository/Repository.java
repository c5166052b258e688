package dev.mgit.lineage.repository;

import dev.mgit.delta.MgitException;
import dev.mgit.lineage.git.DurableNames;
import dev.mgit.lineage.git.GitExchange;
import dev.mgit.lineage.git.GitLineage;
import dev.mgit.lineage.git.GitSettings;
import dev.mgit.lineage.git.GitSigner;
import dev.mgit.lineage.graph.GraphIndex;
import dev.mgit.lineage.graph.LineageGraph;
import dev.mgit.lineage.parameters.ParameterStore;
import dev.mgit.lineage.parameters.RocksParameterStore;
import dev.mgit.lineage.tensorindex.TensorIndex;
import dev.mgit.lineage.version.Lineage;
import dev.mgit.lineage.version.ObjectId;
import dev.mgit.lineage.version.SettingsFile;
import dev.mgit.lineage.version.VersionId;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** One mgit repository. Opens its parts only when they are needed: lineage without parameters is the usual case. */
public final class Repository implements AutoCloseable {
    /** Of the layout below {@code .mgit}. */
    public static final int FORMAT = RepositoryFormat.CURRENT;

    /** How long a reader waits for a writer, to put a store right. */
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final RepositoryFiles files;
    private final User user;
    private Consumer<String> warnings = warning -> {};
    private @Nullable Access access;
    private @Nullable WriterLock held;
    private @Nullable MissingParameters missing;
    private Supplier<Optional<GitSigner>> signer = Optional::empty;
    private @Nullable GitLineage lineage;
    private final List<GitExchange> exchanges = new CopyOnWriteArrayList<>();
    private @Nullable SettingsFile settings;

    private Repository(RepositoryFiles files, User user) {
        this.files = files;
        this.user = user;
    }

    /**
     * Creates a repository.
     *
     * @throws MgitException of kind FAILED if there is one already
     */
    public static Repository init(Path directory, User user) throws IOException {
        return init(directory, user, false);
    }

    /**
     * The same.
     *
     * @param shared whether the group that the folder belongs to is to work in it, too
     */
    public static Repository init(Path directory, User user, boolean shared) throws IOException {
        return new Repository(NewRepository.make(directory, shared), user);
    }

    /** The same for nobody in particular. */
    public static Repository init(Path directory) throws IOException {
        return init(directory, User.unknown());
    }

    /**
     * Opens the repository a folder lies in, found by walking up as Git does, for nobody in particular: that it is
     * somebody else's is not noticed, and nothing is kept of it for later.
     */
    public static Repository open(Path start) throws IOException {
        return open(start, User.unknown());
    }

    /**
     * The same for a user. A repository that belongs to somebody else, and that the user has not said to be safe, can
     * be read and not changed.
     *
     * @throws MgitException of kind FAILED if there is none, of kind INTEGRITY if there is a link below {@code .mgit}
     */
    public static Repository open(Path start, User user) throws IOException {
        Repository found = openUnchecked(start, user);
        PlainFiles.requireFiles(found.files);
        RepositoryFormat.require(found.files);
        return found;
    }

    /** The same for whoever repairs it: the file that says which format it has may be missing or damaged. */
    public static Repository openDamaged(Path start, User user) throws IOException {
        Repository found = openUnchecked(start, user);
        if (RepositoryFormat.read(found.files).isPresent() || !Files.isDirectory(found.files.lineage())) {
            RepositoryFormat.require(found.files);
        }
        return found;
    }

    private static Repository openUnchecked(Path start, User user) throws IOException {
        var repository = new Repository(RepositoryLookup.from(start), user);
        PlainFiles.require(repository.files);
        return repository;
    }

    /** The same repository opened anew, for another thread; the caller closes it. What was set here holds there too. */
    public Repository again() {
        var again = new Repository(files, user);
        again.warnings = warnings;
        again.missing = missing;
        again.signer = signer;
        return again;
    }

    /**
     * Writes the file by which mgit finds this repository from a folder outside it; false if the folder lies inside.
     *
     * @param staging where the file is prepared
     */
    public boolean leavePointer(Path staging, Path folder) throws IOException {
        boolean outside = !folder.toAbsolutePath().normalize().startsWith(files.root());
        if (outside) {
            RepositoryLookup.leavePointer(staging, files);
        }
        return outside;
    }

    /**
     * Makes up for what is missing of the files and folders that are the same in every repository of this format.
     *
     * @return what was done, a line each
     */
    public List<String> repairLayout(WriterLock lock) throws IOException {
        lock.requireHeld();
        List<String> done = new ArrayList<>(new LayoutRepair(files).run());
        if (RepositoryFormat.read(files).isEmpty()) {
            RepositoryFormat.write(files);
            done.add("wrote the file 'format' again");
        }
        settings = null;
        return done;
    }

    /** Whom to tell, in one sentence, of what is odd but no reason to stop; nobody until this is called. */
    public void warn(Consumer<String> listener) {
        warnings = listener;
    }

    /** Who signs every version that is made, if anybody; nobody until this is called, before the lineage is opened. */
    public void signVersions(Supplier<Optional<GitSigner>> by) {
        signer = by;
    }

    /** The folder that holds {@code .mgit}. */
    public Path root() {
        return files.root();
    }

    public RepositoryFiles files() {
        return files;
    }

    /** The lineage graph; opening it never opens the parameter store. */
    public Lineage lineage() {
        GitLineage opened = lineage;
        if (opened == null) {
            opened = GitLineage.open(files.lineage(), files.operationLog(), warning -> warnings.accept(warning));
            opened.signVersions(signer);
            lineage = opened;
        }
        return opened;
    }

    /** What fetching and pushing need of the lineage; the caller closes it. */
    public GitExchange exchange() {
        GitExchange opened =
                GitExchange.open(files.lineage(), files.operationLog(), warning -> warnings.accept(warning));
        exchanges.removeIf(GitExchange::isClosed);
        exchanges.add(opened);
        return opened;
    }

    /** The whole lineage as it stands, by way of the index. */
    public LineageGraph graph() {
        return new GraphIndex(derived(files.graphIndex())).load(lineage()).graph();
    }

    /** The whole lineage, or that of one version where no model or tag leads to it any more. */
    public LineageGraph graphWith(VersionId version) {
        LineageGraph whole = graph();
        return whole.contains(version) ? whole : LineageGraph.of(lineage(), List.of(version));
    }

    /** Where a file or folder of the index is kept for this user. */
    public Path derived(Path file) {
        try {
            return access().index().resolve(files.index().relativize(file));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public TensorIndex tensorIndex() {
        return new TensorIndex(derived(files.tensorIndex()));
    }

    /** The repository's settings, and the user's own where it has none. */
    public SettingsFile settings() {
        SettingsFile read = settings;
        if (read == null) {
            read = GitSettings.ofRepository(files.config(), user.config());
            settings = read;
        }
        return read;
    }

    /** The settings in the repository's own file alone. */
    public SettingsFile ownSettings() {
        return GitSettings.ofRepository(files.config(), Optional.empty());
    }

    /** What this user may do here, and where what is kept for them lies. */
    public Access access() throws IOException {
        Access known = access;
        if (known == null) {
            known = Access.of(files, user);
            access = known;
        }
        return known;
    }

    /**
     * Takes the right to change the repository, and first puts right what a crashed command left.
     *
     * @param notice told in one sentence if somebody else has to be waited for
     * @throws MgitException of kind CONFLICT if the lock is not free in time, FAILED if the repository is somebody
     *     else's
     */
    public WriterLock lock(String what, Duration wait, Consumer<String> notice) throws IOException {
        access().requireOurs();
        PlainFiles.requireAll(files);
        WriterLock lock = WriterLock.acquire(files.lockFile(), what, wait, notice);
        boolean ready = false;
        try {
            if (lock.afterCrash()) {
                SharedFolder.requireShared(files.mgit());
                GitLineage.removeLeftovers(files.lineage());
                removeLeftovers();
            }
            RebuiltStore.finish(files);
            recover();
            if (lineage != null) {
                lineage.refresh();
            }
            for (GitExchange exchange : exchanges) {
                if (!exchange.isClosed()) {
                    exchange.refresh();
                }
            }
            settings = null;
            lock.beforeRelease(this::share);
            ready = true;
            held = lock;
            return lock;
        } finally {
            if (!ready) {
                lock.abandon();
            }
        }
    }

    /** Leaves to the group what was written, where the repository is a group's; {@code core.sharedRepository} makes it one. */
    private void share() throws IOException {
        if (GitLineage.isShared(files.lineage()) && !SharedFolder.is(files.mgit()) && user.owns(files.mgit())) {
            SharedFolder.make(files.mgit(), files.root());
        } else {
            SharedFolder.shareTree(files.mgit());
        }
    }

    /** The writer lock, if it was taken through this object and not given back. */
    public Optional<WriterLock> heldLock() {
        return Optional.ofNullable(held).filter(WriterLock::isHeld);
    }

    /** Removes what a killed holder of the lock was writing beside mgit's own files. */
    private void removeLeftovers() throws IOException {
        Files.deleteIfExists(files.config().resolveSibling("config.lock"));
        removeUnfinished();
        DurableFiles.deleteTree(files.parametersBeingRebuilt());
    }

    private void removeUnfinished() throws IOException {
        DurableFiles.removeUnfinished(files.mgit(), 1);
        DurableFiles.removeUnfinished(files.checkouts(), 1);
        DurableFiles.removeUnfinished(files.index(), Integer.MAX_VALUE);
    }

    /** Removes files of mgit's own that a killed command was writing which did not hold the lock. */
    public void removeUnfinished(WriterLock lock) throws IOException {
        lock.requireHeld();
        removeUnfinished();
    }

    /** Makes the rebuilt store the one that counts; the one before is kept beside it. */
    public void takeRebuiltParameters(WriterLock lock) throws IOException {
        lock.requireHeld();
        DurableNames.syncTree(files.parametersBeingRebuilt());
        Files.move(files.parametersBeingRebuilt(), files.parametersRebuilt(), StandardCopyOption.ATOMIC_MOVE);
        DurableFiles.syncFolder(files.mgit());
        RebuiltStore.finish(files);
    }

    /** Finishes or takes back what a killed command of this user was doing to their folders. */
    public void recover() throws IOException {
        access().recover();
    }

    /** What the files of checked-out folders looked like when they were known to be right; derived data. */
    public Path knownFiles() {
        try {
            return access().index().resolve("checkouts");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The parameter store for writing; the caller holds the lock and closes the store. */
    public ParameterStore writableParameters(WriterLock lock) {
        lock.requireHeld();
        return RocksParameterStore.openWritable(files.parameters());
    }

    /**
     * The parameter store for reading, as it is now; the caller closes it.
     *
     * @throws MgitException of kind INTEGRITY if nothing was ever stored
     */
    public ParameterStore parameters() {
        return parametersIfAny()
                .orElseThrow(() ->
                        MgitException.integrity("the parameter store is missing: there is no " + files.parameters()));
    }

    /** Where parameters come from that are not here; from nowhere until this is called. */
    public void bringMissing(MissingParameters source) {
        missing = source;
    }

    /**
     * Refuses to read through everything where there is a pipe or a link among the files.
     *
     * @throws MgitException of kind INTEGRITY
     */
    public void requirePlainFiles() throws IOException {
        PlainFiles.requireObjects(files);
        PlainFiles.requireParameters(files);
    }

    /** Sees that objects are here that are about to be read, if they can be had from anywhere. */
    public void require(Supplier<Map<ObjectId, Long>> objects) {
        MissingParameters source = missing;
        if (source != null) {
            try {
                source.bring(objects.get());
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    /**
     * The parameter store for reading, with objects that are needed in it; the caller closes it.
     *
     * @throws MgitException as {@link #parameters()}; of kind REMOTE if they are at a remote that does not give them
     */
    public ParameterStore parameters(Supplier<Map<ObjectId, Long>> needed) {
        require(needed);
        return parameters();
    }

    /** Like {@link #parameters()}, empty if nothing was ever stored. */
    public Optional<ParameterStore> parametersIfAny() {
        PlainFiles.requireParameters(files);
        if (RocksParameterStore.isBehind(files.parameters())) {
            putParametersRight();
        }
        return RocksParameterStore.openReadOnly(files.parameters()).map(store -> store);
    }

    private void putParametersRight() {
        Optional<WriterLock> mine = heldLock();
        if (mine.isPresent()) {
            writableParameters(mine.get()).close();
            return;
        }
        try (WriterLock lock = lock("put the parameter store right", PATIENCE, notice -> {})) {
            writableParameters(lock).close();
        } catch (IOException | UncheckedIOException | MgitException e) {
            // whoever opens it says what is wrong with it
        }
    }

    @Override
    public void close() {
        if (lineage != null) {
            try {
                lineage.close();
            } catch (UncheckedIOException e) {
                throw new IllegalStateException(e);
            }
        }
    }
}
