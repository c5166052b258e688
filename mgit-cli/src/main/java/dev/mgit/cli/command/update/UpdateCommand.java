package dev.mgit.cli.command.update;

import dev.mgit.cli.command.hooks.ExecutorOption;
import dev.mgit.cli.command.hooks.HookSession;
import dev.mgit.cli.command.hooks.HookSettings;
import dev.mgit.cli.command.hooks.ProgressOptions;
import dev.mgit.cli.command.hooks.Records;
import dev.mgit.cli.console.Context;
import dev.mgit.cli.console.JsonOption;
import dev.mgit.cli.console.SignOption;
import dev.mgit.cli.console.WaitOption;
import dev.mgit.delta.MgitException;
import dev.mgit.hooks.JobProgress;
import dev.mgit.hooks.cascade.UpdateOptions;
import dev.mgit.hooks.cascade.UpdatePlan;
import dev.mgit.hooks.cascade.UpdateReport;
import dev.mgit.hooks.cascade.Updates;
import dev.mgit.hooks.commit.HookEvent;
import dev.mgit.hooks.commit.Hooks;
import dev.mgit.hooks.event.Automation;
import dev.mgit.hooks.executor.Executor;
import dev.mgit.hooks.executor.Executors;
import dev.mgit.hooks.modeltest.TestRegistry;
import dev.mgit.lineage.version.Lineage;
import dev.mgit.lineage.version.VersionId;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Makes everything downstream of a new version again. */
@Command(
        name = "update",
        description = {
            "Rebuild everything downstream of a model that has a new version: each model once, parents first, with "
                    + "its recorded recipe.",
            "The new version itself passes the tests registered for updates first. New versions are published together "
                    + "once those tests pass. A failure stops only what is downstream of it; so does a commit that "
                    + "somebody makes meanwhile, and that part is planned anew. What an earlier update made of the same "
                    + "recipe, parents, code and data is reused.",
            "Exits with 3 if models stay stale that cannot be rebuilt here, with 4 if only tests failed, with 5 if "
                    + "an update is in progress."
        })
public final class UpdateCommand implements Callable<Integer> {
    private final Context context;

    @Parameters(paramLabel = "MODEL|REV", arity = "0..1", description = "The model that has a new version.")
    private @Nullable String target;

    @ArgGroup(exclusive = true)
    private @Nullable Mode mode;

    /** Everything else one can do with an update. */
    private static final class Mode {
        @Option(
                names = "--plan",
                description = "Show what would run, why, and how long it took before, without " + "running it.")
        private boolean plan;

        @Option(
                names = "--continue",
                description = "Continue the update in progress; finished commands are not " + "repeated.")
        private boolean resume;

        @Option(names = "--abort", description = "Abort the update in progress; models stay as they were before it.")
        private boolean abort;

        @Option(
                names = "--status",
                description =
                        "Show the update in progress and the process that runs it, or the result of the last one.")
        private boolean status;

        @Option(
                names = "--cancel",
                description =
                        "End the jobs of the update in progress, from any terminal, or any machine that shares the "
                                + "repository. It can then be continued or aborted.")
        private boolean cancel;

        @Option(
                names = "--logs",
                paramLabel = "MODEL",
                description =
                        "Print what the command for MODEL printed, in the update in progress or else in the last one.")
        private @Nullable String logs;
    }

    @Option(
            names = {"-f", "--follow"},
            description = "With --logs: go on until the command has ended.")
    private boolean follow;

    @Mixin
    private final UpdateScope scope = new UpdateScope();

    @Option(
            names = "--gate",
            paramLabel = "TEST",
            split = ",",
            description = "Use these tests as gates instead of those registered for updates.")
    private List<String> gates = new ArrayList<>();

    @Option(
            names = {"-j", "--jobs"},
            paramLabel = "N",
            description = "Maximum parallel jobs (default: the setting update.jobs, else 1).")
    private @Nullable Integer jobs;

    @Option(
            names = "--keep-going",
            negatable = true,
            defaultValue = "true",
            fallbackValue = "true",
            description = "With --no-keep-going, stop at the first failure and publish nothing until --continue. By "
                    + "default a failure stops only what is downstream of it.")
    private boolean keepGoing = true;

    @Option(
            names = "--detach",
            description = "With a queue (slurm): submit everything and return; collect with --continue.")
    private boolean detach;

    @Mixin
    private final JsonOption json = new JsonOption();

    @Mixin
    private final ExecutorOption executor = new ExecutorOption();

    @Mixin
    private final ProgressOptions progress = new ProgressOptions();

    @Mixin
    private final SignOption sign = new SignOption();

    @Mixin
    private final WaitOption wait = new WaitOption();

    UpdateCommand(Context context) {
        this.context = context;
    }

