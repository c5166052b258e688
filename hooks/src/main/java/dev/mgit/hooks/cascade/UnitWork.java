package dev.mgit.hooks.cascade;

import dev.mgit.delta.MgitException;
import dev.mgit.hooks.CommandContract;
import dev.mgit.hooks.FolderTools;
import dev.mgit.hooks.JobProgress;
import dev.mgit.hooks.Workspace;
import dev.mgit.hooks.executor.Executor;
import dev.mgit.hooks.executor.Job;
import dev.mgit.hooks.executor.JobHandle;
import dev.mgit.hooks.executor.JobStatus;
import dev.mgit.hooks.recipe.NodeJobs;
import dev.mgit.hooks.recipe.Recipe;
import dev.mgit.hooks.recipe.RecipeJob;
import dev.mgit.lineage.version.VersionId;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
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
    private final UnitParents parents;
    private final UnitStore store;
    private final Cancellation cancellation;
    private final RunCache cache;
    private final NodeJobs nodes;

    UnitWork(Workspace workspace, Executor executor, CascadeState state, CascadeLog log, JobProgress progress) {
        this.workspace = workspace;
        this.executor = executor;
        this.files = new CascadeFiles(workspace.scratch());
        this.state = state;
        this.log = log;
        this.progress = progress;
        this.cancellation = files.cancellation();
        this.cache = new RunCache(workspace);
        this.nodes = new NodeJobs(workspace, executor);
        this.parents = new UnitParents(state);
        this.store = new UnitStore(workspace, executor, state, progress);
    }

    /** Starts a planned unit, or takes what an earlier run of the same left; in a queue its parents' jobs need not be over. */
    void submit(int index) {
        cancellation.require();
        UpdatePlan.Unit unit = state.units.get(index);
        int attempt = state.unit(index).attempt + 1;
        Path folder = files.attempt(index, attempt);
        FolderTools.delete(folder);
        Instant started = Instant.now();
        log.write(CascadeRecord.unit(
                index, CascadeState.Unit.RUNNING, "attempt", attempt, "started", started.toString()));
        Recipe captured = nodes.captured(recipeJob(index), started).because(unit.reasons());
        boolean reused = kept(unit, captured).isPresent();
        captured(index, captured, reused);
        if (reused) {
            reuse(index);
        } else {
            start(index, folder);
        }
    }

    private void captured(int index, Recipe captured, boolean reused) {
        log.write(CascadeRecord.unit(index, CascadeState.Unit.RUNNING, "recipe", captured.toJson(), "reused", reused));
    }

    private void start(int index, Path folder) {
        JobHandle handle = executor.submit(nodes.wanted() ? elsewhere(index, folder) : here(index, folder));
        log.write(CascadeRecord.unit(index, CascadeState.Unit.RUNNING, "handle", handle.id()));
        String where = handle.id().equals(executor.name()) ? "" : " " + handle.id();
        progress.on(JobProgress.Kind.STARTED, state.units.get(index).name(), executor.name() + where);
    }

    private Job here(int index, Path folder) {
        List<JobHandle> after = new ArrayList<>();
        List<CommandContract.Parent> copies = checkedOut(state.units.get(index), folder, after);
        return recipeJob(index).job("update", copies, folder.resolve("job"), after);
    }

    /** Parents are not laid out: the node fetches them. */
    private Job elsewhere(int index, Path folder) {
        UpdatePlan.Unit unit = state.units.get(index);
        Recipe captured = captured(index);
        Recipe recipe = captured.with(captured.inputs(), parents.ifKnown(unit).orElseThrow(), captured.circumstances());
        return nodes.job(state.id + "/" + index, "update " + unit.name(), unit.models(), recipe, folder.resolve("job"));
    }

    /** Removes what was handed to nodes. */
    void withdraw() {
        nodes.withdraw(CascadeFiles.jobs(files.work()));
    }

    /** What an earlier run left that read the same; empty for a unit that is to run in any case. */
    private Optional<Map<String, VersionId>> kept(UpdatePlan.Unit unit, Recipe captured) {
        return unit.forced()
                ? Optional.empty()
                : parents.ifKnown(unit)
                        .map(known -> cache.key(captured, unit.models(), known))
                        .flatMap(key -> cache.find(key, unit.heads().keySet()));
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
        log.write(CascadeRecord.unit(index, CascadeState.Unit.RAN, "versions", CascadeState.hex(versions)));
        progress.on(JobProgress.Kind.MADE, state.units.get(index).name(), how);
    }

    private Recipe captured(int index) {
        return state.unit(index)
                .captured
                .orElseGet(() -> nodes.captured(
                                recipeJob(index), state.unit(index).started.orElseGet(Instant::now))
                        .because(state.units.get(index).reasons()));
    }

    /** Finds out whether a submission that was cut off went through, and repeats it if it did not. */
    void recover(int index) {
        Optional<JobHandle> found = executor.recover(handle(index));
        if (found.isPresent()) {
            String id = found.get().id();
            log.write(CascadeRecord.unit(index, CascadeState.Unit.RUNNING, "handle", id));
        } else {
            submit(index);
        }
    }

    private RecipeJob recipeJob(int index) {
        UpdatePlan.Unit unit = state.units.get(index);
        return new RecipeJob(workspace, unit.recipe(), unit.models(), output(index));
    }

    private Path output(int index) {
        return CascadeFiles.output(files.attempt(index, state.unit(index).attempt));
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
    private List<CommandContract.Parent> checkedOut(UpdatePlan.Unit unit, Path folder, List<JobHandle> after) {
        List<CommandContract.Parent> copies = new ArrayList<>();
        for (UpdatePlan.Parent parent : unit.parents()) {
            Optional<VersionId> version = parents.version(parent);
            Path checkout = folder.resolve("parent" + (copies.size() + 1));
            if (version.isPresent()) {
                FolderTools.create(checkout);
                synchronized (workspace) {
                    workspace.checkout(version.get(), checkout);
                }
            } else {
                int maker = parents.maker(parent.model());
                checkout = recipeJob(maker).folderOf(parent.model());
                after.add(handle(maker));
            }
            copies.add(new CommandContract.Parent(parent.model(), version, parent.kind(), checkout));
        }
        return copies;
    }

    /**
     * Waits for a started unit and stores what it made.
     *
     * @param inherited the job was started by an earlier process, so if it is lost it is started again
     * @throws MgitException if the command failed or left nothing that can be stored; of kind GATE if a pre-commit hook
     *     refuses what it left
     */
    void collect(int index, boolean inherited) {
        Optional<Map<String, VersionId>> stored = store.stored(state.units.get(index));
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

    private Map<String, VersionId> store(int index) {
        UpdatePlan.Unit unit = state.units.get(index);
        RecipeJob job = recipeJob(index);
        Recipe captured = captured(index);
        // The last time's, where its output is reused.
        double seconds =
                state.unit(index).reused ? unit.seconds() : handle(index).seconds();
        List<Recipe.Parent> made = parents.ifKnown(unit).orElseThrow();
        Recipe completed = NodeJobs.completed(captured, handle(index)).made(made, seconds);
        Map<String, VersionId> versions = store.store(unit, completed, job::folderOf);
        // What changed while the command ran may or may not have been read.
        if (job.reads(captured)) {
            cache.keep(cache.key(captured, unit.models(), made), versions);
        }
        return versions;
    }
}
