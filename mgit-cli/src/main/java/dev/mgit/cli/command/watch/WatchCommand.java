package dev.mgit.cli.command.watch;

import dev.mgit.cli.command.hooks.HookSession;
import dev.mgit.cli.command.hooks.ProgressOptions;
import dev.mgit.cli.command.update.AfterCommit;
import dev.mgit.cli.console.Context;
import dev.mgit.cli.console.FromOption;
import dev.mgit.cli.console.JsonOption;
import dev.mgit.cli.console.Session;
import dev.mgit.cli.console.SignOption;
import dev.mgit.cli.console.WaitOption;
import dev.mgit.delta.MgitException;
import dev.mgit.hooks.commit.CommitWorkflow;
import dev.mgit.hooks.commit.IncomingCheckpoint;
import dev.mgit.hooks.watch.CheckpointWatch;
import dev.mgit.hooks.watch.FreeSpace;
import dev.mgit.hooks.watch.KeepRule;
import dev.mgit.hooks.watch.WatchLoop;
import dev.mgit.hooks.watch.WatchSettings;
import dev.mgit.lineage.checkpoint.CommitRequest;
import dev.mgit.lineage.checkpoint.Commits;
import dev.mgit.lineage.checkpoint.CommittedFolder;
import dev.mgit.lineage.git.GitLineage;
import dev.mgit.lineage.repository.ExclusiveFile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Commits the checkpoints of a training while it runs. */
@Command(
        name = "watch",
        description = {
            "Commit each checkpoint folder of a training as soon as it is finished, until interrupted.",
            "Checkpoints are the folders in DIR that trainers name by a step: checkpoint-500, step_500, epoch-3. One is "
                    + "finished when no file that belongs to it is missing or incomplete and nothing in it was touched "
                    + "for the time the setting watch.settle names.",
            "With --keep, folders that no part of the rule keeps are deleted, but only if the repository has every file "
                    + "in them and reads it back intact. Versions are never deleted. The newest folder stays, and so "
                    + "does the one that the Trainer will load as the best.",
            "Pauses while less disk space is free than the setting watch.minFree names."
        })
public final class WatchCommand implements Callable<Integer> {
    private final Context context;

    @Parameters(paramLabel = "DIR", description = "The folder that the trainer writes checkpoints to.")
    private Path directory = Path.of(".");

    @Option(names = "--model", paramLabel = "NAME", required = true, description = "The model to add versions to.")
    private String model = "";

    @Option(
            names = "--keep",
            paramLabel = "RULE",
            description = "Folders to keep: best:N by --metric, last:N, every:STEPS, or several with commas between. "
                    + "Default: all.")
    private @Nullable String keep;

    @Option(
            names = "--metric",
            paramLabel = "NAME:higher|lower",
            description = "What best:N goes by, as the trainer logged it at the step; also found as eval_NAME.")
    private @Nullable String metric;

    @Mixin
    private final FromOption from = new FromOption();

    @Option(names = "--once", description = "Commit and tidy what is finished now, and exit.")
    private boolean once;

    @Mixin
    private final JsonOption json = new JsonOption();

    @Mixin
    private final SignOption sign = new SignOption();

    @Mixin
    private final WaitOption wait = new WaitOption();

    WatchCommand(Context context) {
        this.context = context;
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        sign.on(context);
        Optional<KeepRule> rule = rule();
        if (json.wanted()) {
            context.output().onlyJson();
        }
        try (HookSession hooks = HookSession.open(context, wait)) {
            Session session = hooks.session();
            GitLineage.requireModelName(model, session.repository().lineage());
            Path run = run(session);
            try (ExclusiveFile claimed = claim(session, run)) {
                return watch(
                        hooks,
                        new CheckpointWatch.Plan(
                                run,
                                model,
                                rule,
                                WatchSettings.of(session.repository().settings())));
            }
        }
    }

    private Optional<KeepRule> rule() {
        if (keep == null && metric != null) {
            throw new MgitException(MgitException.Kind.USAGE, "--metric is for best:N in --keep", "add --keep best:N");
        }
        return Optional.ofNullable(keep).map(text -> KeepRule.parse(text, Optional.ofNullable(metric)));
    }

    private Path run(Session session) throws IOException {
        Path typed = context.resolve(directory);
        if (!Files.isDirectory(typed)) {
            throw new MgitException(
                    MgitException.Kind.USAGE,
                    "there is no folder '" + directory + "'",
                    "name the folder that the trainer writes to; make it if the training has not begun");
        }
        Path run = typed.toRealPath();
        if (run.startsWith(session.repository().files().mgit().toRealPath())) {
            throw MgitException.usage("'" + run + "' is inside the repository's own folder");
        }
        return run;
    }

    private ExclusiveFile claim(Session session, Path run) throws IOException {
        return new CommittedFolder(session.repository(), run)
                .claim("mgit watch")
                .orElseThrow(() -> new MgitException(
                        MgitException.Kind.CONFLICT,
                        "another mgit watch is at work on '" + session.shown(run) + "'",
                        "stop it first"));
    }

    private int watch(HookSession hooks, CheckpointWatch.Plan plan) throws IOException, InterruptedException {
        Session session = hooks.session();
        var text = new WatchText(context, model, json);
        var watch = new CheckpointWatch(
                session.repository(),
                plan,
                committer(hooks),
                text::tell,
                FreeSpace.of(session.repository().files().mgit()),
                System::nanoTime);
        try (var loop = new WatchLoop(watch, plan.run())) {
            if (once) {
                loop.once(plan.settings().settle());
                return watch.failure().map(failed -> failed.kind().exitCode()).orElse(watch.isPaused() ? 1 : 0);
            }
            text.started(session.shown(plan.run()), keep == null ? "keeps all folders" : "keeps " + keep);
            untilInterrupted(loop, text);
        }
        return 0;
    }

    /** A commit that is under way when the user interrupts is finished first. */
    private static void untilInterrupted(WatchLoop loop, WatchText text) throws IOException, InterruptedException {
        var ended = new CountDownLatch(1);
        var atExit = new Thread(() -> {
            try {
                loop.stop();
                ended.await();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        Runtime.getRuntime().addShutdownHook(atExit);
        try {
            loop.run();
            text.stopped();
        } finally {
            ended.countDown();
        }
        atExit.join();
    }

    private CheckpointWatch.Committer committer(HookSession hooks) {
        Session session = hooks.session();
        List<CommitRequest.Origin> origins = from.origins(session);
        CommitWorkflow workflow =
                AfterCommit.workflow(context, hooks, hooks.localExecutor(), ProgressOptions.lines(context));
        return (folder, message, trailers, first) -> {
            var request = new CommitRequest(
                    folder,
                    Optional.of(model),
                    Optional.of(message),
                    first ? origins : List.of(),
                    trailers,
                    session.author(),
                    Instant.now(),
                    Map.of(),
                    true,
                    false);
            var incoming = new IncomingCheckpoint(
                    new Commits(session.repository(), session.progress()),
                    request,
                    () -> wait.lock(context, session.repository(), "mgit watch"),
                    () -> {});
            return workflow.run(incoming, result -> {});
        };
    }
}
