package dev.mgit.lineage.maintain;

import dev.mgit.delta.codec.Effort;
import dev.mgit.fixtures.MadeModel;
import dev.mgit.lineage.checkpoint.CheckoutRequest;
import dev.mgit.lineage.checkpoint.Checkouts;
import dev.mgit.lineage.checkpoint.CommitRequest;
import dev.mgit.lineage.checkpoint.CommitRequest.Origin;
import dev.mgit.lineage.checkpoint.Commits;
import dev.mgit.lineage.checkpoint.CopyProgress;
import dev.mgit.lineage.repository.Repository;
import dev.mgit.lineage.repository.WriterLock;
import dev.mgit.lineage.version.EdgeKind;
import dev.mgit.lineage.version.Manifest;
import dev.mgit.lineage.version.Person;
import dev.mgit.lineage.version.Transaction;
import dev.mgit.lineage.version.VersionId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Stream;

/** A repository for tests. Models are made and lie outside of it, so that none counts as checked out. */
final class MadeRepository implements AutoCloseable {
    static final Person ADA = new Person("Ada", "ada@example.org");

    private final Path folder;
    private Repository repository;

    MadeRepository(Path folder) throws IOException {
        this.folder = folder;
        this.repository = Files.exists(folder.resolve("repository"))
                ? Repository.open(folder.resolve("repository"))
                : Repository.init(folder.resolve("repository"));
    }

    Repository repository() {
        return repository;
    }

    /** Opens the repository anew, as the next command would. */
    void reopen() throws IOException {
        repository.close();
        repository = Repository.open(folder.resolve("repository"));
    }

    WriterLock lock() throws IOException {
        return repository.lock("test", Duration.ofSeconds(60), notice -> {});
    }

    VersionId commit(MadeModel model, String... parents) throws IOException {
        return commit(model.name(), model.writeTo(folder.resolve("models")), parents);
    }

    VersionId commit(String name, Path files, String... parents) throws IOException {
        List<Origin> origins = Arrays.stream(parents)
                .map(parent -> new Origin(repository.lineage().resolve(parent), EdgeKind.FINETUNE))
                .toList();
        var request = new CommitRequest(
                files, Optional.of(name), Optional.empty(), origins, Map.of(), ADA, Instant.now(), Map.of());
        try (WriterLock lock = lock()) {
            return new Commits(repository, CopyProgress.none())
                    .commit(request, lock)
                    .version();
        }
    }

    void change(String what, Consumer<Transaction> change) throws IOException {
        WriterLock lock = lock();
        try (lock) {
            Transaction transaction = repository.lineage().begin(what, ADA);
            change.accept(transaction);
            transaction.apply();
        }
    }

    /** Cleans up, forgetting all operations. */
    /** The entry of a version's tensor in its manifest. */
    Manifest.Entry tensor(VersionId version, String name) {
        return repository.lineage().manifest(version, "model.safetensors").entries().stream()
                .filter(entry -> entry.tensor()
                        .filter(tensor -> tensor.name().equals(name))
                        .isPresent())
                .findFirst()
                .orElseThrow();
    }

    GcReport collectAll() throws IOException {
        return collect(new GarbageCollector.Request(Instant.now().plusSeconds(60), Optional.empty()));
    }

    GcReport collect(GarbageCollector.Request request) throws IOException {
        try (WriterLock lock = lock()) {
            return new GarbageCollector(repository, CopyProgress.none()).collect(request, lock);
        }
    }

    GcReport repack(Effort effort) throws IOException {
        return collect(new GarbageCollector.Request(Instant.EPOCH, Optional.of(effort)));
    }

    FsckReport fsck() throws IOException {
        return new Fsck(repository, CopyProgress.none()).everything(false);
    }

    /** Checks a version out into a fresh folder that is forgotten again, so that it does not keep the version alive. */
    void requireSame(VersionId version, String model) throws IOException {
        Path target = Files.createTempDirectory(folder, "checkout").resolve(model);
        new Checkouts(repository, CopyProgress.none()).checkout(CheckoutRequest.whole(version, model, target));
        requireSame(folder.resolve("models").resolve(model), target);
        forgetCheckouts();
    }

    /** So that what was checked out does not count as in use. */
    void forgetCheckouts() throws IOException {
        try (Stream<Path> states = Files.list(repository.files().checkouts())) {
            for (Path state : states.toList()) {
                Files.delete(state);
            }
        }
    }

    static void requireSame(Path expected, Path actual) throws IOException {
        try (Stream<Path> files = Files.walk(expected)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                Path other = actual.resolve(expected.relativize(file).toString());
                if (Files.mismatch(file, other) >= 0) {
                    throw new AssertionError(other + " differs from " + file);
                }
            }
        }
    }

    @Override
    public void close() {
        repository.close();
    }
}
