package dev.mgit.cli.command.evaluate;

import dev.mgit.cli.command.evaluate.CostOptions.Cost;
import dev.mgit.cli.command.hooks.HookSession;
import dev.mgit.cli.console.Context;
import dev.mgit.cli.console.JsonOption;
import dev.mgit.cli.console.Session;
import dev.mgit.cli.console.WaitOption;
import dev.mgit.delta.MgitException;
import dev.mgit.hooks.Workspace;
import dev.mgit.hooks.cost.NotedCosts;
import dev.mgit.lineage.shapes.ModelShapes;
import dev.mgit.lineage.version.Lineage;
import dev.mgit.lineage.version.Transaction;
import dev.mgit.lineage.version.VersionId;
import java.io.IOException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** What it costs to run a version. */
@Command(
        name = "cost",
        subcommands = CostFitCommand.class,
        description = {
            "Estimate what a request to a version costs: parameters, operations, memory and, with a profile, its "
                    + "idealized runtime and price.",
            "Sizes and operations follow from headers and config.json. Runtimes follow from measurements: 'mgit cost fit' "
                    + "makes a profile of them, and HELM's inference_idealized_runtimes.json is one.",
            "--note keeps the cost and its profile with the version: 'mgit show', 'log --tests', 'audit' and the web view "
                    + "show it, 'mgit find --metric' finds it, and a push takes it along.",
            "--pareto METRIC: versions by cost against an evaluation."
        })
public final class CostCommand implements Callable<Integer> {
    private final Context context;

    @Parameters(paramLabel = "REV", arity = "0..*", description = "The version; several with --pareto.")
    private List<String> revisions = new ArrayList<>();

    @Mixin
    private final CostOptions options = new CostOptions();

    @Mixin
    private final ParetoView pareto = new ParetoView();

    @Option(names = "--note", description = "Keep the cost and its profile with the version.")
    private boolean note;

    @Mixin
    private final WaitOption wait = new WaitOption();

    @Mixin
    private final JsonOption json = new JsonOption();

    CostCommand(Context context) {
        this.context = context;
    }

    @Override
    public Integer call() throws IOException {
        try (Session session = Session.open(context)) {
            if (pareto.wanted() && note) {
                throw MgitException.usage("--note keeps the cost of one version; it cannot be used with --pareto");
            }
            if (pareto.wanted()) {
                pareto.show(context, session, revisions, options, json.wanted());
                return 0;
            }
            if (revisions.size() != 1) {
                throw new MgitException(
                        MgitException.Kind.USAGE,
                        revisions.isEmpty() ? "no version was named" : "several versions were named",
                        "name one, or compare several with --pareto METRIC");
            }
            VersionId version = session.resolve(revisions.get(0));
            Lineage lineage = session.repository().lineage();
            var shape = ModelShapes.of(lineage, version);
            var costs = new NotedCosts(lineage);
            Cost cost = options.of(context, lineage.version(version).model(), shape, costs.profiled(version));
            if (note) {
                keep(session, costs, version, cost);
            }
            if (json.wanted()) {
                context.output().json(out -> CostText.json(out, session.name(version), shape, cost));
            } else {
                CostText.print(context.output(), session.name(version), shape, cost);
            }
        }
        return 0;
    }

    private void keep(Session session, NotedCosts costs, VersionId version, Cost cost) throws IOException {
        session.repository().access().requireOurs();
        Workspace workspace = HookSession.within(context, session, wait).workspace();
        workspace.locked("cost", () -> {
            Transaction transaction = workspace.lineage().begin("cost of " + session.name(version), workspace.author());
            costs.add(transaction, version, cost.noted(Instant.now().truncatedTo(ChronoUnit.MILLIS)));
            transaction.apply();
            return cost;
        });
    }
}
