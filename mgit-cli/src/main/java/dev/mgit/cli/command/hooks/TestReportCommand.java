package dev.mgit.cli.command.hooks;

import dev.mgit.cli.console.Context;
import dev.mgit.cli.console.JsonOption;
import dev.mgit.hooks.modeltest.Report;
import dev.mgit.hooks.modeltest.ReportFormat;
import dev.mgit.hooks.modeltest.TestDefinition;
import dev.mgit.hooks.modeltest.TestRegistry;
import dev.mgit.hooks.modeltest.TestResults;
import dev.mgit.hooks.modeltest.TestScope;
import dev.mgit.lineage.version.VersionId;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Shows versions by metrics. */
@Command(
        name = "report",
        description = {
            "Compare versions by recorded test results; runs nothing.",
            "Each value is compared with the model's previous version, else with the first parent that has one; "
                    + "regressions are marked. Versions without an applicable test are shown only if named by REV."
        })
final class TestReportCommand implements Callable<Integer> {
    private final Context context;

    @Mixin
    private final VersionsOption scope = new VersionsOption();

    @Option(names = "--format", paramLabel = "text|json|md|html", description = "Default: text.")
    private String format = "text";

    @Mixin
    private final JsonOption json = new JsonOption();

    TestReportCommand(Context context) {
        this.context = context;
    }

    @Override
    public Integer call() throws IOException {
        ReportFormat form = json.wanted() ? ReportFormat.JSON : ReportFormat.parse(format);
        try (HookSession session = HookSession.open(context)) {
            TestScope versions = VersionsOption.scope(session);
            var registry = new TestRegistry(session.workspace());
            List<TestDefinition> tests = scope.tests().isEmpty()
                    ? registry.list()
                    : scope.tests().stream().map(registry::get).toList();
            List<VersionId> rows = scope.versions(session, versions);
            Report report = Report.of(session.workspace(), rows, tests, new TestResults(session.workspace()));
            Report shown = scope.named() ? report : report.ofTested(session.workspace());
            context.output().document(form.write(shown).stripTrailing());
        }
        return 0;
    }
}
