package dev.mgit.cli.bench;

import dev.mgit.delta.MgitException;
import dev.mgit.fixtures.MadeModel;
import dev.mgit.fixtures.Trees;
import dev.mgit.lineage.checkpoint.CommitResult;
import dev.mgit.lineage.checkpoint.Lossy;
import dev.mgit.lineage.version.EdgeKind;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;

/** One way the benchmark's graph is stored. */
final class LossyRun implements AutoCloseable {
    private static final String WEIGHTS = "model.safetensors";

    private final BenchRepository repository;
    private final Optional<Lossy> lossy;
    private final double bound;
    private final Path scratch;
    private long original;
    private long stored;
    private long ofTask1;
    private long storedOfTask1;
    private double largestError;

    private LossyRun(BenchRepository repository, Optional<Double> bound, Path scratch) {
        this.repository = repository;
        this.bound = bound.orElse(0.0);
        this.lossy = bound.map(Lossy::within);
        this.scratch = scratch;
    }

    static LossyRun in(Path folder, Optional<Double> bound) throws IOException {
        return new LossyRun(new BenchRepository(folder), bound, folder.resolve("out"));
    }

    /** Commits a model's files, and holds what the store gives back against them. */
    void add(MadeModel model, Path files) throws IOException {
        CommitResult result = repository.commit(model.name(), files, model.parents(), EdgeKind.FINETUNE, lossy);
        original += result.bytes();
        stored += result.storedBytes();
        if (model.name().startsWith("task-1-")) {
            ofTask1 += result.bytes();
            storedOfTask1 += result.storedBytes();
        }
        double error = Fp32File.largestDifference(Fp32File.read(files.resolve(WEIGHTS)), stored(model.name()));
        if (!(error <= bound)) {
            throw MgitException.integrity(model.name() + " came back off by " + error);
        }
        largestError = Math.max(largestError, error);
    }

    /** A stored model's weights as an array. */
    float[] stored(String model) throws IOException {
        repository.checkout(model, scratch);
        float[] weights = Fp32File.read(scratch.resolve(WEIGHTS));
        Trees.delete(scratch);
        return weights;
    }

    /** Everything below {@code .mgit}. */
    long folderBytes() throws IOException {
        return repository.usage().totalBytes();
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
