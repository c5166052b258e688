package dev.mgit.hooks.cascade;

import dev.mgit.delta.MgitException;
import dev.mgit.delta.json.JsonObject;
import dev.mgit.hooks.FolderTools;
import dev.mgit.hooks.JobProgress;
import dev.mgit.hooks.Workspace;
import dev.mgit.hooks.executor.Executor;
import dev.mgit.hooks.executor.JobHandle;
import dev.mgit.hooks.recipe.NodeJobs;
import dev.mgit.hooks.recipe.Recipes;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * {@code mgit update}: plans an update, carries it out, and takes it up again after anything that may have happened.
 * One update at a time. At every instant the models are as before or, all at once, as after.
 */
public final class Updates {
    /** How often what somebody's commits kept out is planned anew. */
    private static final int ROUNDS = 3;

    private static final long LOOK_MILLIS = 100;

    private final Workspace workspace;
    private final Executor executor;
    private final JobProgress progress;
    private final CascadeFiles files;
    private final UpdateReports reports;
    private final UpdateJournal.Watcher watcher;

    public Updates(Workspace workspace, Executor executor, JobProgress progress) {
        this(workspace, executor, progress, UpdateJournal.Watcher.NONE);
    }

    Updates(Workspace workspace, Executor executor, JobProgress progress, UpdateJournal.Watcher watcher) {
        this.workspace = workspace;
        this.executor = executor;
        this.progress = progress;
        this.files = new CascadeFiles(workspace.scratch());
        this.reports = new UpdateReports(files, executor);
        this.watcher = watcher;
    }

    /**
     * What an update would do.
     *
     * @throws MgitException of kind USAGE if there is no such model, or a glob matches none
     */
    public UpdatePlan plan(UpdateOptions options) {
        return new UpdatePlanner(workspace, options, true).plan();
    }

    /** The same by what the lineage says alone: reads no data and asks no program. */
    public UpdatePlan glance(UpdateOptions options) {
        return new UpdatePlanner(workspace, options, false).plan();
    }

    /**
     * Carries a plan out. What somebody gave another version meanwhile is planned anew once the rest is published.
     *
     * @return how it ended; see {@link UpdateReport#failure()}
     * @throws MgitException of kind CONFLICT if another update is under way
     */
    public UpdateReport start(UpdatePlan plan, UpdateOptions options) {
        return locked(() -> {
            requireNone();
            return again(begin(plan, options, this::finish), options, ROUNDS);
        });
    }

    /** Puts a plan into the executor's queue and comes back; {@link #resume} collects it. */
    public UpdateReport submit(UpdatePlan plan, UpdateOptions options) {
        return locked(() -> {
            requireNone();
            return begin(plan, options, open -> {
                open.cascade().submitAll();
                return reports.of(open.state());
            });
        });
    }

    /** @throws MgitException of kind CONFLICT if an update is under way */
    public void requireNone() {
        if (files.underWay() && CascadeState.read(files.journal()).isPresent()) {
            boolean alive = UpdateHolder.of(files.scratch())
                    .filter(holder -> holder.alive() && !holder.isThisProcess())
                    .isPresent();
            throw new MgitException(
                    MgitException.Kind.CONFLICT,
                    "an update is already in progress",
                    alive
                            ? "see its progress with 'mgit update --status', or end it with 'mgit update --cancel'"
                            : "finish it with 'mgit update --continue', or abort it with 'mgit update --abort'");
        }
    }

    private UpdateReport begin(UpdatePlan plan, UpdateOptions options, Function<Open, UpdateReport> body) {
        files.prepare();
        String id = UUID.randomUUID().toString().substring(0, 8);
        try (UpdateJournal journal = UpdateJournal.open(files.journal(), watcher)) {
            journal.append(CascadeRecord.header(id, plan, options, executor.name()));
            return body.apply(open(journal));
        }
    }

    /** Plans and makes anew what somebody's versions kept out, as long as there is anything to make. */
    private UpdateReport again(UpdateReport report, UpdateOptions options, int rounds) {
        List<String> moved = report.moved();
        if (moved.isEmpty() || !report.done() || rounds == 0) {
            return report;
        }
        if (options.target().filter(this::isGone).isPresent()) {
            return report; // removed meanwhile
        }
        UpdateOptions rest = options.withForce(options.force().stream()
                .filter(model -> moved.contains(model) && !isGone(model))
                .toList());
        UpdatePlan plan = new UpdatePlanner(workspace, rest, true).planAnew(moved);
        UpdateReport settled = reports.keep(report.settledBy(plan));
        if (plan.units().isEmpty()) {
            return settled;
        }
        UpdateReport next = begin(plan, rest, this::finish);
        return again(reports.keep(settled.followedBy(next)), rest, rounds - 1);
    }

