package dev.mgit.cli.command.update;

import dev.mgit.cli.command.hooks.HookSession;
import dev.mgit.cli.command.hooks.ProgressOptions;
import dev.mgit.cli.console.Context;
import dev.mgit.cli.console.Output;
import dev.mgit.cli.console.Session;
import dev.mgit.cli.console.WaitOption;
import dev.mgit.delta.MgitException;
import dev.mgit.hooks.Progress;
import dev.mgit.hooks.event.Automation;
import dev.mgit.hooks.event.Hooks;
import dev.mgit.hooks.executor.Executor;
import dev.mgit.hooks.executor.Executors;
import dev.mgit.hooks.modeltest.Verdict;
import dev.mgit.lineage.checkpoint.CommitRequest;
import dev.mgit.lineage.checkpoint.Commits;
import dev.mgit.lineage.checkpoint.FolderScan;
import dev.mgit.lineage.version.ProvenanceEdge;
import dev.mgit.lineage.version.VersionId;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Map;

/** What mgit does by itself around a commit: asks the pre-commit hooks before, and sees to the rest afterwards. */
public final class AfterCommit {
    private static final int SHOWN = 5;

    private final Context context;
    private final HookSession session;
    private final Progress progress;

    public AfterCommit(Context context, HookSession session, Progress progress) {
        this.context = context;
        this.session = session;
        this.progress = progress;
    }

    /** Lets the pre-commit hooks judge what is about to be committed. Called before the repository is locked. */
    public static void requirePreCommit(
            Context context, Session open, WaitOption wait, Commits commits, CommitRequest request) throws IOException {
        try (HookSession session = HookSession.within(context, open, wait)) {
            Executor executor = session.executor("local");
            var hooks = new Hooks(session.workspace(), executor);
            if (hooks.list().isEmpty()) {
                return;
            }
            Commits.Target target = commits.target(request);
            List<ProvenanceEdge> origins = target.origins().stream()
                    .map(origin -> new ProvenanceEdge(
                            origin.version(),
                            session.version(origin.version()).model(),
                            origin.kind(),
                            ProvenanceEdge.Source.DECLARED))
                    .toList();
            hooks.requirePreCommit(
                    target.model(), origins, folder -> copy(request.path(), folder), ProgressOptions.lines(context));
        }
    }

    private static void copy(Path path, Path folder) {
        try {
            for (Map.Entry<String, Path> file : FolderScan.of(path).files().entrySet()) {
                Path target = folder.resolve(file.getKey());
                Files.createDirectories(target.toAbsolutePath().getParent());
                Files.copy(file.getValue(), target);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Runs what is registered for a new version, and says what it has made stale. */
    public static void tell(Context context, Session open, WaitOption wait, VersionId version) {
        try (HookSession session = HookSession.within(context, open, wait)) {
            new AfterCommit(context, session, ProgressOptions.lines(context)).tell(List.of(version));
        }
    }

    public void tell(Collection<VersionId> versions) {
        Executor executor = session.executor(Executors.configured(session.workspace()::setting));
        var automation = new Automation(session.workspace(), executor, progress);
        try {
            versions.forEach(version -> print(version, automation.afterCommit(version)));
        } catch (MgitException e) {
            // The version is there whatever comes of what should follow.
            context.output()
                    .note("after the commit: "
                            + e.getMessage().lines().findFirst().orElse(""));
            if (e.hint() != null) {
                context.output().hint(e.hint());
            }
        }
    }

    private void print(VersionId version, Automation.Outcome outcome) {
        Output output = context.output();
        hooks(output, outcome.hooks());
        for (Verdict verdict : outcome.verdicts()) {
            output.note("test " + verdict.test().name() + ": "
                    + verdict.text().lines().findFirst().orElse(""));
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
