package dev.mgit.hooks.cascade;

import dev.mgit.delta.MgitException;
import dev.mgit.hooks.CommandContract;
import dev.mgit.hooks.FolderTools;
import dev.mgit.hooks.JobProgress;
import dev.mgit.hooks.NewModelVersion;
import dev.mgit.hooks.Workspace;
import dev.mgit.hooks.commit.Candidate;
import dev.mgit.hooks.commit.CommitListener;
import dev.mgit.hooks.commit.CommitWorkflow;
import dev.mgit.hooks.executor.Executor;
import dev.mgit.hooks.executor.Job;
import dev.mgit.hooks.executor.JobHandle;
import dev.mgit.hooks.executor.JobStatus;
import dev.mgit.hooks.recipe.Recipe;
import dev.mgit.hooks.recipe.RecipeJob;
import dev.mgit.hooks.recipe.RecipeRunner;
import dev.mgit.hooks.recipe.StaleReason;
import dev.mgit.lineage.version.Transaction;
import dev.mgit.lineage.version.VersionId;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Takes one unit from its plan to its new versions on staging references. Every step is journaled before and after, so
 * that whoever continues knows what to look for: a stored result first, then a job that still runs or has ended.
 */
final class UnitWork {
    private final Workspace workspace;
    private final Executor executor;
    private final CascadeFiles files;
    private final CascadeState state;
    private final CascadeLog log;
    private final JobProgress progress;
    private final CommitWorkflow workflow;
    private final Cancellation cancellation;
    private final RunCache cache;

    UnitWork(Workspace workspace, Executor executor, CascadeState state, CascadeLog log, JobProgress progress) {
        this.workspace = workspace;
        this.executor = executor;
        this.files = new CascadeFiles(workspace.scratch());
        this.state = state;
        this.log = log;
        this.progress = progress;
        this.cancellation = files.cancellation();
        this.cache = new RunCache(workspace);
        this.workflow = new CommitWorkflow(workspace, executor, progress, CommitListener.NONE);
    }

    /** Starts a planned unit, or takes what an earlier run of the same left; in a queue its parents' jobs need not be over. */
    void submit(int index) {
        cancellation.require();
        UpdatePlan.Unit unit = state.units.get(index);
        int attempt = state.unit(index).attempt + 1;
        Path folder = files.attempt(index, attempt);
        FolderTools.delete(folder);
        Instant started = Instant.now();
        log.write(CascadeState.unit(
                index, CascadeState.Unit.RUNNING, "attempt", attempt, "started", started.toString()));
        Recipe captured = recipeJob(index).captured(started).because(unit.reasons());
        boolean reused = kept(unit, captured).isPresent();
        captured(index, captured, reused);
        if (reused) {
            reuse(index);
        } else {
            start(index, folder);
        }
    }

    private void captured(int index, Recipe captured, boolean reused) {
        log.write(CascadeState.unit(
                index, CascadeState.Unit.RUNNING, "recipe", captured.toJson(), "reused", reused));
    }

    private void start(int index, Path folder) {
        UpdatePlan.Unit unit = state.units.get(index);
        List<JobHandle> after = new ArrayList<>();
        Job job = recipeJob(index).job("update", parents(unit, folder, after), folder.resolve("job"), after);
        JobHandle handle = executor.submit(job);
        log.write(CascadeState.unit(index, CascadeState.Unit.RUNNING, "handle", handle.id()));
        String where = handle.id().equals(executor.name()) ? "" : " " + handle.id();
        progress.on(JobProgress.Kind.STARTED, unit.name(), executor.name() + where);
    }

    /** What an earlier run left that read the same; empty for a unit that is to run in any case. */
    private Optional<Map<String, VersionId>> kept(UpdatePlan.Unit unit, Recipe captured) {
        return unit.forced()
                ? Optional.empty()
                : key(unit, captured)
                        .flatMap(key -> cache.find(key, unit.heads().keySet()));
    }

    /** Empty while a parent is still to be made. */
    private Optional<String> key(UpdatePlan.Unit unit, Recipe captured) {
        if (unit.parents().stream().anyMatch(parent -> version(parent).isEmpty())) {
            return Optional.empty();
        }
        return Optional.of(cache.key(captured, unit.models(), made(unit)));
    }