    private boolean isGone(String model) {
        return workspace.lineage().model(model).isEmpty();
    }

    /** An update with its journal open. */
    private record Open(CascadeState state, CascadeLog log, Cascade cascade) {}

    private Open open(UpdateJournal journal) {
        CascadeState state = CascadeState.read(files.journal()).orElseThrow();
        var log = new CascadeLog(journal, state);
        return new Open(state, log, new Cascade(workspace, executor, state, log, progress));
    }

    /**
     * Goes on with the update that is under way, repeating nothing that is finished.
     *
     * @throws MgitException of kind USAGE if there is none
     */
    public UpdateReport resume() {
        requireUnderWay();
        return locked(() -> {
            UpdateOptions options = existing().options;
            return again(reopened(this::takeUp), options, ROUNDS);
        });
    }

    private UpdateReport takeUp(Open open) {
        requireTrusted(open.state());
        if (open.state().updateState() == CascadeState.UpdateState.ABORTING) {
            throw new MgitException(
                    MgitException.Kind.CONFLICT,
                    "this update is being aborted",
                    "finish that with 'mgit update --abort'");
        }
        files.cancel(false);
        if (open.state().updateState() == CascadeState.UpdateState.STOPPED) {
            open.cascade().retryFailures();
        }
        return finish(open);
    }

    /** A journal is a file in the repository like any other: what it would run must have been accepted here. */
    private void requireTrusted(CascadeState state) {
        var recipes = new Recipes(workspace);
        state.units.forEach(unit -> recipes.requireTrusted(unit.name(), unit.recipe()));
    }

    /** Drops the update that is under way: its jobs, its versions, its files. Models are as before it. */
    public void abort() {
        if (reports.damaged()) {
            dropDamaged();
            return;
        }
        requireUnderWay();
        var unused = locked(() -> {
            var state = existing();
            return reopened(open -> {
                if (open.state().updateState() == CascadeState.UpdateState.DONE) {
                    return finish(open);
                }
                open.cascade().abort();
                FolderTools.delete(files.logs(state.id));
                files.clear();
                return reports.of(open.state());
            });
        });
    }

    /** Without a journal to go by, everything that any update can have left goes. */
    private void dropDamaged() {
        try (var lock = files.lock()) {
            lock.requireHeld();
            endTests();
            CascadeFiles.jobs(files.work()).forEach(folder -> executor.cancel(new JobHandle("", folder)));
            new NodeJobs(workspace, executor).withdraw(CascadeFiles.jobs(files.work()));
            Publication.dropStaged(workspace, "staging/");
            files.clear();
        }
    }

    /**
     * Ends the jobs of the update that is under way, whichever process works on it. What is made stays, to be continued
     * or aborted.
     *
     * @param patience how long the process may take to let go of it
     * @return how it stands; empty if it came to its end first
     * @throws MgitException of kind USAGE if there is none, of kind CONFLICT if its process does not answer in time
     */
    public Optional<UpdateReport> cancel(Duration patience) {
        requireUnderWay();
        files.cancel(true);
        long deadline = System.nanoTime() + patience.toNanos();
        while (true) {
            Optional<UpdateHolder.Lock> free = UpdateHolder.tryLock(files.scratch());
            if (free.isPresent()) {
                try (var lock = free.get()) {
                    lock.requireHeld();
                    return endAll();
                }
            }
            if (System.nanoTime() - deadline > 0) {
                throw new MgitException(
                        MgitException.Kind.CONFLICT,
                        "the update's process"
                                + UpdateHolder.of(files.scratch())
                                        .map(holder -> " (" + holder.name() + ")")
                                        .orElse("")
                                + " has not let go within " + patience.toSeconds() + " s",
                        "it ends its jobs once it answers; or kill it there and run 'mgit update --cancel' again");
            }
            pause();
        }
    }

