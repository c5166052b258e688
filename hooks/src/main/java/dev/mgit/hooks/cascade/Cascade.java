package dev.mgit.hooks.cascade;

import dev.mgit.delta.MgitException;
import dev.mgit.delta.TaskPool;
import dev.mgit.hooks.FolderTools;
import dev.mgit.hooks.JobProgress;
import dev.mgit.hooks.Workspace;
import dev.mgit.hooks.executor.Executor;
import dev.mgit.hooks.executor.JobHandle;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletionService;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorCompletionService;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/**
 * Works through an update from whatever state its journal is in: units in order of dependence, several at a time, then
 * one transaction that shows every version that passed.
 */
final class Cascade {
    private static final long LOOK_MILLIS = 100;
    /** What comes before all units. */
    private static final int OPENING = -1;

    private final Workspace workspace;
    private final Executor executor;
    private final CascadeState state;
    private final CascadeLog log;
    private final JobProgress progress;
    private final UnitWork work;
    private final UpdateGates gates;
    private final MovedUnits moved;
    private final Cancellation cancellation;
    private final CascadeFiles files;
    /** Units whose jobs an earlier process started. */
    private final Set<Integer> inherited = new HashSet<>();

    Cascade(Workspace workspace, Executor executor, CascadeState state, CascadeLog log, JobProgress progress) {
        this.workspace = workspace;
        this.executor = executor;
        this.state = state;
        this.log = log;
        this.progress = progress;
        this.work = new UnitWork(workspace, executor, state, log, progress);
        this.files = new CascadeFiles(workspace.scratch());
        this.cancellation = files.cancellation();
        this.gates = new UpdateGates(workspace, executor, state, log, progress, cancellation);
        this.moved = new MovedUnits(workspace, state, log, progress);
        for (int unit = 0; unit < state.units.size(); unit++) {
            if (state.state(unit) == CascadeState.Unit.RUNNING) {
                inherited.add(unit);
            }
        }
    }

    /** Puts every unit into the executor's queue, parents first, once what they start from has passed the gates. */
    void submitAll() {
        gates.judgeBases();
        leaveOut(Set.of());
        for (int unit = 0; unit < state.units.size(); unit++) {
            int index = unit;
            CascadeState.Progress at = state.unit(unit);
            if (inherited.contains(unit) && at.handle.isEmpty() && !at.reused) {
                work.recover(unit);
            }
            if (state.state(unit) == CascadeState.Unit.PLANNED) {
                attempt(unit, () -> work.submit(index));
                leaveOut(Set.of());
            }
        }
    }

    /** Runs until every unit is over or, where that was asked for, until the first failure. */
    void run() {
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
        Set<Integer> busy = new HashSet<>(Set.of(OPENING));
        var opening = pool.submit(() -> cancellable(OPENING, this::open));
        while (!busy.isEmpty()) {
            Future<Integer> done = pool.poll(LOOK_MILLIS, TimeUnit.MILLISECONDS);
            if (cancellation.requested()) {
                endJobs();
            }
            if (done != null) {
                busy.remove(result(done));
                if (opening.isDone()) {
                    leaveOut(busy);
                    startReady(pool, busy);
                }
            }
        }
        cancellation.require();
    }

    private void open() {
        if (executor.queues()) {
            submitAll();
        } else {
            gates.judgeBases();
        }
    }

    private void startReady(CompletionService<Integer> pool, Set<Integer> busy) {
        for (int unit = 0; unit < state.units.size(); unit++) {
            if (!busy.contains(unit) && ready(unit) && !stopping()) {
                int index = unit;
                busy.add(index);
                var unused = pool.submit(() -> cancellable(index, () -> advance(index)));
            }
        }
    }

    private void leaveOut(Set<Integer> busy) {
        if (!cancellation.requested()) {
            moved.leavePlanned(busy);
            skipBelowFailures();
        }
    }

    private static int result(Future<Integer> done) throws InterruptedException {
        try {
            return done.get();
        } catch (ExecutionException e) {
            throw TaskPool.unchecked(e);
        }
    }

    /** Whoever is cancelled waits for the others to be; then it is said once. */
    private static int cancellable(int number, Runnable body) {
        try {
            body.run();
        } catch (Cancellation.Cancelled e) {
            return number;
        }
        return number;
    }

    private boolean stopping() {
        return cancellation.requested() || (state.options.failFast() && failures() > 0);
    }

