package dev.mgit.hooks;

import dev.mgit.delta.MgitException;
import dev.mgit.lineage.checkpoint.CommitRequest;
import dev.mgit.lineage.checkpoint.Commits;
import dev.mgit.lineage.checkpoint.CopyProgress;
import dev.mgit.lineage.checkpoint.VersionFiles;
import dev.mgit.lineage.graph.LineageGraph;
import dev.mgit.lineage.remote.Exchange;
import dev.mgit.lineage.repository.Repository;
import dev.mgit.lineage.repository.UserRecords;
import dev.mgit.lineage.repository.WriterLock;
import dev.mgit.lineage.version.Lineage;
import dev.mgit.lineage.version.Person;
import dev.mgit.lineage.version.Transaction;
import dev.mgit.lineage.version.VersionId;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A real repository as hooks see it. */
public final class RepositoryWorkspace implements Workspace {
    /** Where no file can be. */
    private static final Path NOWHERE = Path.of("/dev/null/trusted");

    private final Repository repository;
    private final Person author;
    private final Map<String, String> environment;
    private final Duration wait;
    private final Consumer<String> notice;
    private @Nullable WriterLock lock;

    /**
     * @param environment what commands start from
     * @param wait how long to wait for another writer
     * @param notice told in one sentence if there is somebody to wait for
     */
    public RepositoryWorkspace(
            Repository repository,
            Person author,
            Map<String, String> environment,
            Duration wait,
            Consumer<String> notice) {
        this.repository = repository;
        this.author = author;
        this.environment = Map.copyOf(environment);
        this.wait = wait;
        this.notice = notice;
    }

    @Override
    public Path root() {
        return repository.root();
    }

    @Override
    public Lineage lineage() {
        return repository.lineage();
    }

    @Override
    public LineageGraph graph() {
        return repository.graph();
    }

    @Override
    public Path scratch() {
        return repository.files().hooks();
    }

    @Override
    public Path trusted() {
        try {
            return repository.access().records().map(UserRecords::trusted).orElse(NOWHERE);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public Person author() {
        return author;
    }

    @Override
    public Map<String, String> environment() {
        return environment;
    }

    @Override
    public Optional<String> setting(String key) {
        Optional<String> value = repository.settings().get(key);
        if (value.isPresent() && runSettings().containsKey(RunSettings.canonical(key))) {
            requireAccepted(RunSettings.item(RunSettings.canonical(key), value.get()));
        }
        return value;
    }

    private void requireAccepted(Trust.Item item) {
        if (!new Trust(trusted()).accepts(item)) {
            throw new MgitException(
                    MgitException.Kind.FAILED,
                    "the " + item.name() + " came with the repository and has not been accepted here",
                    "review and approve it with 'mgit hooks trust'");
        }
    }

    @Override
    public Map<String, String> runSettings() {
        Map<String, String> found = new TreeMap<>();
        repository.ownSettings().all().forEach((key, values) -> {
            if (RunSettings.decides(key)) {
                found.put(RunSettings.canonical(key), values.get(values.size() - 1));
            }
        });
        return found;
    }

    /** Joins no notes: what runs elsewhere brings none. */
    @Override
    public Optional<Exchange> exchange() {
        return Optional.of(new Exchange(
                repository,
                environment,
                author,
                what -> repository.lock(what, wait, notice),
                notice,
                Map.of(),
                CopyProgress.none()));
    }

    /** Writes plain copies: these folders are not checkouts that a user would commit from. */
    @Override
    public void checkout(VersionId version, Path folder) {
        try {
            new VersionFiles(repository, CopyProgress.none()).writeTo(folder, version);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public VersionId write(Transaction transaction, NewModelVersion version) {
        WriterLock held = lock;
        if (held == null) {
            throw new IllegalStateException("write needs the repository's lock");
        }
        List<CommitRequest.Origin> origins = version.origins().stream()
                .map(edge -> new CommitRequest.Origin(edge.parent(), edge.kind()))
                .toList();
        var request = new CommitRequest(
                version.folder(),
                Optional.of(version.model()),
                Optional.of(version.message()),
                origins,
                Map.of(),
                author,
                Instant.now().truncatedTo(ChronoUnit.SECONDS),
                version.extra(),
                false,
                version.weightsOnly());
        try {
            return new Commits(repository, CopyProgress.none()).write(request, version.previous(), transaction, held);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public Held lock(String what) {
        if (lock != null) {
            throw new IllegalStateException("the lock is already held");
        }
        CommandContract.requireOutside(environment, root());
        try {
            WriterLock held = repository.lock(what, wait, notice);
            lock = held;
            return () -> release(held);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void release(WriterLock held) {
        lock = null;
        try {
            held.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
