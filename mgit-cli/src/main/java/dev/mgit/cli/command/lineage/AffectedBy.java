package dev.mgit.cli.command.lineage;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.mgit.cli.console.Context;
import dev.mgit.cli.console.Output;
import dev.mgit.cli.console.Session;
import dev.mgit.delta.MgitException;
import dev.mgit.hooks.Workspace;
import dev.mgit.hooks.audit.Exposure;
import dev.mgit.hooks.audit.Exposure.Exposed;
import dev.mgit.hooks.audit.Exposure.Step;
import dev.mgit.hooks.audit.MakingQuery;
import dev.mgit.hooks.licence.KnownLicences;
import dev.mgit.lineage.graph.LineageGraph;
import dev.mgit.lineage.query.Find;
import dev.mgit.lineage.query.TensorSearch;
import dev.mgit.lineage.version.EdgeKind;
import dev.mgit.lineage.version.VersionId;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/** Tells what a version, licence, data, tensor or package that turned out bad has touched. */
final class AffectedBy {
    private final Context context;
    private final Session session;
    private final Workspace workspace;
    private final String subject;

    AffectedBy(Context context, Session session, Workspace workspace, String subject) {
        this.context = context;
        this.session = session;
        this.workspace = workspace;
        this.subject = subject;
    }

    /**
     * Versions it is in, and what it was taken for.
     *
     * @param readAs one word: a version, licence, data, tensor or package
     */
    private record Sources(String readAs, LineageGraph graph, List<VersionId> versions) {}

    void tell(boolean json) throws IOException {
        Sources sources = sources();
        List<Exposed> exposed = Exposure.of(sources.graph(), sources.versions());
        if (json) {
            context.output().json(out -> json(out, sources, exposed));
        } else {
            print(sources, exposed);
        }
    }

    /** A version goes before a licence of that name, and both before data and packages. */
    private Sources sources() throws IOException {
        Optional<VersionId> version =
                session.repository().lineage().tryResolve(session.revisions().inFull(subject));
        if (version.isPresent()) {
            return new Sources("version", session.repository().graphWith(version.get()), List.of(version.get()));
        }
        LineageGraph graph = session.repository().graph();
        if (KnownLicences.of(subject).isPresent()) {
            return new Sources("licence", graph, made(graph, MakingQuery.ofLicence(subject)));
        }
        if (TensorSearch.looksLikeHash(subject)) {
            List<VersionId> data = made(graph, MakingQuery.ofInput(subject));
            return data.isEmpty() ? new Sources("tensor", graph, containing(graph)) : new Sources("data", graph, data);
        }
        List<VersionId> data = made(graph, MakingQuery.ofDataset(subject));
        return data.isEmpty()
                ? new Sources("package", graph, made(graph, MakingQuery.ofLibrary(MakingQuery.Library.parse(subject))))
                : new Sources("data", graph, data);
    }

    private List<VersionId> made(LineageGraph graph, MakingQuery query) {
        return new Find(
                        graph,
                        session.repository().lineage(),
                        session.repository().tensorIndex())
                .all(Find.Query.ANY, query.in(workspace, context.output()::warning), Integer.MAX_VALUE).stream()
                        .map(TensorSearch.Match::version)
                        .toList();
    }

    private List<VersionId> containing(LineageGraph graph) {
        try {
            return new TensorSearch(
                            graph,
                            session.repository().lineage(),
                            session.repository().tensorIndex())
                    .containing(subject).stream()
                            .map(TensorSearch.Match::version)
                            .toList();
        } catch (MgitException none) {
            if (none.kind() != MgitException.Kind.USAGE) {
                throw none;
            }
            return List.of();
        }
    }

    private void print(Sources sources, List<Exposed> exposed) {
        Output output = context.output();
        long open = exposed.stream().filter(Exposed::open).count();
        output.line(
                exposed.isEmpty()
                        ? "Nothing is affected: no version has the " + sources.readAs() + " " + subject
                        : "The " + sources.readAs() + " " + subject + " affects " + exposed.size() + " version(s), "
                                + open + " of them head versions");
        for (Exposed one : exposed) {
            String clean = one.clean()
                    .map(head -> "; newer and clean as far as recorded: " + name(sources.graph(), head))
                    .orElse("");
            output.line("  " + name(sources.graph(), one.version())
                    + (one.open() ? output.styled(Output.Style.RED, " (head)") : "")
                    + path(sources.graph(), one.path()) + clean);
        }
    }

    private static String path(LineageGraph graph, List<Step> path) {
        var text = new StringBuilder();
        path.forEach(step -> text.append(text.isEmpty() ? "  " : ", ")
                .append(step.kind().map(EdgeKind::word).orElse("next version"))
                .append(" of ")
                .append(name(graph, step.parent())));
        return text.toString();
    }

    private static String name(LineageGraph graph, VersionId version) {
        return graph.modelOf(version) + "@" + version.abbreviated();
    }

    private void json(JsonGenerator json, Sources sources, List<Exposed> exposed) throws IOException {
        json.writeStringField("affected_by", subject);
        json.writeStringField("read_as", sources.readAs());
        json.writeArrayFieldStart("affected");
        for (Exposed one : exposed) {
            json.writeStartObject();
            json.writeStringField("version", one.version().hex());
            json.writeStringField("model", sources.graph().modelOf(one.version()));
            json.writeBooleanField("open", one.open());
            json.writeArrayFieldStart("path");
            for (Step step : one.path()) {
                json.writeStartObject();
                json.writeStringField("kind", step.kind().map(EdgeKind::word).orElse("version"));
                json.writeStringField("parent", step.parent().hex());
                json.writeEndObject();
            }
            json.writeEndArray();
            if (one.clean().isPresent()) {
                json.writeStringField("clean", one.clean().get().hex());
            }
            json.writeEndObject();
        }
        json.writeEndArray();
    }
}