    private static void pause() {
        try {
            Thread.sleep(LOOK_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw MgitException.failed("interrupted; the update has been asked to end");
        }
    }

    private Optional<UpdateReport> endAll() {
        Optional<CascadeState> state = files.underWay() ? CascadeState.read(files.journal()) : Optional.empty();
        if (state.isEmpty()) {
            files.clear();
            return Optional.empty();
        }
        requireExecutor(state.get());
        try (UpdateJournal journal = UpdateJournal.open(files.journal(), watcher)) {
            open(journal).cascade().endJobs();
        }
        return Optional.of(reports.of(state.get()));
    }

    private void requireUnderWay() {
        if (!files.underWay()) {
            throw new MgitException(MgitException.Kind.USAGE, "no update in progress", null);
        }
    }

    private CascadeState existing() {
        return CascadeState.read(files.journal()).orElseGet(() -> {
            files.clear();
            throw new MgitException(MgitException.Kind.USAGE, "the update had not started; nothing to do", null);
        });
    }

    private UpdateReport reopened(Function<Open, UpdateReport> body) {
        requireExecutor(existing());
        endTests();
        try (UpdateJournal journal = UpdateJournal.open(files.journal(), watcher)) {
            return body.apply(open(journal));
        }
    }

    /** Ends tests that an earlier process was running: without their result they are run again. */
    private void endTests() {
        CascadeFiles.jobs(files.tests()).forEach(folder -> executor.cancel(new JobHandle("", folder)));
        FolderTools.delete(files.tests());
    }

    private void requireExecutor(CascadeState state) {
        if (!state.executor.equals(executor.name())) {
            throw new MgitException(
                    MgitException.Kind.USAGE,
                    "this update runs on '" + state.executor + "', not on '" + executor.name() + "'",
                    "add --executor " + state.executor);
        }
    }

    private UpdateReport finish(Open open) {
        CascadeState state = open.state();
        if (state.updateState() == CascadeState.UpdateState.OPEN) {
            open.cascade().run();
            if (state.options.failFast() && open.cascade().failures() > 0) {
                open.log().write(CascadeRecord.updateState(CascadeState.UpdateState.STOPPED));
                return reports.of(state);
            }
        }
        if (state.updateState() != CascadeState.UpdateState.DONE) {
            open.cascade().publish();
        }
        UpdateReport report = reports.of(state);
        open.cascade().tidyUp();
        reports.keep(report);
        files.clear();
        return report;
    }

    /** How the update that is under way stands; empty if there is none. Disturbs nobody. */
    public Optional<UpdateReport> status() {
        return reports.present();
    }

    /** The process that works on it, or the last one that did and was killed; empty if it let go of it in order. */
    public Optional<UpdateHolder> holder() {
        return UpdateHolder.of(files.scratch());
    }

    /** Whether it was cancelled and neither continued nor aborted since. */
    public boolean cancelled() {
        return files.cancellation().requested();
    }

    /** How the latest finished update ended, as {@link UpdateReport#toJson()} wrote it. */
    public Optional<JsonObject> last() {
        return reports.last();
    }

    /** The same as a report. */
    public Optional<UpdateReport> lastReport() {
        return reports.last().map(UpdateReport::fromJson);
    }

    /**
     * What the command for a model prints, in the update under way or else in the latest.
     *
     * @throws MgitException of kind USAGE if neither makes the model
     */
    public UpdateLogs logs(String model) {
        return reports.logs(model);
    }

    /**
     * The folders with the logs of updates that are over.
     *
     * @param scratch as {@link Workspace#scratch()}
     */
    public static List<Path> finishedUpdateLogs(Path scratch) {
        var files = new CascadeFiles(scratch);
        Optional<Path> present = CascadeState.read(files.journal()).map(state -> files.logs(state.id));
        return FolderTools.folders(files.logs()).stream()
                .filter(folder -> !present.equals(Optional.of(folder)))
                .toList();
    }

    /**
     * The folders that say what earlier updates made, for later ones to take.
     *
     * @param scratch as {@link Workspace#scratch()}
     */
    public static List<Path> keptOutputs(Path scratch) {
        return FolderTools.folders(RunCache.folder(scratch));
    }

    /** The executor the update under way was started with. */
    public Optional<String> executorName() {
        return CascadeState.read(files.journal()).map(state -> state.executor);
    }

    private <T> T locked(Supplier<T> body) {
        try (var lock = files.lock()) {
            lock.requireHeld();
            return body.get();
        }
    }
}