    /** Ends everything that runs for this update. Whoever waits for it has been told that its end says nothing. */
    void endJobs() {
        CascadeFiles.jobs(files.tests()).forEach(folder -> executor.cancel(new JobHandle("", folder)));
        for (int unit = 0; unit < state.units.size(); unit++) {
            if (state.state(unit) == CascadeState.Unit.RUNNING && state.unit(unit).attempt > 0) {
                executor.cancel(work.handle(unit));
            }
        }
    }

    long failures() {
        long failures = state.bases.values().stream()
                .filter(base -> base.state == CascadeState.Unit.FAILED)
                .count();
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
        for (int index = 0; index < state.units.size(); index++) {
            int unit = index;
            gates.refusedBase(unit)
                    .filter(base -> !state.state(unit).over())
                    .ifPresent(base -> skip(unit, "'" + base + "' did not pass its tests"));
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
        log.write(CascadeRecord.unit(unit, CascadeState.Unit.SKIPPED, "detail", why));
        progress.on(JobProgress.Kind.SKIPPED, state.units.get(unit).name(), why);
    }

    private void advance(int unit) {
        attempt(unit, () -> {
            if (state.state(unit) == CascadeState.Unit.PLANNED) {
                moved.leavePlanned(unit);
            }
            if (state.state(unit) == CascadeState.Unit.MOVED) {
                return;
            }
            if (state.state(unit) == CascadeState.Unit.PLANNED) {
                work.submit(unit);
            }
            if (state.state(unit) == CascadeState.Unit.RUNNING) {
                work.collect(unit, inherited.contains(unit));
            }
            List<String> failures = gates.judge(unit);
            if (failures.isEmpty()) {
                log.write(CascadeRecord.unit(unit, CascadeState.Unit.PASSED));
                progress.on(JobProgress.Kind.PASSED, state.units.get(unit).name(), "passed");
            } else {
                fail(unit, String.join("\n", failures), true);
            }
        });
    }

    private void attempt(int unit, Runnable step) {
        try {
            step.run();
        } catch (MgitException e) {
            // A repository that is busy or damaged, or a user who cancels, says nothing about the unit.
            boolean elsewhere = e.kind() == MgitException.Kind.CONFLICT
                    || e.kind() == MgitException.Kind.INTEGRITY
                    || e instanceof Cancellation.Cancelled;
            if (elsewhere || Thread.currentThread().isInterrupted()) {
                throw e;
            }
            fail(unit, String.valueOf(e.getMessage()), e.kind() == MgitException.Kind.GATE);
        }
    }

    private void fail(int unit, String why, boolean gate) {
        log.write(CascadeRecord.unit(unit, CascadeState.Unit.FAILED, "detail", why, "gate", gate));
        progress.on(JobProgress.Kind.FAILED, state.units.get(unit).name(), why);
    }

    /** Shows what passed. */
    void publish() {
        new Publication(workspace, state, log, progress, gates.results(), moved).publish();
    }

    /** Ends what runs and lets go of what is staged. */
    void abort() {
        log.write(CascadeRecord.updateState(CascadeState.UpdateState.ABORTING));
        for (int unit = 0; unit < state.units.size(); unit++) {
            if (state.unit(unit).attempt > 0) {
                executor.cancel(work.handle(unit));
            }
        }
        work.withdraw();
        Publication.dropStaged(workspace, state.stagingPrefix());
    }

    /** Lets failed units of a stopped update be tried again: from their tests if their versions are stored. */
    void retryFailures() {
        state.bases.forEach((model, base) -> {
            if (base.state == CascadeState.Unit.FAILED) {
                log.write(CascadeRecord.base(model, CascadeState.Unit.PLANNED, ""));
            }
        });
        for (int unit = 0; unit < state.units.size(); unit++) {
            CascadeState.Progress failed = state.unit(unit);
            if (failed.state == CascadeState.Unit.FAILED || failed.state == CascadeState.Unit.SKIPPED) {
                log.write(CascadeRecord.unit(
                        unit, failed.versions.isEmpty() ? CascadeState.Unit.PLANNED : CascadeState.Unit.RAN));
            }
        }
        log.write(CascadeRecord.updateState(CascadeState.UpdateState.OPEN));
    }

    /** Deletes the working folders of the units, keeping what their commands printed and what they made in vain. */
    void tidyUp() {
        work.withdraw();
        for (int unit = 0; unit < state.units.size(); unit++) {
            JobHandle handle = work.handle(unit);
            for (String model : state.units.get(unit).heads().keySet()) {
                files.keep(handle.stdout(), state.id, model + ".out.log");
                files.keep(handle.stderr(), state.id, model + ".err.log");
            }
            new UnitOutputs(workspace, state, files, progress).keep(unit);
        }
        FolderTools.delete(files.work());
    }
}
