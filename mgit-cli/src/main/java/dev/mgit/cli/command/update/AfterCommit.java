package dev.mgit.cli.command.update;

import dev.mgit.cli.command.hooks.HookSession;
import dev.mgit.cli.console.Context;
import dev.mgit.cli.console.Output;
import dev.mgit.delta.MgitException;
import dev.mgit.hooks.JobProgress;
import dev.mgit.hooks.commit.CommitListener;
import dev.mgit.hooks.commit.CommitWorkflow;
import dev.mgit.hooks.commit.HookRegistration;
import dev.mgit.hooks.commit.Hooks;
import dev.mgit.hooks.event.Automation;
import dev.mgit.hooks.executor.Executor;
import dev.mgit.hooks.modeltest.Verdict;
import dev.mgit.hooks.policy.PolicyGate;
import dev.mgit.hooks.recipe.Recipes;
import dev.mgit.hooks.sharing.SharingGate;
import dev.mgit.lineage.version.VersionId;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Sees to what follows a commit, and prints what comes of it. */
public final class AfterCommit implements CommitListener {
    private static final int SHOWN = 5;

    private final Context context;
    private final HookSession session;
    private final JobProgress progress;
    private final Set<String> notAsked = new HashSet<>();
    private final SharingGate sharing;
    private final PolicyGate policy;
    private @Nullable Automation automation;

    public AfterCommit(Context context, HookSession session, JobProgress progress) {
        this.context = context;
        this.session = session;
        this.progress = progress;
        this.sharing = new SharingGate(session.workspace(), new Recipes(session.workspace())::sharing, this::warn);
        this.policy = new PolicyGate(session.workspace());
    }

    /**
     * The way in for a command's versions.
     *
     * @param executor runs the pre-commit hooks
     */
    public static CommitWorkflow workflow(
            Context context, HookSession session, Executor executor, JobProgress progress) {
        var after = new AfterCommit(context, session, progress);
        return new CommitWorkflow(session.workspace(), executor, progress, after);
    }

    /** A gate that does not close is worth a word, once. */
    @Override
    public void notAsked(HookRegistration hook) {
        if (notAsked.add(hook.name())) {
            context.output()
                    .note("hook '" + hook.name()
                            + "' is not asked, since you have not accepted it here; 'mgit hooks trust' shows it");
        }
    }

    @Override
    public void judge(List<VersionId> versions) {
        sharing.require(versions);
        policy.require(versions, PolicyGate.Stage.ENTRY);
    }

    private void warn(JobProgress.Event broken) {
        context.output().note("'" + broken.subject() + "' " + broken.detail());
    }

    @Override
    public void announce(VersionId version) {
        Automation after = automation;
        if (after == null) {
            Executor executor = session.executor();
            after = new Automation(session.workspace(), executor, progress);
            automation = after;
        }
        print(version, after.afterCommit(version));
    }

    @Override
    public void failedAfterwards(RuntimeException failure) {
        String message = Objects.requireNonNullElse(failure.getMessage(), "");
        context.output().note("after the commit: " + message.lines().findFirst().orElse(""));
        if (failure instanceof MgitException known && known.hint() != null) {
            context.output().hint(known.hint());
        }
    }

    private void print(VersionId version, Automation.Outcome outcome) {
        Output output = context.output();
        hooks(output, outcome.hooks());
        for (Verdict verdict : outcome.verdicts()) {
            output.note("test " + verdict.test().name() + ": "
                    + verdict.text().lines().findFirst().orElse(""));
        }
        if (!outcome.withheld().isEmpty()) {
            output.note("update.auto is run, but nothing was updated: test " + String.join(", ", outcome.withheld())
                    + " failed");
        }
        var text = new UpdateText(context);
        if (outcome.update().isPresent()) {
            text.report(outcome.update().get());
        } else if (outcome.plan().isPresent() && !outcome.plan().get().nodes().isEmpty()) {
            text.plan(outcome.plan().get(), 1);
        } else if (!outcome.stale().isEmpty()) {
            String model = session.version(version).model();
            List<String> stale = outcome.stale();
            output.note("made from an older " + model + ": "
                    + String.join(", ", stale.subList(0, Math.min(SHOWN, stale.size())))
                    + (stale.size() > SHOWN ? " and " + (stale.size() - SHOWN) + " more" : ""));
            output.hint("'mgit update " + model + " --plan' shows what would be rebuilt");
        }
    }

    /** What hooks said, and those that failed, which changes nothing any more. */
    static void hooks(Output output, List<Hooks.Result> results) {
        for (Hooks.Result result : results) {
            result.stdout().lines().forEach(line -> output.note(result.hook().name() + ": " + line));
            if (!result.ok()) {
                output.note("hook '" + result.hook().name() + "' failed on " + result.model() + ": "
                        + result.status().detail());
                result.stderr().lines().forEach(line -> output.note("  " + line));
            }
        }
    }
}
