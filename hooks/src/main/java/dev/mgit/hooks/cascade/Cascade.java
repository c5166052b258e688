package dev.mgit.hooks.cascade;

import dev.mgit.delta.MgitException;
import dev.mgit.delta.TaskPool;
import dev.mgit.hooks.FolderTools;
import dev.mgit.hooks.JobProgress;
import dev.mgit.hooks.Workspace;
import dev.mgit.hooks.executor.Executor;
import dev.mgit.hooks.executor.JobHandle;
import dev.mgit.lineage.version.Model;
import dev.mgit.lineage.version.VersionId;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletionService;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorCompletionService;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * Works through an update from whatever state its journal is in: units in order of dependence, several at a time, then
 * one transaction that shows every version that passed.
 */
final class Cascade {
    private final Workspace workspace;
    private final Executor executor;
    private final CascadeState state;
    private final CascadeLog log;
    private final JobProgress progress;
    private final UnitWork work;
    private final UpdateGates gates;
    /** Units whose jobs an earlier process started. */
    private final Set<Integer> inherited = new HashSet<>();

    Cascade(Workspace workspace, Executor executor, CascadeState state, CascadeLog log, JobProgress progress) {
        this.workspace = workspace;
        this.executor = executor;
        this.state = state;
        this.log = log;
        this.progress = progress;
        this.work = new UnitWork(workspace, executor, state, log, progress);
        this.gates = new UpdateGates(workspace, executor, state, log, progress);
        for (int unit = 0; unit < state.units.size(); unit++) {
            if (state.state(unit) == CascadeState.Unit.RUNNING) {
                inherited.add(unit);
            }
        }
    }

    /** Puts every unit into the executor's queue, parents first. */
    void submitAll() {
        for (int unit = 0; unit < state.units.size(); unit++) {
            if (inherited.contains(unit) && state.unit(unit).handle.isEmpty()) {
                work.recover(unit);
            }
            if (state.state(unit) == CascadeState.Unit.PLANNED) {
                work.submit(unit);
            }
        }
    }

    /** Runs until every unit is over or, where that was asked for, until the first failure. */
    void run() {
        requireHeads();
        if (executor.queues()) {
            submitAll();
        }
        ExecutorService pool = Executors.newFixedThreadPool(
                executor.queues() ? Math.max(1, state.units.size()) : Math.max(1, state.options.jobs()));
        try {
            schedule(new ExecutorCompletionService<>(pool));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw MgitException.failed("interrupted; continue with 'mgit update --continue'");
        } finally {
            pool.shutdownNow();
        }
    }

    private void schedule(CompletionService<Integer> pool) throws InterruptedException {
        Set<Integer> busy = new HashSet<>();
        while (true) {
            skipBelowFailures();
            for (int unit = 0; unit < state.units.size(); unit++) {
                if (!busy.contains(unit) && ready(unit) && !stopping()) {
                    int index = unit;
                    busy.add(index);
                    var unused = pool.submit(() -> {
                        advance(index);
                        return index;
                    });
                }
            }
            if (busy.isEmpty()) {
                return;
            }
            try {
                busy.remove(pool.take().get());
            } catch (ExecutionException e) {
                throw TaskPool.unchecked(e);
            }
        }
    }

    private boolean stopping() {
        return state.options.failFast() && failures() > 0;
    }

    long failures() {
        long failures = 0;
        for (int unit = 0; unit < state.units.size(); unit++) {
            failures += state.state(unit) == CascadeState.Unit.FAILED ? 1 : 0;
        }
        return failures;
    }

    private boolean ready(int unit) {
        return !state.state(unit).over()
                && Units.upstream(state.units, unit).stream()
                        .allMatch(above -> state.state(above) == CascadeState.Unit.PASSED);
    }

    private void skipBelowFailures() {
        for (int unit = 0; unit < state.units.size(); unit++) {
            for (int above : Units.upstream(state.units, unit)) {
                CascadeState.Unit fate = state.state(above);
                if (!state.state(unit).over()
                        && (fate == CascadeState.Unit.FAILED || fate == CascadeState.Unit.SKIPPED)) {
                    skip(
                            unit,
                            "'" + state.units.get(above).name() + "' "
                                    + (fate == CascadeState.Unit.FAILED ? "failed" : "was not made"));
                }
            }
        }
    }

    private void skip(int unit, String why) {
        if (state.state(unit) == CascadeState.Unit.RUNNING) {
            executor.cancel(work.handle(unit));
        }
        log.write(CascadeState.unit(unit, CascadeState.Unit.SKIPPED, "detail", why));
        progress.on(JobProgress.Kind.SKIPPED, state.units.get(unit).name(), why);
    }

