package dev.mgit.cli.command.hooks;

import dev.mgit.cli.console.Context;
import dev.mgit.cli.console.JsonOption;
import dev.mgit.cli.console.Table;
import dev.mgit.cli.console.WaitOption;
import dev.mgit.delta.MgitException;
import dev.mgit.hooks.JobProgress;
import dev.mgit.hooks.JsonMembers;
import dev.mgit.hooks.modeltest.TestDefinition;
import dev.mgit.hooks.modeltest.TestRegistry;
import dev.mgit.hooks.modeltest.TestResults;
import dev.mgit.hooks.modeltest.TestRunner;
import dev.mgit.hooks.modeltest.TestScope;
import dev.mgit.hooks.modeltest.Verdict;
import dev.mgit.lineage.version.VersionId;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Runs tests. */
@Command(
        name = "run",
        description = {
            "Run the tests that apply to versions. Results for the same version, command and data are cached.",
            "Exits with 4 if a metric violates a limit, with 1 if a test crashed, timed out or wrote no metrics."
        })
final class TestRunCommand implements Callable<Integer> {
    private final Context context;

    @Mixin
    private final VersionsOption scope = new VersionsOption();

    @Option(
            names = {"-j", "--jobs"},
            paramLabel = "N",
            description = "Maximum parallel jobs (default: 1).")
    private int jobs = 1;

    @Option(names = "--fresh", description = "Ignore cached results.")
    private boolean fresh;

    @Mixin
    private final JsonOption json = new JsonOption();

    @Mixin
    private final ExecutorOption executor = new ExecutorOption();

    @Mixin
    private final ProgressOptions progress = new ProgressOptions();

    @Mixin
    private final WaitOption wait = new WaitOption();

    TestRunCommand(Context context) {
        this.context = context;
    }

    @Override
    public Integer call() throws IOException {
        if (jobs < 1) {
            throw MgitException.usage("-j must be at least 1");
        }
        try (HookSession session = HookSession.open(context, wait)) {
            TestScope versions = VersionsOption.scope(session);
            var registry = new TestRegistry(session.workspace());
            Map<VersionId, List<TestDefinition>> plan =
                    versions.plan(scope.versions(session, versions), scope.tests(), registry);
            if (plan.values().stream().allMatch(List::isEmpty)) {
                Records.hintIfInert(context, registry.list().stream().allMatch(registry::trusted));
                throw new MgitException(
                        MgitException.Kind.FAILED,
                        "no test applies to " + (plan.size() == 1 ? "this version" : "these versions"),
                        "'mgit test list' shows the tests, 'mgit test add' registers one");
            }
            var results = new TestResults(session.workspace());
            var runner = new TestRunner(session.workspace(), executor.create(session), results);
            List<Verdict> verdicts = runner.runAll(plan, fresh, jobs, ProgressOptions.lines(context));
            print(session, verdicts);
            int exit = Verdicts.exit(verdicts);
            JobProgress.Kind end = exit == 0 ? JobProgress.Kind.PUBLISHED : JobProgress.Kind.FAILED;
            progress.end(context, session, end, "test run", Verdicts.summary(verdicts));
            return exit;
        }
    }

    private void print(HookSession session, List<Verdict> verdicts) {
        if (json.wanted()) {
            Records.print(
                    context,
                    JsonMembers.of(
                            "schema",
                            1,
                            "results",
                            verdicts.stream()
                                    .map(verdict -> Verdicts.json(session, verdict))
                                    .toList()));
            return;
        }
        Table table = context.output().table("Version", "Test", "Result", "Metrics", "Seconds");
        for (Verdict verdict : verdicts) {
            table.row(
                    session.session().name(verdict.version()),
                    verdict.test().name(),
                    verdict.text().lines().findFirst().orElse(""),
                    Verdicts.metrics(verdict),
                    Verdicts.seconds(verdict.result().seconds()));
        }
        table.print();
        context.output().line(Verdicts.summary(verdicts));
    }
}
