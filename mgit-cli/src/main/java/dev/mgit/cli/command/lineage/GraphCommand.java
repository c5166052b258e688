package dev.mgit.cli.command.lineage;

import dev.mgit.cli.command.hooks.HookSession;
import dev.mgit.cli.console.Context;
import dev.mgit.cli.console.Session;
import dev.mgit.cli.console.WaitOption;
import dev.mgit.delta.MgitException;
import dev.mgit.hooks.JobProgress;
import dev.mgit.hooks.cascade.UpdateOptions;
import dev.mgit.hooks.cascade.UpdatePicture;
import dev.mgit.hooks.cascade.Updates;
import dev.mgit.lineage.drawing.GraphExport;
import dev.mgit.lineage.drawing.GraphMark;
import dev.mgit.lineage.graph.EdgeFilter;
import dev.mgit.lineage.graph.LineageGraph;
import dev.mgit.lineage.graph.LineageGraph.Direction;
import dev.mgit.lineage.repository.DurableFiles;
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
            defaultValue = "mermaid",
            description = "dot (Graphviz), mermaid (default), html (one self-contained page) or svg.")
    private String format = "mermaid";

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
        GraphExport.Format wanted = GraphExport.Format.parse(format);
        if (limit < 0) {
            throw MgitException.usage("-n must be 0 or more");
        }
        try (Session session = Session.open(context)) {
            LineageGraph graph = session.repository().graph();
            String drawing = GraphExport.write(graph, chosen(session, graph), marks(session), wanted);
            if (output == null) {
                context.output().document(drawing);
            } else {
                Path file = context.resolve(output);
                DurableFiles.replace(file, drawing.getBytes(StandardCharsets.UTF_8));
                context.output().line("Wrote " + session.shown(file));
            }
        }
        return 0;
    }

    private Map<VersionId, GraphMark> marks(Session open) {
        if (!plan) {
            return Map.of();
        }
        HookSession session = HookSession.within(context, open, new WaitOption());
        var updates = new Updates(session.workspace(), session.localExecutor(), JobProgress.NONE);
        return UpdatePicture.marks(updates.plan(UpdateOptions.ofStale()), updates.status());
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
