package dev.mgit.cli.command.lineage;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.mgit.cli.console.Context;
import dev.mgit.cli.console.JsonOption;
import dev.mgit.cli.console.Session;
import dev.mgit.cli.console.Table;
import dev.mgit.lineage.graph.LineageGraph;
import dev.mgit.lineage.query.Blame.Change;
import dev.mgit.lineage.query.Blame.Line;
import dev.mgit.lineage.version.Glob;
import dev.mgit.lineage.version.Lineage;
import dev.mgit.lineage.version.Version;
import dev.mgit.lineage.version.VersionId;
import java.io.IOException;
import java.time.ZoneOffset;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Shows which version last changed each tensor. */
@Command(
        name = "blame",
        description = {
            "Show for each tensor of a version which ancestor last changed it, across models.",
            "Follows a tensor along version and provenance edges while a parent has the same data, whatever its name."
        })
public final class BlameCommand implements Callable<Integer> {
    private final Context context;

    @Parameters(index = "0", paramLabel = "REV", description = "A model, tag, id, or REV~N.")
    private String revision = "";

    @Parameters(
            index = "1",
            paramLabel = "TENSOR-GLOB",
            arity = "0..1",
            defaultValue = "*",
            description = "Only tensors matching GLOB.")
    private String tensors = "*";

    @Option(names = "--stat", description = "Show only the number of tensors per version.")
    private boolean stat;

    @Mixin
    private final JsonOption json = new JsonOption();

    BlameCommand(Context context) {
        this.context = context;
    }

    @Override
    public Integer call() throws IOException {
        try (Session session = Session.open(context)) {
            Lineage lineage = session.repository().lineage();
            VersionId version = session.resolve(revision);
            LineageGraph graph = session.repository().graphWith(version);
            List<Line> lines = new dev.mgit.lineage.query.Blame(graph, lineage).of(version, new Glob(tensors));
            if (json.wanted()) {
                context.output().json(out -> json(out, version, graph, lines));
            } else if (stat) {
                printCounts(graph, lines);
            } else {
                print(graph, lines);
            }
        }
        return 0;
    }

    private void print(LineageGraph graph, List<Line> lines) {
        Table table = context.output().table("Version", "Model", "Date", "Author", "How", "Tensor");
        for (Line line : lines) {
            Version blamed = graph.version(line.version());
            String before = line.renamed() ? " (then " + line.then() + ")" : "";
            table.row(
                    blamed.id().abbreviated(),
                    line.model(),
                    date(blamed),
                    blamed.author().name(),
                    word(line.change()),
                    line.tensor().name() + before);
        }
        table.print();
    }

    private void printCounts(LineageGraph graph, List<Line> lines) {
        Map<VersionId, Integer> counts = new LinkedHashMap<>();
        lines.forEach(line -> counts.merge(line.version(), 1, Integer::sum));
        Table table = context.output().table("Tensors", "Version", "Model", "Date", "Author", "Subject");
        counts.entrySet().stream()
                .sorted(Map.Entry.<VersionId, Integer>comparingByValue().reversed())
                .forEach(count -> {
                    Version blamed = graph.version(count.getKey());
                    table.row(
                            count.getValue(),
                            blamed.id().abbreviated(),
                            graph.modelOf(blamed.id()),
                            date(blamed),
                            blamed.author().name(),
                            blamed.subject());
                });
        table.print();
    }

    private static String date(Version version) {
        return version.when().atZone(ZoneOffset.UTC).toLocalDate().toString();
    }

    private static String word(Change change) {
        return change.name().toLowerCase(Locale.ROOT);
    }

    private static void json(JsonGenerator json, VersionId version, LineageGraph graph, List<Line> lines)
            throws IOException {
        json.writeStringField("version", version.hex());
        json.writeArrayFieldStart("tensors");
        for (Line line : lines) {
            json.writeStartObject();
            json.writeStringField("name", line.tensor().name());
            json.writeStringField("file", line.tensor().path());
            json.writeStringField("object", line.tensor().object().hex());
            json.writeStringField("version", line.version().hex());
            json.writeStringField("model", line.model());
            json.writeStringField("change", word(line.change()));
            json.writeStringField("name_then", line.then());
            json.writeStringField(
                    "author", graph.version(line.version()).author().toString());
            json.writeStringField("when", graph.version(line.version()).when().toString());
            json.writeEndObject();
        }
        json.writeEndArray();
    }
}
