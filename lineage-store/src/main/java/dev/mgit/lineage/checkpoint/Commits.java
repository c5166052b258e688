package dev.mgit.lineage.checkpoint;

import dev.mgit.delta.MgitException;
import dev.mgit.lineage.checkpoint.CommitRequest.Origin;
import dev.mgit.lineage.git.GitLineage;
import dev.mgit.lineage.parameters.ParameterStore;
import dev.mgit.lineage.repository.Repository;
import dev.mgit.lineage.repository.WriterLock;
import dev.mgit.lineage.text.Secrets;
import dev.mgit.lineage.version.EdgeKind;
import dev.mgit.lineage.version.Lineage;
import dev.mgit.lineage.version.Model;
import dev.mgit.lineage.version.NeededObjects;
import dev.mgit.lineage.version.NewVersion;
import dev.mgit.lineage.version.ProvenanceEdge;
import dev.mgit.lineage.version.Transaction;
import dev.mgit.lineage.version.Version;
import dev.mgit.lineage.version.VersionId;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/** Makes versions of what lies on disk, a {@link PendingCommit} each. The files themselves are only ever read. */
public final class Commits {
    private final Repository repository;
    private final StoreSettings settings;
    private final CommitSettings rules;
    private final CopyProgress progress;

    public Commits(Repository repository, CopyProgress progress) {
        this.repository = repository;
        this.settings = StoreSettings.of(repository.settings());
        this.rules = CommitSettings.of(repository.settings());
        this.progress = progress;
    }

    /**
     * Where a commit goes: decided before anything is written.
     *
     * @param suggested what named the model, if that was the path alone
     */
    public record Target(
            String model, Optional<VersionId> previous, List<Origin> origins, Optional<SuggestedName> suggested) {
        Target withoutOrigins() {
            return withOrigins(List.of());
        }

        Target withOrigins(List<Origin> others) {
            return new Target(model, previous, others, suggested);
        }
    }

    /**
     * Checks a commit: where it goes, and that its files are sound and, where that is asked for, whole. Only reads.
     *
     * @throws MgitException of kind USAGE, FAILED or CONFLICT if it cannot be committed
     */
    public PendingCommit check(CommitRequest request) throws IOException {
        requireFreeTrailer(request);
        Target target = target(request);
        requireParents(target);
        return new PendingCommit(repository, this, request, target, read(request));
    }

    /** What the new version is predicted from; without it, more would be stored. */
    private void requireParents(Target target) {
        List<VersionId> parents = new ArrayList<>(weightParents(target));
        target.previous().ifPresent(parents::add);
        repository.require(() -> NeededObjects.of(repository.lineage(), parents));
    }

    /** Commits without asking any gate; see {@link #commit(CommitRequest, Optional, WriterLock)}. */
    public CommitResult commit(CommitRequest request, WriterLock lock) throws IOException {
        return commit(request, Optional.empty(), lock);
    }

    /**
     * Commits a file or folder without asking any gate: what a user commits goes by the workflow that does. The caller
     * holds the lock. Order: blocks durable, Git objects durable, references; a crash in between leaves the old state.
     *
     * @param lossy empty to keep every bit
     * @throws MgitException of kind USAGE, FAILED or CONFLICT if there is nothing to commit, a file is damaged, one is
     *     missing and that is not to be, or the checked-out model moved on meanwhile; the store is then as it was
     */
    public CommitResult commit(CommitRequest request, Optional<Lossy> lossy, WriterLock lock) throws IOException {
        PendingCommit commit = check(request);
        commit.store(lossy, lock);
        commit.judge();
        return commit.publish();
    }

    private CheckpointFiles read(CommitRequest request) throws IOException {
        boolean weightsOnly = rules.weightsOnly() || request.weightsOnly();
        CheckpointFiles files = request.changes().isPresent()
                ? CheckpointFiles.read(
                        repository,
                        request.path(),
                        weightsOnly,
                        request.changes().get())
                : CheckpointFiles.read(request.path(), weightsOnly);
        List<String> missing = files.findings().missing();
        if ((rules.strict() || request.strict()) && !missing.isEmpty()) {
            throw new MgitException(
                    MgitException.Kind.FAILED,
                    "'" + request.path() + "' is incomplete: " + String.join("; ", missing),
                    "fetch the missing files, or commit without --strict (setting commit.strict)");
        }
        return files;
    }