    @Override
    public Integer call() throws IOException {
        sign.on(context);
        Mode how = mode == null ? new Mode() : mode;
        boolean existing = how.resume || how.abort || how.status || how.cancel || how.logs != null;
        if (existing && (target != null || scope.named())) {
            throw MgitException.usage("this applies to the update in progress; name no model");
        }
        if (!existing && target == null && !scope.named()) {
            throw MgitException.usage("name the model that changed, or give --stale");
        }
        if (follow && how.logs == null) {
            throw MgitException.usage("--follow needs --logs MODEL");
        }
        try (HookSession session = HookSession.open(context, wait)) {
            return existing ? existing(session, how) : fresh(session, how.plan);
        }
    }

    private int fresh(HookSession session, boolean planOnly) throws IOException {
        var registry = new TestRegistry(session.workspace());
        gates.forEach(gate -> registry.requireTrusted(registry.get(gate)));
        Optional<String> model = target == null ? Optional.empty() : Optional.of(model(session));
        UpdateOptions options = scope.options(model, gates, jobs(session), !keepGoing);
        try (Executor where = executor.create(session);
                UpdateView view = new UpdateView(context)) {
            var updates = new Updates(session.workspace(), where, progress.notifying(session, view));
            if (!planOnly) {
                updates.requireNone();
            }
            UpdatePlan plan = updates.plan(options);
            if (planOnly || plan.units().isEmpty()) {
                printPlan(plan, options.jobs());
                updates.status()
                        .ifPresent(open -> context.output()
                                .note("an update of " + open.target()
                                        + " is in progress; what it has not published counts as stale"));
                return planOnly || plan.stuck().isEmpty() ? 0 : MgitException.Kind.DIFFERS.exitCode();
            }
            if (detach && !where.queues()) {
                throw MgitException.usage("--detach needs an executor with a queue, and " + where.name() + " has none");
            }
            tellNotAsked(session, where);
            view.begin(plan);
            return end(session, detach ? updates.submit(plan, options) : updates.start(plan, options), where, view);
        }
    }

    private int existing(HookSession session, Mode how) throws IOException {
        try (Executor where = session.executor(executor.named().orElseGet(() -> startedWith(session)));
                UpdateView view = new UpdateView(context)) {
            var updates = new Updates(session.workspace(), where, progress.notifying(session, view));
            if (how.abort) {
                updates.abort();
                context.output().line("Update aborted; models are as they were before it");
                return 0;
            }
            if (how.logs != null) {
                String model = how.logs;
                new LogFollower(context).print(() -> updates.logs(model), follow);
                return 0;
            }
            var progress = new UpdateInProgress(context, updates);
            if (how.status) {
                progress.status(json.wanted());
                return 0;
            }
            if (how.cancel) {
                progress.cancel(json.wanted());
                return 0;
            }
            tellNotAsked(session, where);
            updates.status().ifPresent(view::begin);
            return end(session, updates.resume(), where, view);
        }
    }

    private void tellNotAsked(HookSession session, Executor where) {
        var told = new AfterCommit(context, session, JobProgress.NONE);
        new Hooks(session.workspace(), where).inert(HookEvent.PRE_COMMIT).forEach(told::notAsked);
    }

    /** A damaged journal names none; then it does not matter to --abort, and the others say what is wrong. */
    private static String startedWith(HookSession session) {
        try {
            return new Updates(session.workspace(), session.localExecutor(), JobProgress.NONE)
                    .executorName()
                    .orElse(Executors.DEFAULT);
        } catch (MgitException e) {
            return Executors.DEFAULT;
        }
    }

    private String model(HookSession session) {
        Lineage lineage = session.lineage();
        String text = String.valueOf(target);
        if (lineage.model(text).isPresent()) {
            return text;
        }
        VersionId id = session.resolve(text);
        return lineage.models().stream()
                .filter(model -> model.head().equals(id))
                .map(dev.mgit.lineage.version.Model::name)
                .findFirst()
                .orElseThrow(() -> new MgitException(
                        MgitException.Kind.USAGE,
                        "'" + text + "' is not the newest version of a model",
                        "an update starts from the newest: mgit update "
                                + lineage.version(id).model()));
    }

    private int jobs(HookSession session) {
        int number = jobs != null ? jobs : HookSettings.jobs(session.workspace()::setting);
        if (number < 1) {
            throw MgitException.usage("--jobs must be at least 1");
        }
        return number;
    }

    private void printPlan(UpdatePlan plan, int atOnce) {
        if (json.wanted()) {
            Records.print(context, plan.toJson(atOnce));
        } else {
            new UpdateText(context).plan(plan, atOnce);
        }
    }

    private int end(HookSession session, UpdateReport report, Executor where, UpdateView view) {
        view.close(); // what is printed now must not be drawn over
        if (json.wanted()) {
            Records.print(context, report.toJson());
        } else {
            new UpdateText(context).report(report);
        }
        List<Hooks.Result> hooks = new Automation(session.workspace(), where, view).afterUpdate(report);
        AfterCommit.hooks(context.output(), hooks);
        return report.failure().map(MgitException.Kind::exitCode).orElse(0);
    }
}
