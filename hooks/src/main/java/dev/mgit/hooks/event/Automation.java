package dev.mgit.hooks.event;

import dev.mgit.delta.MgitException;
import dev.mgit.hooks.JobProgress;
import dev.mgit.hooks.Workspace;
import dev.mgit.hooks.cascade.UpdateOptions;
import dev.mgit.hooks.cascade.UpdatePlan;
import dev.mgit.hooks.cascade.UpdateReport;
import dev.mgit.hooks.cascade.Updates;
import dev.mgit.hooks.commit.HookEvent;
import dev.mgit.hooks.commit.Hooks;
import dev.mgit.hooks.executor.Executor;
import dev.mgit.hooks.modeltest.Event;
import dev.mgit.hooks.modeltest.TestDefinition;
import dev.mgit.hooks.modeltest.TestRegistry;
import dev.mgit.hooks.modeltest.TestResults;
import dev.mgit.hooks.modeltest.TestRunner;
import dev.mgit.hooks.modeltest.Verdict;
import dev.mgit.lineage.version.Version;
import dev.mgit.lineage.version.VersionId;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/** What mgit does by itself once a version is a model's head, as far as {@code update.auto} lets it. */
public final class Automation {
    /** The setting that says how far it goes. */
    public static final String SETTING = "update.auto";

    /** How far. Unset means: say what is stale. */
    public enum Mode {
        OFF,
        /** Run the tests registered for commits. */
        TEST,
        /** Test, and say what an update would do. */
        PLAN,
        /** Test, and unless a test fails, update everything downstream. */
        RUN
    }

    /**
     * What was done.
     *
     * @param verdicts of the tests registered for commits
     * @param stale models downstream that are no longer made from the newest versions
     * @param plan what an update would do, where that was asked for
     * @param withheld the tests that failed and so kept an update from running that is set to
     * @param update how the update ended, where one was run, or stands in the queue of an executor that has one
     */
    public record Outcome(
            List<Hooks.Result> hooks,
            List<Verdict> verdicts,
            List<String> stale,
            Optional<UpdatePlan> plan,
            List<String> withheld,
            Optional<UpdateReport> update) {}

    private final Workspace workspace;
    private final Executor executor;
    private final JobProgress progress;

    public Automation(Workspace workspace, Executor executor, JobProgress progress) {
        this.workspace = workspace;
        this.executor = executor;
        this.progress = progress;
    }

    /** @return the mode that is set; empty if none is */
    public static Optional<Mode> mode(Function<String, Optional<String>> setting) {
        return setting.apply(SETTING)
                .map(word -> Arrays.stream(Mode.values())
                        .filter(mode -> mode.name().toLowerCase(Locale.ROOT).equals(word))
                        .findFirst()
                        .orElseThrow(() -> new MgitException(
                                MgitException.Kind.USAGE,
                                SETTING + " is '" + word + "'",
                                "mgit config " + SETTING + " test, plan, run or off")));
    }

    /** Called when a model's head has moved to a new version; failures are in the outcome. */
    public Outcome afterCommit(VersionId id) {
        Version version = workspace.lineage().version(id);
        Optional<Mode> mode = mode(workspace::setting);
        List<Hooks.Result> hooks = new Hooks(workspace, executor).run(HookEvent.POST_COMMIT, id, progress);
        List<Verdict> verdicts = mode.isPresent() && mode.get() != Mode.OFF ? test(version) : List.of();
        // Nothing can have been made from a model's first version yet.
        if (mode.equals(Optional.of(Mode.OFF)) || version.previous().isEmpty()) {
            return new Outcome(hooks, verdicts, List.of(), Optional.empty(), List.of(), Optional.empty());
        }
        var updates = new Updates(workspace, executor, progress);
        UpdateOptions options = UpdateOptions.of(version.model());
        boolean plans = mode.filter(set -> set == Mode.PLAN || set == Mode.RUN).isPresent();
        UpdatePlan plan = plans ? updates.plan(options) : updates.glance(options);
        List<String> stale = plan.nodes().stream()
                .filter(node ->
                        node.action() != UpdatePlan.Action.UP_TO_DATE && node.action() != UpdatePlan.Action.STALE)
                .map(UpdatePlan.Node::model)
                .toList();
        boolean wanted = mode.equals(Optional.of(Mode.RUN)) && !plan.units().isEmpty();
        List<String> withheld = verdicts.stream()
                .filter(verdict -> wanted && !verdict.passed())
                .map(verdict -> verdict.test().name())
                .toList();
        boolean run = wanted && withheld.isEmpty();
        Optional<UpdateReport> update = run
                ? Optional.of(executor.queues() ? updates.submit(plan, options) : updates.start(plan, options))
                : Optional.empty();
        List<Hooks.Result> all = new ArrayList<>(hooks);
        update.ifPresent(report -> all.addAll(afterUpdate(report)));
        return new Outcome(all, verdicts, stale, plans ? Optional.of(plan) : Optional.empty(), withheld, update);
    }

    /** Runs the post-update hooks on every version an update has published. */
    public List<Hooks.Result> afterUpdate(UpdateReport report) {
        var hooks = new Hooks(workspace, executor);
        return report.published().values().stream()
                .flatMap(id -> hooks.run(HookEvent.POST_UPDATE, id, progress).stream())
                .toList();
    }

    private List<Verdict> test(Version version) {
        List<TestDefinition> tests = new TestRegistry(workspace).matching(version, Event.COMMIT);
        var runner = new TestRunner(workspace, executor, new TestResults(workspace));
        return runner.runAll(Map.of(version.id(), tests), false, 1, progress);
    }
}
