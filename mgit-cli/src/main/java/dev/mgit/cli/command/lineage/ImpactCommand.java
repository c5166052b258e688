package dev.mgit.cli.command.lineage;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.mgit.cli.console.Context;
import dev.mgit.cli.console.JsonOption;
import dev.mgit.cli.console.Output;
import dev.mgit.cli.console.Session;
import dev.mgit.lineage.graph.EdgeFilter;
import dev.mgit.lineage.graph.LineageGraph;
import dev.mgit.lineage.query.Impact.Affected;
import dev.mgit.lineage.query.TensorSearch;
import dev.mgit.lineage.version.EdgeKind;
import dev.mgit.lineage.version.Lineage;
import dev.mgit.lineage.version.VersionId;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Shows what hangs on a version or a tensor. */
@Command(
        name = "impact",
        description = {
            "Show everything downstream of a version, grouped by kind of edge, head versions (the newest of their "
                    + "model) first.",
            "Says which models are still built on it, since what their head was derived from leads there, and which only "
                    + "succeeded a version that was.",
            "Given a tensor hash, show the versions that contain it and everything downstream of them."
        })
public final class ImpactCommand implements Callable<Integer> {
    private final Context context;

    @Parameters(
            paramLabel = "REV|TENSOR-HASH",
            description = "A revision, or the hash of a tensor as 'mgit show --tensors' prints it.")
    private String subject = "";

    @Option(
            names = "--kind",
            paramLabel = "KIND",
            description = "Follow only provenance edges of this kind, and version edges. Repeatable.")
    private List<String> kinds = new ArrayList<>();

    @Option(names = "--open", description = "List only head versions.")
    private boolean openOnly;

    @Option(
            names = "--derived-only",
            description = "List only versions whose derivation leads there, not those that only succeeded one.")
    private boolean derivedOnly;

    @Mixin
    private final JsonOption json = new JsonOption();

    ImpactCommand(Context context) {
        this.context = context;
    }

    @Override
    public Integer call() throws IOException {
        Set<EdgeKind> followed = Kinds.parse(kinds);
        EdgeFilter edges = followed.isEmpty() ? EdgeFilter.ALL : EdgeFilter.of(true, followed);
        try (Session session = Session.open(context)) {
            Lineage lineage = session.repository().lineage();
            Optional<VersionId> version = lineage.tryResolve(session.revisions().inFull(subject));
            List<TensorSearch.Match> containing = List.of();
            LineageGraph graph;
            if (version.isPresent() || !TensorSearch.looksLikeHash(subject)) {
                version = Optional.of(version.orElseGet(() -> session.resolve(subject)));
                graph = session.repository().graphWith(version.get());
            } else {
                graph = session.repository().graph();
                containing =
                        new TensorSearch(graph, lineage, session.repository().tensorIndex()).containing(subject);
            }
            List<VersionId> sources = version.map(List::of)
                    .orElse(containing.stream().map(TensorSearch.Match::version).toList());
            List<Affected> affected = dev.mgit.lineage.query.Impact.of(graph, sources, edges, openOnly).stream()
                    .filter(one -> one.builtOn() || !derivedOnly)
                    .toList();
            List<TensorSearch.Match> matches = containing;
            if (json.wanted()) {
                context.output().json(out -> json(out, matches, sources, affected));
            } else {
                print(graph, matches, sources, affected);
            }
        }
        return 0;
    }

    private void print(
            LineageGraph graph, List<TensorSearch.Match> containing, List<VersionId> sources, List<Affected> affected) {
        Output output = context.output();
        if (!containing.isEmpty()) {
            output.line(containing.size() + " version(s) contain tensor " + subject);
            containing.forEach(match -> output.line("  " + name(graph, match.version()) + head(match.open()) + "  "
                    + match.tensors().get(0).name()));
        }
        String of = sources.size() == 1 ? name(graph, sources.get(0)) : "these";
        long models = affected.stream().map(Affected::model).distinct().count();
        long open = affected.stream().filter(Affected::open).count();
        output.line(
                affected.isEmpty()
                        ? "Nothing " + (openOnly ? "open " : "") + "is downstream of " + of
                        : affected.size() + " version(s) of " + models + " model(s) are downstream of " + of + ", "
                                + open + " of them head versions");
        models("Still built on it", dev.mgit.lineage.query.Impact.stillBuilt(affected));
        models("Not any more", dev.mgit.lineage.query.Impact.succeeded(affected));
        dev.mgit.lineage.query.Impact.byKind(affected).forEach((kind, group) -> print(graph, kind.word(), group));
        print(
                graph,
                "newer versions",
                affected.stream().filter(one -> one.kind().isEmpty()).toList());
    }

    private void print(LineageGraph graph, String heading, List<Affected> group) {
        Output output = context.output();
        if (!group.isEmpty()) {
            output.line("");
            output.line(output.styled(Output.Style.BOLD, heading + " (" + group.size() + ")"));
        }
        group.forEach(one -> output.line("  " + name(graph, one.version()) + head(one.open()) + "  from "
                + name(graph, one.via()) + (one.distance() > 1 ? ", " + one.distance() + " steps away" : "")));
    }

    private void models(String what, List<String> names) {
        if (!names.isEmpty()) {
            context.output().line(what + ": " + String.join(", ", names));
        }
    }

    private String head(boolean head) {
        return head ? context.output().styled(Output.Style.GREEN, " (head)") : "";
    }

    private static String name(LineageGraph graph, VersionId version) {
        return graph.modelOf(version) + "@" + version.abbreviated();
    }

    private static void json(
            JsonGenerator json, List<TensorSearch.Match> containing, List<VersionId> sources, List<Affected> affected)
            throws IOException {
        json.writeArrayFieldStart("sources");
        for (VersionId source : sources) {
            json.writeString(source.hex());
        }
        json.writeEndArray();
        if (!containing.isEmpty()) {
            json.writeStringField(
                    "object", containing.get(0).tensors().get(0).object().hex());
        }
        json.writeArrayFieldStart("affected");
        for (Affected one : affected) {
            json.writeStartObject();
            json.writeStringField("version", one.version().hex());
            json.writeStringField("model", one.model());
            json.writeStringField("kind", one.kind().map(EdgeKind::word).orElse("version"));
            json.writeStringField("via", one.via().hex());
            json.writeNumberField("distance", one.distance());
            json.writeBooleanField("open", one.open());
            json.writeBooleanField("built_on", one.builtOn());
            json.writeEndObject();
        }
        json.writeEndArray();
        names(json, "still_built_on", dev.mgit.lineage.query.Impact.stillBuilt(affected));
        names(json, "succeeded", dev.mgit.lineage.query.Impact.succeeded(affected));
    }

    private static void names(JsonGenerator json, String field, List<String> names) throws IOException {
        json.writeArrayFieldStart(field);
        for (String name : names) {
            json.writeString(name);
        }
        json.writeEndArray();
    }
}