    /** Lays out what an earlier run left as if a command had just made it, and stores it; runs the command if it is gone. */
    private void reuse(int index) {
        UpdatePlan.Unit unit = state.units.get(index);
        Optional<Map<String, VersionId>> kept = kept(unit, captured(index));
        FolderTools.delete(output(index));
        if (kept.isEmpty() || !laidOut(index, kept.get())) {
            captured(index, captured(index), false);
            start(index, files.attempt(index, state.unit(index).attempt));
            return;
        }
        ran(index, store(index), "reused");
    }

    /** False if what was kept has been collected, or can no longer be read. */
    private boolean laidOut(int index, Map<String, VersionId> kept) {
        RecipeJob job = recipeJob(index);
        try {
            kept.forEach((model, version) -> {
                FolderTools.create(job.folderOf(model));
                synchronized (workspace) {
                    workspace.checkout(version, job.folderOf(model));
                }
            });
            return true;
        } catch (MgitException | UncheckedIOException e) {
            FolderTools.delete(output(index));
            return false;
        }
    }

    private void ran(int index, Map<String, VersionId> versions, String how) {
        log.write(CascadeState.unit(index, CascadeState.Unit.RAN, "versions", CascadeState.hex(versions)));
        progress.on(JobProgress.Kind.MADE, state.units.get(index).name(), how);
    }

    private Recipe captured(int index) {
        return state.unit(index)
                .captured
                .orElseGet(() -> recipeJob(index)
                        .captured(state.unit(index).started.orElseGet(Instant::now))
                        .because(state.units.get(index).reasons()));
    }

    private List<Recipe.Parent> made(UpdatePlan.Unit unit) {
        return unit.parents().stream()
                .map(parent -> new Recipe.Parent(parent.model(), version(parent).orElseThrow(), parent.kind()))
                .toList();
    }

    /** Finds out whether a submission that was cut off went through, and repeats it if it did not. */
    void recover(int index) {
        Optional<JobHandle> found = executor.recover(handle(index));
        if (found.isPresent()) {
            String id = found.get().id();
            log.write(CascadeState.unit(index, CascadeState.Unit.RUNNING, "handle", id));
        } else {
            submit(index);
        }
    }

    private RecipeJob recipeJob(int index) {
        UpdatePlan.Unit unit = state.units.get(index);
        return new RecipeJob(workspace, unit.recipe(), unit.models(), output(index));
    }

    private Path output(int index) {
        return files.attempt(index, state.unit(index).attempt).resolve("output");
    }

    JobHandle handle(int index) {
        CascadeState.Progress unit = state.unit(index);
        return new JobHandle(
                unit.handle.orElse(""), files.attempt(index, unit.attempt).resolve("job"));
    }

    /**
     * Folders for a unit's parents: copies of stored versions. Only where a parent is still in the same queue is it the
     * very folder its job will leave, and the job is added to those to wait for.
     */
    private List<CommandContract.Parent> parents(UpdatePlan.Unit unit, Path folder, List<JobHandle> after) {
        List<CommandContract.Parent> parents = new ArrayList<>();
        for (UpdatePlan.Parent parent : unit.parents()) {
            Optional<VersionId> version = version(parent);
            Path checkout = folder.resolve("parent" + (parents.size() + 1));
            if (version.isPresent()) {
                FolderTools.create(checkout);
                synchronized (workspace) {
                    workspace.checkout(version.get(), checkout);
                }
            } else {
                int maker = maker(parent.model());
                checkout = recipeJob(maker).folderOf(parent.model());
                after.add(handle(maker));
            }
            parents.add(new CommandContract.Parent(parent.model(), version, parent.kind(), checkout));
        }
        return parents;
    }

    /** The version of a parent to use; empty while this update has not made it. */
    private Optional<VersionId> version(UpdatePlan.Parent parent) {
        return parent.now()
                .or(() -> Optional.ofNullable(
                        state.unit(maker(parent.model())).versions.get(parent.model())));
    }

    private int maker(String model) {
        for (int index = 0; index < state.units.size(); index++) {
            if (state.units.get(index).heads().containsKey(model)) {
                return index;
            }
        }
        throw new IllegalStateException("no unit makes " + model);
    }

