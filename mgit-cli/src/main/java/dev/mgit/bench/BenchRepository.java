package dev.mgit.bench;

import dev.mgit.hooks.RepositoryWorkspace;
import dev.mgit.lineage.checkpoint.CommitRequest;
import dev.mgit.lineage.checkpoint.CommitResult;
import dev.mgit.lineage.checkpoint.Commits;
import dev.mgit.lineage.checkpoint.CopyProgress;
import dev.mgit.lineage.checkpoint.Lossy;
import dev.mgit.lineage.maintain.DiskUsage;
import dev.mgit.lineage.maintain.DiskUsageReport;
import dev.mgit.lineage.repository.Repository;
import dev.mgit.lineage.repository.WriterLock;
import dev.mgit.lineage.version.EdgeKind;
import dev.mgit.lineage.version.Person;
import dev.mgit.lineage.version.Transaction;
import dev.mgit.lineage.version.VersionId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A repository that a benchmark commits to and checks out of, without a word. */
final class BenchRepository implements AutoCloseable {
    private static final Person AUTHOR = new Person("bench", "bench@localhost");

    private final Repository repository;
    private final Map<String, VersionId> versions = new HashMap<>();

    BenchRepository(Path folder) throws IOException {
        this.repository = Repository.init(folder);
    }

    private BenchRepository(Repository repository) {
        this.repository = repository;
    }

    static BenchRepository open(Path folder) throws IOException {
        return new BenchRepository(Repository.open(folder));
    }

    /** Makes models of versions that are in the lineage already, as one operation. */
    void setModels(Map<String, String> heads) throws IOException {
        try (WriterLock lock = repository.lock("bench", Duration.ofSeconds(10), notice -> {})) {
            lock.requireHeld();
            Transaction transaction = repository.lineage().begin("bench", AUTHOR);
            heads.forEach((model, head) -> transaction.setModel(model, new VersionId(head)));
            transaction.apply();
        }
    }

    /** Commits a folder as a model of its own. */
    CommitResult commit(String model, Path files, List<String> parents, EdgeKind kind, Optional<Lossy> lossy)
            throws IOException {
        List<CommitRequest.Origin> origins = parents.stream()
                .map(parent -> new CommitRequest.Origin(version(parent), kind))
                .toList();
        var request = new CommitRequest(
                files, Optional.of(model), Optional.empty(), origins, Map.of(), AUTHOR, Instant.now(), Map.of());
        try (WriterLock lock = repository.lock("bench", Duration.ofSeconds(10), notice -> {})) {
            CommitResult result = new Commits(repository, CopyProgress.none()).commit(request, lossy, lock);
            versions.put(model, result.version());
            return result;
        }
    }

    /** Writes a model's files to an empty or new folder. */
    void checkout(String model, Path folder) throws IOException {
        Files.createDirectories(folder);
        new RepositoryWorkspace(repository, AUTHOR, Map.of(), Duration.ofSeconds(10), notice -> {})
                .checkout(version(model), folder);
    }

    DiskUsageReport usage() throws IOException {
        return new DiskUsage(repository, CopyProgress.none()).measure(List.of());
    }

    private VersionId version(String model) {
        return Optional.ofNullable(versions.get(model)).orElseThrow();
    }

    @Override
    public void close() {
        repository.close();
    }
}
