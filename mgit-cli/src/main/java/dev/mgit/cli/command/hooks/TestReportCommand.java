package dev.mgit.cli.command.hooks;

import dev.mgit.cli.console.Context;
import dev.mgit.cli.console.JsonOption;
import dev.mgit.hooks.JobProgress;
import dev.mgit.hooks.cascade.UpdateOptions;
import dev.mgit.hooks.cascade.UpdatePicture;
import dev.mgit.hooks.cascade.Updates;
import dev.mgit.hooks.modeltest.MetricTrend;
import dev.mgit.hooks.modeltest.Report;
import dev.mgit.hooks.modeltest.ReportFormat;
import dev.mgit.hooks.modeltest.ReportPage;
import dev.mgit.hooks.modeltest.TestDefinition;
import dev.mgit.hooks.modeltest.TestRegistry;
import dev.mgit.hooks.modeltest.TestResults;
import dev.mgit.hooks.modeltest.TestScope;
import dev.mgit.lineage.drawing.GraphExport;
import dev.mgit.lineage.graph.EdgeFilter;
import dev.mgit.lineage.graph.LineageGraph;
import dev.mgit.lineage.graph.LineageGraph.Direction;
import dev.mgit.lineage.version.Model;
import dev.mgit.lineage.version.VersionId;
import java.io.IOException;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
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
                    + "regressions are marked. Versions without an applicable test are shown only if named by REV.",
            "As HTML, with each metric's trend along a model's versions and the family as 'graph --plan' draws it."
        })
final class TestReportCommand implements Callable<Integer> {
    /** A picture of more versions is no picture. */
    private static final int MOST_DRAWN = 500;

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
            var results = new TestResults(session.workspace());
            Report report = Report.of(session.workspace(), rows, tests, results);
            Report shown = scope.named() ? report : report.ofTested(session.workspace());
            String text = form == ReportFormat.HTML ? page(session, shown, results) : form.write(shown);
            context.output().document(text.stripTrailing());
        }
        return 0;
    }

    /** With each metric's trend, and the family as 'mgit graph --plan' draws it. */
    private static String page(HookSession session, Report report, TestResults results) throws IOException {
        LineageGraph graph = session.session().repository().graph();
        List<VersionId> heads = graph.models().stream().map(Model::head).toList();
        Set<VersionId> family = new LinkedHashSet<>();
        graph.log(heads, Direction.ANCESTORS, EdgeFilter.ALL).forEachRemaining(version -> family.add(version.id()));
        var updates = new Updates(session.workspace(), session.localExecutor(), JobProgress.NONE);
        var marks = UpdatePicture.marks(updates.plan(UpdateOptions.ofStale()), updates.status());
        String picture =
                family.size() > MOST_DRAWN ? "" : GraphExport.write(graph, family, marks, GraphExport.Format.SVG);
        return ReportPage.write(report, MetricTrend.of(session.workspace(), report, results), picture);
    }
}
