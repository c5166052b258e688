package dev.mgit.bench;

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
    private final int compared;
    private long original;
    private long stored;
    private long ofCompared;
    private long storedOfCompared;
    private double largestError;

    private LossyRun(BenchRepository repository, Optional<Double> bound, Path scratch, int compared) {
        this.compared = compared;
        this.repository = repository;
        this.bound = bound.orElse(0.0);
        this.lossy = bound.map(Lossy::within);
        this.scratch = scratch;
    }

    /** @param compared versions of the first task that are added up apart */
    static LossyRun in(Path folder, Optional<Double> bound, int compared) throws IOException {
        return new LossyRun(new BenchRepository(folder), bound, folder.resolve("out"), compared);
    }

    /** Whether a model is one of the first versions of the first task, which the paper's coder codes too. */
    static boolean isCompared(MadeModel model, int versions) {
        return model.name().matches("task-1-v[0-9]+")
                && Integer.parseInt(model.name().substring("task-1-v".length())) <= versions;
    }

    /** Commits a model's files, and holds what the store gives back against them. */
    void add(MadeModel model, Path files) throws IOException {
        CommitResult result = repository.commit(model.name(), files, model.parents(), EdgeKind.FINETUNE, lossy);
        original += result.bytes();
        stored += result.storedBytes();
        if (isCompared(model, compared)) {
            ofCompared += result.bytes();
            storedOfCompared += result.storedBytes();
        }
        double error = Fp32File.largestDifference(Fp32File.read(files.resolve(WEIGHTS)), stored(model.name()));
        if (!(error <= bound)) {
            throw MgitException.integrity(model.name() + ": off by " + error);
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

    long ofCompared() {
        return ofCompared;
    }

    long storedOfCompared() {
        return storedOfCompared;
    }

    double largestError() {
        return largestError;
    }

    @Override
    public void close() {
        repository.close();
    }
}