    private void advance(int unit) {
        String name = state.units.get(unit).name();
        try {
            if (state.state(unit) == CascadeState.Unit.PLANNED) {
                work.submit(unit);
            }
            if (state.state(unit) == CascadeState.Unit.RUNNING) {
                work.collect(unit, inherited.contains(unit));
            }
            List<String> failures = gates.judge(unit);
            if (failures.isEmpty()) {
                log.write(CascadeState.unit(unit, CascadeState.Unit.PASSED));
                progress.on(JobProgress.Kind.PASSED, name, "passed");
            } else {
                fail(unit, String.join("\n", failures), true);
            }
        } catch (MgitException e) {
            // A repository that is busy or damaged says nothing about the unit.
            boolean elsewhere = e.kind() == MgitException.Kind.CONFLICT || e.kind() == MgitException.Kind.INTEGRITY;
            if (elsewhere || Thread.currentThread().isInterrupted()) {
                throw e;
            }
            fail(unit, String.valueOf(e.getMessage()), e.kind() == MgitException.Kind.GATE);
        }
    }

    private void fail(int unit, String why, boolean gate) {
        log.write(CascadeState.unit(unit, CascadeState.Unit.FAILED, "detail", why, "gate", gate));
        progress.on(JobProgress.Kind.FAILED, state.units.get(unit).name(), why);
    }

    /** @throws MgitException of kind CONFLICT if a model to be replaced is no longer what it was when this was planned */
    private void requireHeads() {
        synchronized (workspace) {
            for (UpdatePlan.Unit unit : state.units) {
                unit.heads().forEach((model, head) -> {
                    VersionId now =
                            workspace.lineage().model(model).map(Model::head).orElse(null);
                    if (!head.equals(now)) {
                        throw new MgitException(
                                MgitException.Kind.CONFLICT,
                                "'" + model + "' " + (now == null ? "was deleted" : "got version " + now.abbreviated())
                                        + " since this update was planned on " + head.abbreviated()
                                        + "; nothing was published",
                                "abort this update with 'mgit update --abort' and start it again");
                    }
                });
            }
        }
    }

    /** Shows everything that passed, in one transaction that also lets go of the staging references. */
    void publish() {
        if (state.updateState() == CascadeState.UpdateState.PUBLISHING && staged().isEmpty()) {
            log.write(CascadeState.updateState(CascadeState.UpdateState.DONE));
            return;
        }
        log.write(CascadeState.updateState(CascadeState.UpdateState.PUBLISHING));
        boolean moved = workspace.locked("update: publish", () -> {
            requireHeads();
            Set<String> staged = staged();
            if (staged.isEmpty()) {
                return false;
            }
            var transaction = workspace.lineage().begin("update " + state.target, workspace.author());
            for (int unit = 0; unit < state.units.size(); unit++) {
                CascadeState.Progress made = state.unit(unit);
                if (made.state == CascadeState.Unit.PASSED) {
                    made.versions.forEach(transaction::setModel);
                } else {
                    made.versions.values().forEach(gates.results()::drop);
                }
            }
            staged.forEach(transaction::deletePrivateRef);
            gates.results().putInto(transaction);
            transaction.apply();
            return true;
        });
        log.write(CascadeState.updateState(CascadeState.UpdateState.DONE));
        if (moved) {
            progress.on(JobProgress.Kind.PUBLISHED, state.target, "");
        }
    }

    private Set<String> staged() {
        return workspace.lineage().privateRefs(state.stagingPrefix()).keySet();
    }

    /** Ends what runs and lets go of what is staged. */
    void abort() {
        log.write(CascadeState.updateState(CascadeState.UpdateState.ABORTING));
        for (int unit = 0; unit < state.units.size(); unit++) {
            if (state.unit(unit).attempt > 0) {
                executor.cancel(work.handle(unit));
            }
        }
        dropStaged(workspace, state.stagingPrefix());
    }

    /** Lets go of the staging references below a prefix. */
    static void dropStaged(Workspace workspace, String prefix) {
        workspace.locked("update: abort", () -> {
            Set<String> staged = workspace.lineage().privateRefs(prefix).keySet();
            if (!staged.isEmpty()) {
                var transaction = workspace.lineage().begin("update --abort", workspace.author());
                staged.forEach(transaction::deletePrivateRef);
                transaction.apply();
            }
            return true;
        });
    }

    /** Lets failed units of a stopped update be tried again: from their tests if their versions are stored. */
    void retryFailures() {
        for (int unit = 0; unit < state.units.size(); unit++) {
            CascadeState.Progress failed = state.unit(unit);
            if (failed.state == CascadeState.Unit.FAILED || failed.state == CascadeState.Unit.SKIPPED) {
                log.write(CascadeState.unit(
                        unit, failed.versions.isEmpty() ? CascadeState.Unit.PLANNED : CascadeState.Unit.RAN));
            }
        }
        log.write(CascadeState.updateState(CascadeState.UpdateState.OPEN));
    }

    /** Deletes the working folders of a unit, keeping what its command printed. */
    void keepLogs(CascadeFiles files) {
        for (int unit = 0; unit < state.units.size(); unit++) {
            JobHandle handle = work.handle(unit);
            for (String model : state.units.get(unit).heads().keySet()) {
                files.keep(handle.stdout(), state.id, model + ".out.log");
                files.keep(handle.stderr(), state.id, model + ".err.log");
            }
        }
        FolderTools.delete(files.work());
    }
}
