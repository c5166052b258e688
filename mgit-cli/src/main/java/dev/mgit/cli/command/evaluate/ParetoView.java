package dev.mgit.cli.command.evaluate;

import dev.mgit.cli.command.evaluate.CostOptions.Cost;
import dev.mgit.cli.console.Context;
import dev.mgit.cli.console.Output;
import dev.mgit.cli.console.Session;
import dev.mgit.cli.console.Table;
import dev.mgit.delta.MgitException;
import dev.mgit.hooks.SignificantDigits;
import dev.mgit.hooks.cost.NotedCosts;
import dev.mgit.hooks.cost.Pareto;
import dev.mgit.hooks.cost.Pareto.Point;
import dev.mgit.hooks.cost.ParetoSvg;
import dev.mgit.hooks.eval.EvaluationTable;
import dev.mgit.hooks.eval.Evaluations;
import dev.mgit.hooks.modeltest.MetricRule.Direction;
import dev.mgit.lineage.graph.LineageGraph;
import dev.mgit.lineage.repository.OutputFile;
import dev.mgit.lineage.shapes.ModelShapes;
import dev.mgit.lineage.version.Glob;
import dev.mgit.lineage.version.Lineage;
import dev.mgit.lineage.version.Model;
import dev.mgit.lineage.version.VersionId;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** {@code mgit cost --pareto}. */
final class ParetoView {
    @Option(
            names = "--pareto",
            paramLabel = "METRIC",
            description =
                    "Compare versions, or all evaluated heads, by cost and this metric (SCENARIO/METRIC or a glob).")
    private @Nullable String metric;

    @Option(
            names = "--by",
            paramLabel = "flops|memory|parameters|runtime|dollars",
            description = "The cost. Default: dollars with a profile, else flops.")
    private @Nullable String by;

    @Option(names = "--svg", paramLabel = "FILE", description = "Draw it to a new file.")
    private @Nullable String svg;

    boolean wanted() {
        if (metric == null && (by != null || svg != null)) {
            throw MgitException.usage("--by and --svg need --pareto METRIC");
        }
        return metric != null;
    }

    void show(Context context, Session session, List<String> revisions, CostOptions options, boolean json)
            throws IOException {
        Lineage lineage = session.repository().lineage();
        LineageGraph graph = session.repository().graph();
        String unit = by == null ? options.hasProfile() ? "dollars" : "flops" : by;
        List<VersionId> versions = revisions.isEmpty()
                ? graph.models().stream().map(Model::head).distinct().toList()
                : revisions.stream().map(session::resolve).distinct().toList();
        EvaluationTable table =
                EvaluationTable.of(new Evaluations(lineage), versions, Optional.of(new Glob(metric + "")));
        if (table.columns().size() != 1) {
            throw new MgitException(
                    MgitException.Kind.USAGE,
                    table.columns().isEmpty()
                            ? "no version has the metric '" + metric + "'"
                            : "'" + metric + "' is several metrics",
                    table.columns().isEmpty()
                            ? "'mgit eval table' lists what was measured"
                            : "name one: "
                                    + String.join(
                                            ", ",
                                            table.columns().stream()
                                                    .map(EvaluationTable.Column::name)
                                                    .limit(5)
                                                    .toList()));
        }
        EvaluationTable.Column column = table.columns().get(0);
        Direction direction = column.direction()
                .orElseThrow(() -> new MgitException(
                        MgitException.Kind.FAILED,
                        "nobody says whether " + column.name() + " is better higher or lower",
                        "import it again with --better METRIC=higher or =lower"));
        List<Point> points = new ArrayList<>();
        var costs = new NotedCosts(lineage);
        for (EvaluationTable.Row row : table.rows()) {
            Optional<Double> value = row.values().get(0);
            if (value.isPresent()) {
                Cost cost = options.of(
                        context,
                        lineage.version(row.version()).model(),
                        ModelShapes.of(lineage, row.version()),
                        costs.profiled(row.version()));
                points.add(new Point(
                        row.version(),
                        graph.describe(row.version()),
                        cost(unit, lineage, row.version(), cost),
                        value.get()));
            }
        }
        List<Point> front = Pareto.front(points, direction);
        if (svg != null) {
            draw(context, points, front, unit, column.name());
        }
        print(context.output(), points, front, unit, column, json);
    }

    private static double cost(String unit, Lineage lineage, VersionId version, Cost cost) {
        return switch (unit) {
            case "flops" -> cost.request().weightFlops();
            case "memory" -> cost.request().memory();
            case "parameters" -> ModelShapes.of(lineage, version).parameters();
            case "runtime" -> needsProfile(cost.seconds());
            case "dollars" -> needsProfile(cost.dollars());
            default ->
                throw new MgitException(
                        MgitException.Kind.USAGE,
                        "unknown cost '" + unit + "'",
                        "use flops, memory, parameters, runtime or dollars");
        };
    }

    private static double needsProfile(Optional<Double> cost) {
        return cost.orElseThrow(() -> new MgitException(
                MgitException.Kind.USAGE,
                "runtimes and prices need a profile",
                "name one with --profile; 'mgit cost fit' makes one of measurements"));
    }

    private void draw(Context context, List<Point> points, List<Point> front, String unit, String name)
            throws IOException {
        var file = context.directory().resolve(String.valueOf(svg));
        try {
            byte[] drawing = ParetoSvg.draw(points, front, unit, name).getBytes(StandardCharsets.UTF_8);
            OutputFile.create(file, out -> out.write(drawing));
        } catch (java.nio.file.FileAlreadyExistsException e) {
            throw new MgitException(
                    MgitException.Kind.USAGE, "'" + svg + "' exists already", "name a new file, or remove it", e);
        }
    }

    private static void print(
            Output output,
            List<Point> points,
            List<Point> front,
            String unit,
            EvaluationTable.Column column,
            boolean json)
            throws IOException {
        if (json) {
            output.json(out -> {
                out.writeStringField("metric", column.name());
                out.writeStringField("cost", unit);
                out.writeArrayFieldStart("versions");
                for (Point point : points) {
                    out.writeStartObject();
                    out.writeStringField("id", point.version().hex());
                    out.writeStringField("name", point.name());
                    out.writeNumberField("cost", point.cost());
                    out.writeNumberField("value", point.value());
                    out.writeBooleanField("front", front.contains(point));
                    out.writeEndObject();
                }
                out.writeEndArray();
            });
            return;
        }
        Table table = output.table("Version", unit, column.name(), "");
        points.stream()
                .sorted(java.util.Comparator.comparingDouble(Point::cost))
                .forEach(point -> table.row(
                        point.name(),
                        String.format(Locale.ROOT, "%.4g", point.cost()),
                        SignificantDigits.of(point.value()),
                        front.contains(point) ? "on the front" : "beaten"));
        table.print();
    }
}
