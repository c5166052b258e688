package dev.mgit.cli.command.evaluate;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.mgit.cli.console.Context;
import dev.mgit.cli.console.JsonOption;
import dev.mgit.cli.console.Output;
import dev.mgit.cli.console.Session;
import dev.mgit.cli.console.Table;
import dev.mgit.delta.MgitException;
import dev.mgit.hooks.SignificantDigits;
import dev.mgit.hooks.eval.EvaluationTable;
import dev.mgit.hooks.eval.EvaluationTable.Column;
import dev.mgit.hooks.eval.EvaluationTable.Row;
import dev.mgit.hooks.eval.Evaluations;
import dev.mgit.lineage.graph.LineageGraph;
import dev.mgit.lineage.version.Glob;
import dev.mgit.lineage.version.Model;
import dev.mgit.lineage.version.VersionId;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Shows versions by evaluations. */
@Command(
        name = "table",
        description = {
            "Compare versions by evaluations: a line for each scenario and metric, a column for each version.",
            "Mean win rate as HELM defines it: how often a version beats another of the table, picked at random; ties "
                    + "count half, columns that a version lacks do not count for it."
        })
final class EvalTableCommand implements Callable<Integer> {
    private final Context context;

    @Parameters(
            paramLabel = "REV|GLOB",
            arity = "0..*",
            description = "Versions, or models by pattern. Default: every evaluated head version.")
    private List<String> revisions = new ArrayList<>();

    @Option(
            names = "--metric",
            paramLabel = "GLOB",
            description = "Only these metrics. Default: those of the model whose direction is known.")
    private @Nullable String metric;

    @Mixin
    private final JsonOption json = new JsonOption();

    EvalTableCommand(Context context) {
        this.context = context;
    }

    @Override
    public Integer call() throws IOException {
        try (Session session = Session.open(context)) {
            LineageGraph graph = session.repository().graph();
            var evaluations = new Evaluations(session.repository().lineage());
            List<VersionId> versions = versions(session, graph, evaluations);
            EvaluationTable table = EvaluationTable.of(
                    evaluations, versions, Optional.ofNullable(metric).map(Glob::new));
            if (json.wanted()) {
                context.output().json(out -> json(out, graph, table));
            } else {
                print(graph, table);
            }
        }
        return 0;
    }

    private List<VersionId> versions(Session session, LineageGraph graph, Evaluations evaluations) {
        Set<VersionId> versions = new LinkedHashSet<>();
        for (String revision : revisions) {
            if (revision.contains("*") || revision.contains("?")) {
                versions.addAll(heads(graph, new Glob(revision)));
            } else {
                versions.add(session.resolve(revision));
            }
        }
        if (!revisions.isEmpty() && versions.isEmpty()) {
            throw new MgitException(
                    MgitException.Kind.USAGE,
                    "no model matches " + String.join(" ", revisions),
                    "'mgit branch' lists the models");
        }
        if (revisions.isEmpty()) {
            heads(graph, Glob.ALL).stream()
                    .filter(head -> !evaluations.of(head).isEmpty())
                    .forEach(versions::add);
        }
        return List.copyOf(versions);
    }

    private static List<VersionId> heads(LineageGraph graph, Glob models) {
        return graph.models().stream()
                .filter(model -> models.test(model.name()))
                .map(Model::head)
                .toList();
    }

    private void print(LineageGraph graph, EvaluationTable table) {
        Output output = context.output();
        if (table.columns().isEmpty()) {
            output.note("no evaluations");
            output.hint("'mgit eval import RUN-DIR --model REV' notes what a harness measured");
            return;
        }
        List<String> headings = new ArrayList<>(List.of("Scenario", "Metric", "Better"));
        table.rows().forEach(row -> headings.add(graph.describe(row.version())));
        Table lines = output.table(headings.toArray(String[]::new));
        for (int c = 0; c < table.columns().size(); c++) {
            Column column = table.columns().get(c);
            List<Object> cells = new ArrayList<>(List.of(
                    column.scenario(),
                    column.metric(),
                    column.direction()
                            .map(way -> way.name().toLowerCase(Locale.ROOT))
                            .orElse("?")));
            for (Row row : table.rows()) {
                cells.add(row.values().get(c).map(SignificantDigits::of).orElse("-"));
            }
            lines.row(cells.toArray());
        }
        List<Object> rates = new ArrayList<>(List.of("Mean win rate", "", ""));
        table.rows()
                .forEach(row ->
                        rates.add(row.winRate().map(SignificantDigits::of).orElse("-")));
        lines.row(rates.toArray()).print();
        table.rows().stream()
                .filter(row -> !row.lacking().isEmpty())
                .forEach(row -> output.line(output.styled(
                        Output.Style.YELLOW,
                        graph.describe(row.version()) + " lacks " + String.join(", ", row.lacking()))));
    }

    private static void json(JsonGenerator json, LineageGraph graph, EvaluationTable table) throws IOException {
        json.writeArrayFieldStart("versions");
        for (Row row : table.rows()) {
            json.writeStartObject();
            json.writeStringField("id", row.version().hex());
            json.writeStringField("name", graph.describe(row.version()));
            if (row.winRate().isPresent()) {
                json.writeNumberField("meanWinRate", row.winRate().get());
            }
            json.writeArrayFieldStart("lacks");
            for (String scenario : row.lacking()) {
                json.writeString(scenario);
            }
            json.writeEndArray();
            json.writeEndObject();
        }
        json.writeEndArray();
        json.writeArrayFieldStart("metrics");
        for (int c = 0; c < table.columns().size(); c++) {
            Column column = table.columns().get(c);
            json.writeStartObject();
            json.writeStringField("scenario", column.scenario());
            json.writeStringField("metric", column.metric());
            if (column.direction().isPresent()) {
                json.writeStringField("better", column.direction().get().name().toLowerCase(Locale.ROOT));
            }
            json.writeArrayFieldStart("values");
            for (Row row : table.rows()) {
                Optional<Double> value = row.values().get(c);
                if (value.isPresent()) {
                    json.writeNumber(value.get());
                } else {
                    json.writeNull();
                }
            }
            json.writeEndArray();
            json.writeEndObject();
        }
        json.writeEndArray();
    }
}
