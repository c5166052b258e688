package dev.mgit.cli.command.history;

import dev.mgit.cli.command.lineage.Kinds;
import dev.mgit.cli.command.update.ResultText;
import dev.mgit.cli.console.Context;
import dev.mgit.cli.console.JsonOption;
import dev.mgit.cli.console.Output;
import dev.mgit.cli.console.Session;
import dev.mgit.cli.console.VersionText;
import dev.mgit.delta.MgitException;
import dev.mgit.lineage.diff.report.DiffReport.Detail;
import dev.mgit.lineage.drawing.TextGraph;
import dev.mgit.lineage.graph.LineageGraph;
import dev.mgit.lineage.graph.LineageGraph.Direction;
import dev.mgit.lineage.query.Find.Query;
import dev.mgit.lineage.version.EdgeKind;
import dev.mgit.lineage.version.Lineage;
import dev.mgit.lineage.version.Version;
import dev.mgit.lineage.version.VersionId;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Shows history across models. */
@Command(
        name = "log",
        description = {
            "Show versions and what they were derived from, newest first, across models.",
            "Starts from the given revisions and follows their ancestors, or with --descendants their descendants; "
                    + "without any, or with --all, starts from every model.",
            "A..B shows ancestors of B that are not ancestors of A; @ is the version checked out here."
        })
public final class LogCommand implements Callable<Integer> {
    private static final int MOST_WALKED = 256;

    private final Context context;

    @Parameters(paramLabel = "REV", arity = "0..*", description = "Where to start. Default: all models.")
    private List<String> revisions = new ArrayList<>();

    @Option(names = "--all", description = "Start from all models and tags.")
    private boolean all;

    @Option(names = "--ancestors", description = "Show ancestors of the given versions (default).")
    private boolean ancestors;

    @Option(names = "--descendants", description = "Show descendants of the given versions instead.")
    private boolean descendants;

    @Option(
            names = "--kind",
            paramLabel = "KIND",
            description = "Only versions derived this way: finetune, quantize, … Repeatable.")
    private List<String> kinds = new ArrayList<>();

    @Option(
            names = "--graph",
            description = "Draw the lineage: '|' leads to the previous version, ':' to what it was derived from.")
    private boolean graph;

    @Option(names = "--oneline", description = "One line per version.")
    private boolean oneLine;

    @Option(
            names = "--tests",
            description = "Show the latest result of each test, evaluations, costs and serving plans.")
    private boolean tests;

    @Option(
            names = {"-p", "--patch"},
            description = "Show what changed since the previous version, or since the parent it was derived from.")
    private boolean patch;

    @Option(names = "--stat", description = "Like -p, but only counts and files.")
    private boolean stat;

    @Option(
            names = {"-n", "--max-count"},
            paramLabel = "N",
            description = "Show at most N versions; -N for short.")
    private int limit = Integer.MAX_VALUE;

    @Mixin
    private final JsonOption json = new JsonOption();

    LogCommand(Context context) {
        this.context = context;
    }

    @Override
    public Integer call() throws IOException {
        if (limit < 0) {
            throw MgitException.usage("-n must be 0 or more");
        }
        if (ancestors && descendants) {
            throw MgitException.usage("--ancestors and --descendants cannot be combined; 'mgit graph REV' shows both");
        }
        Set<EdgeKind> wanted = Kinds.parse(kinds);
        try (Session session = Session.open(context)) {
            Lineage lineage = session.repository().lineage();
            var span = new LogSpan(session, revisions, all);
            Iterator<Version> versions = span.without(versions(session, span.start(), wanted), descendants);
            var text = new VersionText(lineage, context.output());
            List<LogDetail> details = new ArrayList<>();
            if (tests) {
                details.add(LogDetail.of(new ResultText(context, session)));
            }
            if (patch || stat) {
                details.add(new VersionDiff(session, context.output(), patch ? Detail.LAYERS : Detail.SUMMARY));
            }
            if (json.wanted()) {
                print(versions, text, details);
            } else {
                print(versions, text, details, new TextGraph(context.output()::line));
            }
        }
        return 0;
    }

    /** A walk reads as many commits as it has starts and steps; from many starts, and backwards, it takes the index. */
    private Iterator<Version> versions(Session session, List<VersionId> start, Set<EdgeKind> wanted) {
        Lineage lineage = session.repository().lineage();
        if (!descendants && wanted.isEmpty() && start.size() <= MOST_WALKED) {
            return lineage.walk(start);
        }
        LineageGraph graph = session.repository().graph();
        Direction direction = descendants ? Direction.DESCENDANTS : Direction.ANCESTORS;
        return dev.mgit.lineage.query.Find.log(graph, start, direction, Query.ofKinds(wanted));
    }

    private void print(Iterator<Version> versions, VersionText text, List<LogDetail> details) throws IOException {
        context.output().json(json -> {
            json.writeArrayFieldStart("versions");
            for (int i = 0; i < limit && versions.hasNext(); i++) {
                Version version = versions.next();
                json.writeStartObject();
                text.fields(json, version);
                for (LogDetail detail : details) {
                    detail.json(json, version);
                }
                json.writeEndObject();
            }
            json.writeEndArray();
        });
    }

    private void print(Iterator<Version> versions, VersionText text, List<LogDetail> details, TextGraph lanes)
            throws IOException {
        Output output = context.output();
        for (int i = 0; i < limit && versions.hasNext(); i++) {
            Version version = versions.next();
            List<String> lines = new ArrayList<>(oneLine || graph ? text.brief(version, !oneLine) : text.full(version));
            for (LogDetail detail : details) {
                detail.lines(version).forEach(line -> lines.add(line.isEmpty() ? "" : "  " + line));
            }
            if (graph) {
                lanes.add(version, '*', lines);
            } else {
                lines.forEach(output::line);
                if (!oneLine) {
                    output.line("");
                }
            }
        }
    }
}
