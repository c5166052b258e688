package dev.mgit.cli.command.update;

import dev.mgit.cli.command.hooks.ExecutorOption;
import dev.mgit.cli.command.hooks.HookSession;
import dev.mgit.cli.command.hooks.HookSettings;
import dev.mgit.cli.command.hooks.ProgressOptions;
import dev.mgit.cli.command.hooks.Records;
import dev.mgit.cli.console.Context;
import dev.mgit.cli.console.JsonOption;
import dev.mgit.cli.console.WaitOption;
import dev.mgit.delta.MgitException;
import dev.mgit.hooks.JobProgress;
import dev.mgit.hooks.JsonMembers;
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
            "New versions are published together once the tests registered for updates pass. A failure stops only "
                    + "what is downstream of it. Exits with 4 if only tests failed, with 5 if another process is "
                    + "running an update."
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

        @Option(names = "--status", description = "Show the update in progress, or the result of the last one.")
        private boolean status;
    }

    @Option(names = "--only", paramLabel = "GLOB", description = "Update only matching models.")
    private List<String> only = new ArrayList<>();

    @Option(names = "--skip", paramLabel = "GLOB", description = "Skip matching models; continue downstream of them.")
    private List<String> skip = new ArrayList<>();

    @Option(
            names = "--until",
            paramLabel = "GLOB",
            description = "Update matching models, but nothing downstream of " + "them.")
    private List<String> until = new ArrayList<>();

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
    private final WaitOption wait = new WaitOption();

    UpdateCommand(Context context) {
        this.context = context;
    }

    @Override
    public Integer call() throws IOException {
        Mode how = mode == null ? new Mode() : mode;
        boolean existing = how.resume || how.abort || how.status;
        if (existing == (target != null)) {
            throw MgitException.usage(
                    existing ? "this applies to the update in progress; name no model" : "name the model that changed");
        }
        try (HookSession session = HookSession.open(context, wait)) {
            return existing ? existing(session, how) : fresh(session, how.plan);
        }
    }

    private int fresh(HookSession session, boolean planOnly) throws IOException {
        var registry = new TestRegistry(session.workspace());
        gates.forEach(gate -> registry.requireTrusted(registry.get(gate)));
        UpdateOptions options = new UpdateOptions(model(session), only, skip, until, gates, jobs(session), !keepGoing);
        try (Executor where = executor.create(session);
                UpdateView view = new UpdateView(context)) {
            var updates = new Updates(session.workspace(), where, progress.notifying(session, view));
            UpdatePlan plan = updates.plan(options);
            if (planOnly || plan.units().isEmpty()) {
                printPlan(plan, options.jobs());
                return 0;
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
            if (how.status) {
                status(updates);
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

    private void status(Updates updates) {
        Optional<UpdateReport> report = updates.status().or(() -> updates.last().map(UpdateReport::fromJson));
        if (json.wanted()) {
            Records.print(context, report.map(UpdateReport::toJson).orElseGet(() -> JsonMembers.of("schema", 1)));
        } else if (report.isEmpty()) {
            context.output().line("No update in progress, and none before");
        } else {
            new UpdateText(context).report(report.get());
        }
    }
}
