package dev.mgit.cli.command;

import dev.mgit.cli.command.hooks.ResultText;
import dev.mgit.cli.console.Context;
import dev.mgit.cli.console.JsonOption;
import dev.mgit.cli.console.Output;
import dev.mgit.cli.console.Session;
import dev.mgit.cli.console.VersionText;
import dev.mgit.delta.MgitException;
import dev.mgit.lineage.graph.TextGraph;
import dev.mgit.lineage.version.Lineage;
import dev.mgit.lineage.version.Model;
import dev.mgit.lineage.version.Version;
import dev.mgit.lineage.version.VersionId;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
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
            "Starts from the given revisions; without any, or with --all, from every model."
        })
public final class Log implements Callable<Integer> {
    private final Context context;

    @Parameters(paramLabel = "REV", arity = "0..*", description = "Where to start. Default: all models.")
    private List<String> revisions = new ArrayList<>();

    @Option(names = "--all", description = "Start from all models and tags.")
    private boolean all;

    @Option(
            names = "--graph",
            description = "Draw the lineage: '|' leads to the previous version, ':' to what it was derived from.")
    private boolean graph;

    @Option(names = "--oneline", description = "One line a version.")
    private boolean oneLine;

    @Option(names = "--tests", description = "With the latest result of each test.")
    private boolean tests;

    @Option(names = "-n", paramLabel = "N", description = "At most N versions.")
    private int limit = Integer.MAX_VALUE;

    @Mixin
    private final JsonOption json = new JsonOption();

    Log(Context context) {
        this.context = context;
    }

    @Override
    public Integer call() throws IOException {
        try (Session session = Session.open(context)) {
            Lineage lineage = session.repository().lineage();
            Iterator<Version> versions = lineage.walk(start(lineage));
            var text = new VersionText(lineage, context.output());
            if (limit < 0) {
                throw MgitException.usage("-n takes a number from 0 up");
            }
            Optional<ResultText> results = tests ? Optional.of(new ResultText(context, session)) : Optional.empty();
            if (json.wanted()) {
                print(versions, text, results);
            } else {
                print(versions, text, results, new TextGraph(context.terminal().out()));
            }
        }
        return 0;
    }

    private List<VersionId> start(Lineage lineage) {
        List<VersionId> start = new ArrayList<>();
        revisions.forEach(revision -> start.add(lineage.resolve(revision)));
        if (all || revisions.isEmpty()) {
            lineage.models().stream().map(Model::head).forEach(start::add);
            lineage.tags().forEach(tag -> start.add(tag.version()));
        }
        return start;
    }

    private void print(Iterator<Version> versions, VersionText text, Optional<ResultText> results) throws IOException {
        context.output().json(json -> {
            json.writeArrayFieldStart("versions");
            for (int i = 0; i < limit && versions.hasNext(); i++) {
                Version version = versions.next();
                json.writeStartObject();
                text.fields(json, version);
                if (results.isPresent()) {
                    results.get().json(json, version);
                }
                json.writeEndObject();
            }
            json.writeEndArray();
        });
    }

    private void print(Iterator<Version> versions, VersionText text, Optional<ResultText> results, TextGraph lanes)
            throws IOException {
        Output output = context.output();
        for (int i = 0; i < limit && versions.hasNext(); i++) {
            Version version = versions.next();
            List<String> lines = new ArrayList<>(oneLine || graph ? text.brief(version, !oneLine) : text.full(version));
            results.ifPresent(shown -> shown.lines(version).forEach(line -> lines.add("  " + line)));
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
