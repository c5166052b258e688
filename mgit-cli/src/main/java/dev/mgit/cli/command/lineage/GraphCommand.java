package dev.mgit.cli.command.lineage;

import dev.mgit.cli.command.hooks.HookSession;
import dev.mgit.cli.console.Context;
import dev.mgit.cli.console.Session;
import dev.mgit.cli.console.WaitOption;
import dev.mgit.delta.MgitException;
import dev.mgit.hooks.JobProgress;
import dev.mgit.hooks.cascade.UpdateOptions;
import dev.mgit.hooks.cascade.UpdatePicture;
import dev.mgit.hooks.cascade.UpdateReport;
import dev.mgit.hooks.cascade.Updates;
import dev.mgit.lineage.drawing.GraphExport;
import dev.mgit.lineage.drawing.GraphMark;
import dev.mgit.lineage.graph.EdgeFilter;
import dev.mgit.lineage.graph.LineageGraph;
import dev.mgit.lineage.graph.LineageGraph.Direction;
import dev.mgit.lineage.repository.OutputFile;
import dev.mgit.lineage.version.Version;
import dev.mgit.lineage.version.VersionId;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Draws the lineage for other programs, or for people. */
@Command(
        name = "graph",
        description = {
            "Export the lineage graph as an image or in a graph format.",
            "Without REV, all versions; with REV, its ancestors and descendants."
        })
public final class GraphCommand implements Callable<Integer> {
    private final Context context;

    @Parameters(paramLabel = "REV", arity = "0..*", description = "Only versions related to these.")
    private List<String> revisions = new ArrayList<>();

    @Option(
            names = "--format",
            paramLabel = "FORMAT",
            description =
                    "dot (Graphviz), mermaid, html (one self-contained page), svg, or with --plan text: the models "
                            + "as lanes, in color at a terminal. Default: text for --plan at a terminal and for --follow, else "
                            + "mermaid.")
    private @Nullable String format;

    @Option(names = "--ancestors", description = "Only ancestors of REV.")
    private boolean ancestors;

    @Option(names = "--descendants", description = "Only descendants of REV.")
    private boolean descendants;

    @Option(
            names = "--plan",
            description =
                    "Mark what is stale, and by what: parent, data, code, recipe or packages; and while an update "
                            + "is in progress, how each of its models stands.")
    private boolean plan;

    @Option(
            names = {"-f", "--follow"},
            description = "With --plan: while an update is in progress, draw again whenever one of its models gets on.")
    private boolean follow;

    @Option(names = "-n", paramLabel = "N", description = "Only the N newest versions.")
    private int limit = Integer.MAX_VALUE;

    @Option(
            names = {"-o", "--output"},
            paramLabel = "FILE",
            description = "Write to FILE instead of standard output.")
    private @Nullable Path output;

    GraphCommand(Context context) {
        this.context = context;
    }

    @Override
    public Integer call() throws IOException {
        boolean text = isText();
        if (limit < 0) {
            throw MgitException.usage("-n must be 0 or more");
        }
        try (Session session = Session.open(context)) {
            LineageGraph graph = session.repository().graph();
            String drawing = text
                    ? text(session)
                    : GraphExport.write(
                            graph,
                            chosen(session, graph),
                            plan ? marks(updates(session)) : Map.of(),
                            GraphExport.Format.parse(format == null ? "mermaid" : format));
            if (output == null) {
                context.output().document(drawing);
            } else {
                Path file = context.resolve(output);
                OutputFile.replace(file, out -> out.write(drawing.getBytes(StandardCharsets.UTF_8)));
                context.output().line("Wrote " + session.shown(file));
            }
        }
        return 0;
    }

    private boolean isText() {
        if (follow && !plan) {
            throw MgitException.usage("--follow needs --plan");
        }
        boolean named = format != null;
        boolean wanted = named ? "text".equalsIgnoreCase(format) : plan && (follow || isShown());
        if (wanted && !plan) {
            throw new MgitException(
                    MgitException.Kind.USAGE, "text is a format of --plan only", "'mgit log --graph' draws versions");
        }
        if (follow && !wanted) {
            throw MgitException.usage("--follow draws text; leave --format out");
        }
        return wanted;
    }

    private boolean isShown() {
        return output == null && context.terminal().outIsTerminal();
    }

    private Updates updates(Session open) {
        HookSession session = HookSession.within(context, open, new WaitOption());
        return new Updates(session.workspace(), session.localExecutor(), JobProgress.NONE);
    }

    private static Map<VersionId, GraphMark> marks(Updates updates) {
        return UpdatePicture.marks(updates.plan(UpdateOptions.ofStale()), updates.status());
    }

    /** The models as they stand; where an update is followed, as they stand once it is over. */
    private String text(Session session) {
        var updates = updates(session);
        Optional<UpdateReport> followed = follow ? updates.status() : Optional.empty();
        if (follow) {
            LineageGraph before = session.repository().graph();
            var models = new PlanGraph(before, chosen(session, before));
            new PlanFollower(context, updates)
                    .follow(() -> updates.plan(UpdateOptions.ofStale()), marks -> lines(models, marks));
        }
        LineageGraph graph = session.repository().graph();
        Optional<UpdateReport> report =
                updates.status().or(() -> updates.lastReport().filter(last -> followed.isPresent()));
        Map<VersionId, GraphMark> marks = UpdatePicture.marks(updates.plan(UpdateOptions.ofStale()), report);
        return String.join("\n", lines(new PlanGraph(graph, chosen(session, graph)), marks));
    }

    private List<String> lines(PlanGraph models, Map<VersionId, GraphMark> marks) {
        return models.lines(marks, context.output(), context.terminal().columns());
    }

    private Set<VersionId> chosen(Session session, LineageGraph graph) {
        List<VersionId> start = new ArrayList<>();
        revisions.forEach(revision -> start.add(session.resolve(revision)));
        boolean both = ancestors == descendants;
        Set<VersionId> chosen = new LinkedHashSet<>();
        if (revisions.isEmpty()) {
            graph.models().forEach(model -> start.add(model.head()));
            graph.tags().forEach(tag -> start.add(tag.version()));
        }
        if (ancestors || both) {
            add(chosen, graph.log(start, Direction.ANCESTORS, EdgeFilter.ALL));
        }
        if (descendants || both) {
            add(chosen, graph.log(start, Direction.DESCENDANTS, EdgeFilter.ALL));
        }
        return chosen;
    }

    private void add(Set<VersionId> chosen, Iterator<Version> versions) {
        while (versions.hasNext() && chosen.size() < limit) {
            chosen.add(versions.next().id());
        }
    }
}
