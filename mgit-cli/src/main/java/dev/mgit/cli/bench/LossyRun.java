package dev.mgit.cli.bench;

import dev.mgit.delta.MgitException;
import dev.mgit.fixtures.MadeModel;
import dev.mgit.fixtures.Trees;
import dev.mgit.hooks.RepositoryWorkspace;
import dev.mgit.lineage.checkpoint.CommitRequest;
import dev.mgit.lineage.checkpoint.CommitResult;
import dev.mgit.lineage.checkpoint.Commits;
import dev.mgit.lineage.checkpoint.Lossy;
import dev.mgit.lineage.checkpoint.Progress;
import dev.mgit.lineage.maintain.DiskUsage;
import dev.mgit.lineage.repository.Repository;
import dev.mgit.lineage.repository.WriterLock;
import dev.mgit.lineage.version.EdgeKind;
import dev.mgit.lineage.version.Person;
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

/** One repository that the benchmark's graph is stored in. */
final class LossyRun implements AutoCloseable {
    private static final Person AUTHOR = new Person("bench", "bench@localhost");
    private static final String WEIGHTS = "model.safetensors";

    private final Repository repository;
    private final Optional<Lossy> lossy;
    private final double bound;
    private final Path scratch;
    private final Map<String, VersionId> versions = new HashMap<>();
    private long original;
    private long stored;
    private long ofTask1;
    private long storedOfTask1;
    private double largestError;

    private LossyRun(Repository repository, Optional<Double> bound, Path scratch) {
        this.repository = repository;
        this.bound = bound.orElse(0.0);
        this.lossy = bound.map(Lossy::within);
        this.scratch = scratch;
    }

    static LossyRun in(Path folder, Optional<Double> bound) throws IOException {
        return new LossyRun(Repository.init(folder), bound, folder.resolve("out"));
    }

    /** Commits a model's files, and holds what the store gives back against them. */
    void add(MadeModel model, Path files) throws IOException {
        List<CommitRequest.Origin> origins = model.parents().stream()
                .map(parent -> new CommitRequest.Origin(version(parent), EdgeKind.FINETUNE))
                .toList();
        var request = new CommitRequest(
                files, Optional.of(model.name()), Optional.empty(), origins, Map.of(), AUTHOR, Instant.now(), Map.of());
        try (WriterLock lock = repository.lock("bench", Duration.ofSeconds(10), notice -> {})) {
            CommitResult result = new Commits(repository, Progress.none()).commit(request, lossy, lock);
            versions.put(model.name(), result.version());
            original += result.bytes();
            stored += result.storedBytes();
            if (model.name().startsWith("task-1-")) {
                ofTask1 += result.bytes();
                storedOfTask1 += result.storedBytes();
            }
        }
        float[] back = Fp32File.read(restored(model.name()));
        double error = Fp32File.largestDifference(Fp32File.read(files.resolve(WEIGHTS)), back);
        if (!(error <= bound)) {
            throw MgitException.integrity(model.name() + " came back off by " + error);
        }
        largestError = Math.max(largestError, error);
        Trees.delete(scratch);
    }

    /** A stored version's weights as an array. */
    float[] parentOf(MadeModel model) throws IOException {
        float[] weights = Fp32File.read(restored(model.parents().get(0)));
        Trees.delete(scratch);
        return weights;
    }

    private Path restored(String model) throws IOException {
        Files.createDirectories(scratch);
        new RepositoryWorkspace(repository, AUTHOR, Map.of(), Duration.ofSeconds(10), notice -> {})
                .checkout(version(model), scratch);
        return scratch.resolve(WEIGHTS);
    }

    private VersionId version(String model) {
        return Optional.ofNullable(versions.get(model)).orElseThrow();
    }

    /** Everything below {@code .mgit}. */
    long folderBytes() throws IOException {
        return new DiskUsage(repository, Progress.none()).measure(List.of()).totalBytes();
    }

    long original() {
        return original;
    }

    long stored() {
        return stored;
    }

    long ofTask1() {
        return ofTask1;
    }

    long storedOfTask1() {
        return storedOfTask1;
    }

    double largestError() {
        return largestError;
    }

    @Override
    public void close() {
        repository.close();
    }
}