    private static void requireFreeTrailer(CommitRequest request) {
        if (request.trailers().keySet().stream().anyMatch(LossReport.TRAILER::equalsIgnoreCase)) {
            throw new MgitException(
                    MgitException.Kind.USAGE,
                    "trailer '" + LossReport.TRAILER + "' marks lossy versions and cannot be set by hand",
                    "use another key");
        }
    }

    StoredCheckpoint store(CheckpointFiles files, Target target, LossTolerance tolerance, WriterLock lock)
            throws IOException {
        target.origins().forEach(this::requireThere);
        try (ParameterStore store = repository.writableParameters(lock)) {
            var writing = new CheckpointWriter(
                    repository.lineage(), store, repository.files().mgit(), settings, progress);
            return writing.write(files, target.previous(), weightParents(target), tolerance);
        }
    }

    /** What was named before there was a lock may have been removed, and cleaned up, since. */
    private void requireThere(Origin origin) {
        if (repository.lineage().tryResolve(origin.version().hex()).isEmpty()) {
            throw new MgitException(
                    MgitException.Kind.CONFLICT,
                    "version " + origin.version().abbreviated()
                            + ", which the new one derives from, was removed meanwhile; nothing was committed",
                    "name another parent with --from");
        }
    }

    /**
     * Writes a version without making it a model's head: for what must be tested before it is shown. The caller holds
     * the lock, sets a private reference to keep it, and applies the transaction.
     */
    public VersionId write(
            CommitRequest request, Optional<VersionId> previous, Transaction transaction, WriterLock lock)
            throws IOException {
        String model = request.model().orElseThrow();
        var target = new Target(model, previous, request.origins(), Optional.empty());
        CheckpointFiles files = read(request);
        StoredCheckpoint stored = store(files, target, LossTolerance.EXACT, lock);
        VersionId written = write(target, request, stored, files.findings(), transaction);
        stored.manifests().close();
        return written;
    }

    VersionId write(
            Target target, CommitRequest request, StoredCheckpoint stored, Findings findings, Transaction transaction)
            throws IOException {
        RestoredState.note(
                repository.lineage(), transaction, stored.manifests().values(), request.author(), request.when());
        return transaction.write(newVersion(target, request, stored, findings));
    }

    /** Where a commit would go now. @throws MgitException as {@link #commit} does */
    public Target target(CommitRequest request) throws IOException {
        Lineage lineage = repository.lineage();
        Optional<CheckoutState> checkout = CheckoutState.find(repository, request.path())
                .filter(state ->
                        state.folder().equals(request.path().toAbsolutePath().normalize()));
        if (checkout.filter(CheckoutState::partial).isPresent()) {
            throw new MgitException(
                    MgitException.Kind.USAGE,
                    "'" + request.path() + "' has only part of "
                            + checkout.get().model(),
                    "check out the whole version to commit from it");
        }
        Optional<String> given = request.model().or(() -> checkout.map(CheckoutState::model));
        Optional<SuggestedName> suggested =
                given.isPresent() ? Optional.empty() : Optional.of(SuggestedName.of(request.path()));
        String model = given.orElseGet(() -> suggested.orElseThrow().name());
        requireName(model, lineage, suggested.isPresent());
        request.message().ifPresent(message -> Secrets.refuse("the message", message));
        Optional<VersionId> head = lineage.model(model).map(Model::head);
        if (checkout.isPresent() && request.model().isEmpty() && head.isEmpty()) {
            throw new MgitException(
                    MgitException.Kind.CONFLICT,
                    "'" + request.path() + "' holds a version of " + model + ", but that model was renamed or removed",
                    "name the model with --model NAME");
        }
        boolean sameModel = head.isPresent()
                && checkout.filter(state -> state.model().equals(model)
                                || head.get().equals(state.version())) // or the model was renamed since
                        .isPresent();
        if (sameModel && !head.equals(checkout.map(CheckoutState::version))) {
            throw new MgitException(
                    MgitException.Kind.CONFLICT,
                    "'" + request.path() + "' holds "
                            + checkout.get().version().abbreviated() + ", but " + model + " has moved on to "
                            + head.get().abbreviated(),
                    "commit it as a new model with --model NEW, or check out the newer version first");
        }
        if (suggested.isPresent() && head.isPresent()) {
            requireLaterStep(request.path(), model, head.get());
        }
        List<Origin> origins = request.origins();
        if (origins.isEmpty() && checkout.isPresent() && !sameModel) {
            origins = List.of(new Origin(checkout.get().version(), EdgeKind.FINETUNE));
        }
        return new Target(model, head, origins, suggested);
    }

