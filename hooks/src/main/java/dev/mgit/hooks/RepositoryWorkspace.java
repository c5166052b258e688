package dev.mgit.hooks;

import dev.mgit.delta.MgitException;
import dev.mgit.lineage.checkpoint.CommitRequest;
import dev.mgit.lineage.checkpoint.Commits;
import dev.mgit.lineage.checkpoint.Progress;
import dev.mgit.lineage.graph.LineageGraph;
import dev.mgit.lineage.parameters.FileRestorer;
import dev.mgit.lineage.parameters.ParameterStore;
import dev.mgit.lineage.repository.Repository;
import dev.mgit.lineage.repository.WriterLock;
import dev.mgit.lineage.version.FileEntry;
import dev.mgit.lineage.version.Lineage;
import dev.mgit.lineage.version.Person;
import dev.mgit.lineage.version.Transaction;
import dev.mgit.lineage.version.VersionId;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** A real repository as hooks see it. */
public final class RepositoryWorkspace implements Workspace {
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
        return repository.files().mgit().resolve("trusted");
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
        return repository.settings().get(key);
    }

    /** Writes plain copies: these folders are not checkouts that a user would commit from. */
    @Override
    public void checkout(VersionId version, Path folder) {
        try {
            Optional<ParameterStore> store = Optional.empty();
            try {
                for (FileEntry file : lineage().checkpoint(version).files()) {
                    Path target = confined(folder, file.path());
                    Files.createDirectories(target.toAbsolutePath().getParent());
                    if (file.stored() == FileEntry.Stored.VERBATIM) {
                        Files.write(target, lineage().verbatim(version, file.path()));
                    } else {
                        if (store.isEmpty()) {
                            store = Optional.of(repository.parameters());
                        }
                        restore(store.get(), version, file.path(), target);
                    }
                    if (file.executable() && !target.toFile().setExecutable(true)) {
                        throw MgitException.failed("cannot make '" + target + "' executable");
                    }
                }
            } finally {
                store.ifPresent(ParameterStore::close);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void restore(ParameterStore store, VersionId version, String path, Path target) throws IOException {
        String where = version.abbreviated() + ", file '" + path + "'";
        try (var restorer = new FileRestorer(store, Runtime.getRuntime().availableProcessors())) {
            restorer.restore(lineage().manifest(version, path), where, target, bytes -> {});
        }
    }

    /** Paths came from a commit that may have come from anywhere. */
    private static Path confined(Path folder, String path) {
        Path root = folder.toAbsolutePath().normalize();
        Path target = root.resolve(path).normalize();
        if (!target.startsWith(root) || target.equals(root)) {
            throw MgitException.integrity("the version names a file '" + path + "' outside its folder");
        }
        return target;
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
                version.extra());
        try {
            return new Commits(repository, Progress.none()).write(request, version.previous(), transaction, held);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public <T> T locked(String what, Supplier<T> body) {
        if (lock != null) {
            throw new IllegalStateException("the lock is already held");
        }
        Commands.requireOutside(environment, root());
        try (WriterLock held = repository.lock(what, wait, notice)) {
            lock = held;
            return body.get();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } finally {
            lock = null;
        }
    }
}
