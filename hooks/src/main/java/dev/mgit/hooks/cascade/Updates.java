package dev.mgit.hooks.cascade;

import dev.mgit.delta.MgitException;
import dev.mgit.delta.json.Json;
import dev.mgit.delta.json.JsonObject;
import dev.mgit.hooks.FolderTools;
import dev.mgit.hooks.JobProgress;
import dev.mgit.hooks.JsonMembers;
import dev.mgit.hooks.Workspace;
import dev.mgit.hooks.executor.Executor;
import dev.mgit.hooks.executor.JobHandle;
import dev.mgit.hooks.recipe.Recipes;
import dev.mgit.lineage.repository.ExclusiveFile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;

/**
 * {@code mgit update}: plans an update, carries it out, and takes it up again after anything that may have happened.
 * One update at a time. At every instant the models are as before or, all at once, as after.
 */
public final class Updates {
    private final Workspace workspace;
    private final Executor executor;
    private final JobProgress progress;
    private final CascadeFiles files;
    private final UpdateJournal.Watcher watcher;

    public Updates(Workspace workspace, Executor executor, JobProgress progress) {
        this(workspace, executor, progress, UpdateJournal.Watcher.NONE);
    }

    Updates(Workspace workspace, Executor executor, JobProgress progress, UpdateJournal.Watcher watcher) {
        this.workspace = workspace;
        this.executor = executor;
        this.progress = progress;
        this.files = new CascadeFiles(workspace.scratch());
        this.watcher = watcher;
    }

    /** What an update would do. @throws MgitException of kind USAGE if there is no such model */
    public UpdatePlan plan(UpdateOptions options) {
        return new UpdatePlanner(workspace, options).plan();
    }

    /**
     * Carries a plan out.
     *
     * @return how it ended; see {@link UpdateReport#failure()}
     * @throws MgitException of kind CONFLICT if another update is under way, or a model moved meanwhile
     */
    public UpdateReport start(UpdatePlan plan, UpdateOptions options) {
        return begin(plan, options, this::finish);
    }

    /** Puts a plan into the executor's queue and comes back; {@link #resume} collects it. */
    public UpdateReport submit(UpdatePlan plan, UpdateOptions options) {
        return begin(plan, options, open -> {
            open.cascade().submitAll();
            return report(open.state(), executor);
        });
    }

    private UpdateReport begin(UpdatePlan plan, UpdateOptions options, Function<Open, UpdateReport> body) {
        return locked(() -> {
            if (CascadeState.read(files.journal()).isPresent()) {
                throw new MgitException(
                        MgitException.Kind.CONFLICT,
                        "an update is already in progress",
                        "finish it with 'mgit update --continue', or abort it with 'mgit update --abort'");
            }
            files.clearWork();
            String id = UUID.randomUUID().toString().substring(0, 8);
            try (UpdateJournal journal = UpdateJournal.open(files.journal(), watcher)) {
                JsonObject header = CascadeState.header(id, plan, options, executor.name());
                journal.append(header);
                return body.apply(open(journal));
            }
        });
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
        return existing(open -> {
            requireTrusted(open.state());
            if (open.state().updateState() == CascadeState.UpdateState.ABORTING) {
                throw new MgitException(
                        MgitException.Kind.CONFLICT,
                        "this update is being aborted",
                        "finish that with 'mgit update --abort'");
            }
            if (open.state().updateState() == CascadeState.UpdateState.STOPPED) {
                open.cascade().retryFailures();
            }
            return finish(open);
        });
    }

    /** A journal is a file in the repository like any other: what it would run must have been accepted here. */
    private void requireTrusted(CascadeState state) {
        var recipes = new Recipes(workspace);
        state.units.forEach(unit -> recipes.requireTrusted(unit.name(), unit.recipe()));
    }

    /** Drops the update that is under way: its jobs, its versions, its files. Models are as before it. */
    public void abort() {
        if (damaged()) {
            dropDamaged();
            return;
        }
        var unused = existing(open -> {
            if (open.state().updateState() == CascadeState.UpdateState.DONE) {
                return finish(open);
            }
            open.cascade().abort();
            FolderTools.delete(files.logs(open.state().id));
            files.clear();
            return report(open.state(), executor);
        });
    }

    private boolean damaged() {
        try {
            var unused = CascadeState.read(files.journal());
            return false;
        } catch (MgitException e) {
            return true;
        }
    }

    /** Without a journal to go by, everything that any update can have left goes. */
    private void dropDamaged() {
        ExclusiveFile lock = files.lock();
        try {
            endTests();
            CascadeFiles.jobs(files.work()).forEach(folder -> executor.cancel(new JobHandle("", folder)));
            Cascade.dropStaged(workspace, "staging/");
            files.clear();
            lock.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private UpdateReport existing(Function<Open, UpdateReport> body) {
        if (!files.underWay()) {
            throw new MgitException(MgitException.Kind.USAGE, "no update in progress", null);
        }
        return locked(() -> {
            Optional<CascadeState> state = CascadeState.read(files.journal());
            if (state.isEmpty()) {
                files.clear();
                throw new MgitException(MgitException.Kind.USAGE, "the update had not started; nothing to do", null);
            }
            requireExecutor(state.get());
            endTests();
            try (UpdateJournal journal = UpdateJournal.open(files.journal(), watcher)) {
                return body.apply(open(journal));
            }
        });
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
                open.log().write(CascadeState.updateState(CascadeState.UpdateState.STOPPED));
                return report(state, executor);
            }
        }
        if (state.updateState() != CascadeState.UpdateState.DONE) {
            open.cascade().publish();
        }
        UpdateReport report = report(state, executor);
        open.cascade().keepLogs(files);
        FolderTools.replace(files.lastFile(), Json.pretty(report.toJson()));
        files.clear();
        return report;
    }

    /** How the update that is under way stands; empty if there is none. Disturbs nobody. */
    public Optional<UpdateReport> status() {
        return files.underWay()
                ? CascadeState.read(files.journal()).map(state -> report(state, executor))
                : Optional.empty();
    }

    /** How the latest finished update ended, as {@link UpdateReport#toJson()} wrote it. */
    public Optional<JsonObject> last() {
        return files.lastReport().map(bytes -> JsonMembers.read(bytes, "the last update's report", json -> json));
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

    /** The executor the update under way was started with. */
    public Optional<String> executorName() {
        return CascadeState.read(files.journal()).map(state -> state.executor);
    }

    private UpdateReport report(CascadeState state, Executor asked) {
        List<UpdateReport.Line> lines = new ArrayList<>();
        for (int index = 0; index < state.units.size(); index++) {
            UpdatePlan.Unit unit = state.units.get(index);
            CascadeState.Progress at = state.unit(index);
            String detail = at.detail;
            if (at.state == CascadeState.Unit.RUNNING && state.executor.equals(asked.name())) {
                var handle = new JobHandle(
                        at.handle.orElse(""), files.attempt(index, at.attempt).resolve("job"));
                detail = asked.peek(handle).detail();
            }
            lines.add(new UpdateReport.Line(unit.name(), at.state.word(), detail, at.gate, unit.heads(), at.versions));
        }
        return new UpdateReport(
                state.id,
                state.target,
                state.updateState().name().toLowerCase(java.util.Locale.ROOT),
                lines,
                files.logs(state.id));
    }

    private UpdateReport locked(java.util.function.Supplier<UpdateReport> body) {
        ExclusiveFile lock = files.lock();
        try {
            try {
                return body.get();
            } finally {
                lock.close();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