    /** A name that nobody typed is not theirs to spell otherwise. */
    private static void requireName(String model, Lineage lineage, boolean suggested) {
        try {
            GitLineage.requireModelName(model, lineage);
        } catch (MgitException e) {
            throw suggested ? new MgitException(e.kind(), e.getMessage(), "name it with --model NAME") : e;
        }
    }

    /** An earlier step on top of a later one is a mistake, or another run. */
    private void requireLaterStep(Path path, String model, VersionId head) throws IOException {
        OptionalLong step = TrainingStep.of(path);
        OptionalLong latest = step.isPresent() ? TrainingStep.latest(repository.lineage(), head) : step;
        if (latest.isPresent() && step.getAsLong() < latest.getAsLong()) {
            throw new MgitException(
                    MgitException.Kind.CONFLICT,
                    "'" + path + "' is step " + step.getAsLong() + " of a training, and " + model
                            + " is already at step " + latest.getAsLong(),
                    "of another run: --model NEW; to commit it on top all the same: --model " + model);
        }
    }

    /** The versions whose weights those of the new one may resemble: a teacher's only where that is asked for. */
    private List<VersionId> weightParents(Target target) {
        return target.origins().stream()
                .filter(origin -> settings.teachers() || origin.kind().passesWeights())
                .map(Origin::version)
                .toList();
    }

    private NewVersion newVersion(Target target, CommitRequest request, StoredCheckpoint stored, Findings findings)
            throws IOException {
        Map<String, String> trailers = new LinkedHashMap<>(request.trailers());
        TrainingStep.of(request.path())
                .ifPresent(step -> trailers.putIfAbsent(TrainingStep.TRAILER, String.valueOf(step)));
        Map<String, byte[]> extra = new LinkedHashMap<>(request.extra());
        if (!findings.isEmpty()) {
            extra.put(Findings.RECORD, findings.toJson());
        }
        stored.loss().ifPresent(loss -> {
            trailers.put(LossReport.TRAILER, loss.boundText());
            extra.put(LossReport.RECORD, loss.toJson());
        });
        return new NewVersion(
                target.model(),
                target.previous(),
                edges(target),
                request.message().orElseGet(() -> defaultMessage(target, request.path())),
                request.author(),
                request.when(),
                trailers,
                stored.files(),
                stored.verbatim(),
                stored.manifests(),
                stored.folders(),
                stored.ignored(),
                stored.loss().map(LossReport::bound),
                extra);
    }

    List<ProvenanceEdge> edges(Target target) {
        return target.origins().stream().map(this::edge).toList();
    }

    private ProvenanceEdge edge(Origin origin) {
        Version parent = repository.lineage().version(origin.version());
        return new ProvenanceEdge(origin.version(), parent.model(), origin.kind(), origin.source());
    }

    private static String defaultMessage(Target target, Path path) {
        String label = target.suggested()
                .flatMap(name -> name.label(path))
                .map(last -> " (" + last + ")")
                .orElse("");
        return (target.previous().isPresent() ? "New version of " : "Add ") + target.model() + label;
    }
}
