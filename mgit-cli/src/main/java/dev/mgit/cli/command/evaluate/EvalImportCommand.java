package dev.mgit.cli.command.evaluate;

import dev.mgit.cli.command.hooks.HookSession;
import dev.mgit.cli.console.Context;
import dev.mgit.cli.console.JsonOption;
import dev.mgit.cli.console.WaitOption;
import dev.mgit.delta.MgitException;
import dev.mgit.hooks.eval.Evaluation;
import dev.mgit.hooks.eval.Evaluations;
import dev.mgit.hooks.eval.HarnessRun;
import dev.mgit.hooks.eval.HarnessRuns;
import dev.mgit.hooks.eval.Measured;
import dev.mgit.hooks.modeltest.MetricRule.Direction;
import dev.mgit.lineage.version.Glob;
import dev.mgit.lineage.version.Transaction;
import dev.mgit.lineage.version.VersionId;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Notes what a harness measured on a version. */
@Command(
        name = "import",
        description = {
            "Note what a harness measured on a version.",
            "RUN-DIR is a run or suite of HELM or HEIM (run_spec.json, stats.json, per_instance_stats.json), the output "
                    + "folder of lm_eval (results_*.json, samples_*.jsonl), or one results file.",
            "The same evaluation is noted once. Figures travel with push and fetch."
        })
final class EvalImportCommand implements Callable<Integer> {
    private final Context context;

    @Parameters(paramLabel = "RUN-DIR", description = "What the harness wrote.")
    private Path runs = Path.of("");

    @Option(names = "--model", paramLabel = "REV", required = true, description = "The version that was evaluated.")
    private String revision = "";

    @Option(names = "--scenario", paramLabel = "GLOB", description = "Only these scenarios or tasks.")
    private String scenario = "*";

    @Option(
            names = "--better",
            paramLabel = "METRIC=higher|lower",
            description = "Which way a metric is better, where the harness does not say. Repeatable.")
    private List<String> better = new ArrayList<>();

    @Mixin
    private final WaitOption wait = new WaitOption();

    @Mixin
    private final JsonOption json = new JsonOption();

    EvalImportCommand(Context context) {
        this.context = context;
    }

    @Override
    public Integer call() throws IOException {
        Map<String, Direction> directions = directions();
        try (HookSession session = HookSession.open(context, wait)) {
            VersionId version = session.resolve(revision);
            List<HarnessRun> found = HarnessRuns.read(context.directory().resolve(runs), new Glob(scenario)).stream()
                    .map(run -> with(run, directions))
                    .toList();
            var evaluations = new Evaluations(session.lineage());
            List<Evaluation> added = session.workspace().locked("eval import", () -> {
                Transaction transaction = session.lineage()
                        .begin(
                                "eval import for " + session.session().name(version),
                                session.workspace().author());
                List<Evaluation> noted = evaluations.add(
                        transaction, version, found, Instant.now().truncatedTo(ChronoUnit.MILLIS));
                if (!noted.isEmpty()) {
                    transaction.apply();
                }
                return noted;
            });
            tell(session.session().name(version), found, added);
        }
        return 0;
    }

    private Map<String, Direction> directions() {
        Map<String, Direction> directions = new LinkedHashMap<>();
        for (String rule : better) {
            int equals = rule.lastIndexOf('=');
            String way = rule.substring(equals + 1);
            if (equals < 1 || !(way.equals("higher") || way.equals("lower"))) {
                throw new MgitException(
                        MgitException.Kind.USAGE,
                        "cannot read --better '" + rule + "'",
                        "write METRIC=higher or METRIC=lower");
            }
            directions.put(rule.substring(0, equals), way.equals("higher") ? Direction.HIGHER : Direction.LOWER);
        }
        return directions;
    }

    private static HarnessRun with(HarnessRun run, Map<String, Direction> directions) {
        Map<String, Measured> metrics = new LinkedHashMap<>(run.metrics());
        directions.forEach((glob, direction) -> metrics.replaceAll((name, value) -> new Glob(glob).test(name)
                ? new Measured(value.value(), value.count(), java.util.Optional.of(direction))
                : value));
        return new HarnessRun(
                run.harness(), run.scenario(), run.model(), run.spec(), metrics, run.instances(), run.where());
    }

    private void tell(String version, List<HarnessRun> found, List<Evaluation> added) throws IOException {
        if (json.wanted()) {
            context.output().json(out -> {
                out.writeStringField("version", version);
                out.writeNumberField("found", found.size());
                out.writeArrayFieldStart("added");
                for (Evaluation one : added) {
                    out.writeStartObject();
                    out.writeStringField("harness", one.harness());
                    out.writeStringField("scenario", one.scenario());
                    out.writeNumberField("metrics", one.metrics().size());
                    out.writeNumberField("instances", one.instances());
                    out.writeEndObject();
                }
                out.writeEndArray();
            });
            return;
        }
        for (Evaluation one : added) {
            long unknown = one.metrics().values().stream()
                    .filter(value -> value.direction().isEmpty())
                    .count();
            context.output()
                    .line(version + ": " + one.scenario() + " (" + one.harness() + "), "
                            + one.metrics().size() + " metrics"
                            + (unknown == 0 ? "" : " (" + unknown + " without a direction)") + ", " + one.instances()
                            + " instances");
        }
        int known = found.size() - added.size();
        if (known > 0) {
            context.output().line(known + (known == 1 ? " evaluation was" : " evaluations were") + " noted already");
        }
    }
}
