package dev.mgit.lineage.imports;

import dev.mgit.delta.MgitException;
import dev.mgit.delta.ResourceException;
import dev.mgit.lineage.checkpoint.CommitRequest;
import dev.mgit.lineage.checkpoint.CommitResult;
import dev.mgit.lineage.checkpoint.CommitSettings;
import dev.mgit.lineage.checkpoint.CopyProgress;
import dev.mgit.lineage.detect.Detector;
import dev.mgit.lineage.parameters.StoreException;
import dev.mgit.lineage.repository.Repository;
import dev.mgit.lineage.version.Model;
import dev.mgit.lineage.version.Person;
import dev.mgit.lineage.version.ProvenanceEdge;
import dev.mgit.lineage.version.VersionId;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiConsumer;

/**
 * Imports checkpoints. Planning only reads. Each checkpoint is committed on its own, so an import that ends early keeps
 * what it has, and the next one goes on from there.
 */
public final class Imports {
    private final Repository repository;
    private final CopyProgress progress;

    public Imports(Repository repository, CopyProgress progress) {
        this.repository = repository;
        this.progress = progress;
    }

    /**
     * Looks for checkpoints and finds out what they are.
     *
     * @param recursive look into all folders below, not only those right below
     * @param rules what to leave out; the settings may say more
     * @param minConfidence origins that are less sure make no edge
     * @throws MgitException of kind USAGE if a path does not exist, FAILED if there is nothing in it
     */
    public ImportPlan plan(List<Path> paths, boolean recursive, CommitSettings rules, double minConfidence)
            throws IOException {
        ImportScan scan = ImportScan.of(paths, recursive);
        if (scan.found.isEmpty() && scan.skipped.isEmpty() && scan.passedOver.isEmpty()) {
            throw new MgitException(
                    MgitException.Kind.FAILED,
                    "there are no checkpoints in "
                            + String.join(
                                    ", ",
                                    paths.stream().map(path -> "'" + path + "'").toList()),
                    recursive
                            ? "give a folder that holds weights (.safetensors, .bin, .pt, .onnx, .gguf, …)"
                            : "search subfolders with --recursive");
        }
        CommitSettings all = rules.or(CommitSettings.of(repository.settings()));
        return new ImportPlanner(repository, all, minConfidence, progress).plan(scan);
    }

    /**
     * Carries a plan out. The caller holds no lock.
     *
     * @param committer takes each checkpoint in
     * @param told each step as it is done
     * @return steps that failed, with the reason; their children are committed without an edge to them
     */
    public Map<Path, MgitException> carryOut(
            ImportPlan plan, Person author, Committer committer, BiConsumer<ImportPlan.Step, CommitResult> told)
            throws IOException {
        Map<Integer, VersionId> done = new HashMap<>();
        Map<String, VersionId> heads = new HashMap<>(plan.heads());
        Map<Path, MgitException> failed = new LinkedHashMap<>();
        for (int i = 0; i < plan.steps().size(); i++) {
            ImportPlan.Step step = plan.steps().get(i);
            try {
                CommitResult result = committer.commit(
                        request(step, done, author, plan.weightsOnly()),
                        () -> requireHead(step.model(), Optional.ofNullable(heads.get(step.model()))));
                done.put(i, result.version());
                heads.put(step.model(), result.version());
                new Detector(repository).keep(result.version(), step.sketch());
                told.accept(step, result);
            } catch (MgitException e) {
                if (e instanceof StoreException || ResourceException.isOfTheMachine(e)) {
                    throw e;
                }
                failed.put(step.checkpoint().path(), e);
            }
        }
        return failed;
    }

    /** Another command may have committed since the plan was made: the same checkpoint, or another of this name. */
    private void requireHead(String model, Optional<VersionId> planned) {
        if (!repository.lineage().model(model).map(Model::head).equals(planned)) {
            throw new MgitException(
                    MgitException.Kind.CONFLICT,
                    "'" + model + "' got another version while this import ran",
                    "import it again");
        }
    }

    private static CommitRequest request(
            ImportPlan.Step step, Map<Integer, VersionId> done, Person author, boolean weightsOnly) throws IOException {
        List<CommitRequest.Origin> origins = new ArrayList<>();
        step.parents()
                .forEach(parent -> parent.version()
                        .or(() -> parent.fresh().map(done::get))
                        .ifPresent(version -> origins.add(new CommitRequest.Origin(
                                version, step.origin().orElseThrow().kind(), ProvenanceEdge.Source.INFERRED))));
        FoundCheckpoint checkpoint = step.checkpoint();
        String label = checkpoint.label().isEmpty() ? "" : " (" + checkpoint.label() + ")";
        byte[] record = ImportRecord.of(checkpoint, weightsOnly)
                .format(checkpoint.label(), step.unsure() ? Optional.empty() : step.origin());
        return new CommitRequest(
                checkpoint.path(),
                Optional.of(step.model()),
                Optional.of("Import " + ImportNames.legal(checkpoint.name()) + label),
                origins,
                Map.of(),
                author,
                Instant.now(),
                Map.of(ImportRecord.NAME, record),
                false,
                weightsOnly);
    }
}