    /**
     * Waits for a started unit and stores what it made.
     *
     * @param inherited the job was started by an earlier process, so if it is lost it is started again
     * @throws MgitException if the command failed or left nothing that can be stored; of kind GATE if a pre-commit hook
     *     refuses what it left
     */
    void collect(int index, boolean inherited) {
        Optional<Map<String, VersionId>> stored = stored(index);
        if (stored.isPresent()) {
            ran(index, stored.get(), "stored");
            return;
        }
        if (state.unit(index).reused && state.unit(index).handle.isEmpty()) {
            reuse(index);
        }
        if (state.state(index) == CascadeState.Unit.RUNNING) {
            JobStatus status = await(handle(index));
            boolean lost = status.state() == JobStatus.State.LOST || status.state() == JobStatus.State.CANCELLED;
            if (lost && inherited) {
                submit(index);
                if (state.state(index) == CascadeState.Unit.RUNNING) {
                    collect(index, false);
                }
                return;
            }
            if (!status.ok()) {
                String words = FolderTools.tail(handle(index).stderr(), 2000).strip();
                throw MgitException.failed(status.detail() + (words.isEmpty() ? "" : "\n" + words));
            }
            recipeJob(index).requireOutput();
            ran(index, store(index), "stored");
        }
    }

    /** Waits for a job, unless the update is cancelled: then its end says nothing. */
    private JobStatus await(JobHandle handle) {
        try {
            for (long pause = 5; ; pause = Math.min(pause * 2, 250)) {
                JobStatus status = executor.poll(handle);
                cancellation.require();
                if (status.over()) {
                    return status;
                }
                Thread.sleep(pause);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw MgitException.failed("interrupted while a command ran");
        }
    }

    /** Versions on staging references: a crash may have come between storing them and saying so in the journal. */
    private Optional<Map<String, VersionId>> stored(int index) {
        Map<String, VersionId> found = new LinkedHashMap<>();
        synchronized (workspace) {
            Map<String, VersionId> staged = workspace.lineage().privateRefs(state.stagingPrefix());
            for (String model : state.units.get(index).heads().keySet()) {
                VersionId version = staged.get(state.staging(model));
                if (version != null) {
                    found.put(model, version);
                }
            }
        }
        return found.size() == state.units.get(index).heads().size() ? Optional.of(found) : Optional.empty();
    }

    private Map<String, VersionId> store(int index) {
        UpdatePlan.Unit unit = state.units.get(index);
        List<Recipe.Parent> parents = made(unit);
        RecipeJob job = recipeJob(index);
        Recipe captured = captured(index);
        Recipe recipe = captured.made(parents, seconds(index));
        List<NewModelVersion> made = new ArrayList<>();
        unit.heads()
                .forEach((model, head) -> made.add(new NewModelVersion(
                        model,
                        Optional.of(head),
                        RecipeRunner.edges(parents),
                        message(unit),
                        job.folderOf(model),
                        Map.of(Recipe.FILE, recipe.toBytes()),
                        recipe.weightsOnly())));
        workflow.gate(made.stream().map(Candidate::of).toList());
        Map<String, VersionId> versions = stage("update: store " + unit.name(), made);
        // What changed while the command ran may or may not have been read.
        if (job.reads(captured)) {
            key(unit, captured).ifPresent(key -> cache.keep(key, versions));
        }
        return versions;
    }

    /** How long the command took; the last time, where its output is reused. */
    private double seconds(int index) {
        return state.unit(index).reused
                ? state.units.get(index).seconds()
                : handle(index).seconds();
    }

    private Map<String, VersionId> stage(String what, List<NewModelVersion> made) {
        synchronized (workspace) {
            return workspace.locked(what, () -> {
                Transaction transaction = workspace.lineage().begin(what, workspace.author());
                Map<String, VersionId> versions = new LinkedHashMap<>();
                for (NewModelVersion version : made) {
                    VersionId id = workspace.write(transaction, version);
                    transaction.setPrivateRef(state.staging(version.model()), id);
                    versions.put(version.model(), id);
                }
                transaction.apply();
                return versions;
            });
        }
    }

    private String message(UpdatePlan.Unit unit) {
        List<String> names = unit.parents().stream()
                .map(parent -> parent.model()
                        + version(parent).map(id -> " " + id.abbreviated()).orElse(""))
                .toList();
        String along = StaleReason.text(unit.reasons(), reason -> !reason.leads());
        return "update: rebuild from " + String.join(", ", names) + (along.isEmpty() ? "" : "\n\nWith new " + along);
    }
}
