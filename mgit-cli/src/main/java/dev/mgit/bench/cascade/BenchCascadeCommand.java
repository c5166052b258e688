package dev.mgit.bench.cascade;

import dev.mgit.cli.console.Context;
import dev.mgit.cli.console.JsonOption;
import dev.mgit.cli.console.Output;
import dev.mgit.cli.console.ProgressLine;
import dev.mgit.cli.console.Table;
import dev.mgit.delta.MgitException;
import dev.mgit.fixtures.Trees;
import dev.mgit.lineage.maintain.DiskUsageReport;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Builds the paper's graphs by real training, improves their roots, updates what is below, and compares. */
@Command(
        name = "cascade",
        description = {
            "Build graphs of the shapes of arXiv 2307.07507 by training small networks on scanned digits,",
            "give each root a better version, trained on corrupted scans, update everything downstream, and compare "
                    + "the",
            "accuracy of each model on each of ten corruptions before and after."
        })
public final class BenchCascadeCommand implements Callable<Integer> {
    private final Context context;

    /** The graphs there are. */
    enum Which {
        G2,
        G3,
        G4,
        G5,
        ALL
    }

    @Option(names = "--shape", description = "${COMPLETION-CANDIDATES}. Default: ${DEFAULT-VALUE}.")
    private Which which = Which.ALL;

    @Option(
            names = {"-j", "--jobs"},
            paramLabel = "N",
            description = "Parallel training jobs. Default: ${DEFAULT-VALUE}.")
    private int jobs = 2;

    @Option(names = "--quick", description = "Build a small part of each graph as a smoke test.")
    private boolean quick;

    @Option(names = "--keep", paramLabel = "DIR", description = "Build in this folder and keep the repositories.")
    private @Nullable Path keep;

    @Mixin
    private final JsonOption json = new JsonOption();

    BenchCascadeCommand(Context context) {
        this.context = context;
    }

    @Override
    public Integer call() throws IOException {
        if (jobs < 1) {
            throw MgitException.usage("-j must be at least 1");
        }
        Scale scale = quick ? Scale.QUICK : Scale.FULL;
        List<Shape> shapes = List.of(
                new ManyTasks(scale), new Federation(scale), new PrunedArchitectures(scale), new SharedLayers(scale));
        Path folder = keep == null ? Files.createTempDirectory("mgit-cascade-") : context.resolve(keep);
        try {
            List<Outcome> outcomes = new ArrayList<>();
            for (Shape shape : shapes) {
                if (which == Which.ALL || which.name().equalsIgnoreCase(shape.name())) {
                    Outcome outcome = measure(shape, folder.resolve(shape.name()));
                    if (!json.wanted()) {
                        print(outcome);
                    }
                    outcomes.add(outcome);
                }
            }
            if (json.wanted()) {
                context.output().json(out -> {
                    out.writeArrayFieldStart("graphs");
                    for (Outcome outcome : outcomes) {
                        outcome.write(out);
                    }
                    out.writeEndArray();
                });
            } else {
                summarise(outcomes);
            }
        } finally {
            if (keep == null) {
                Trees.delete(folder);
            }
        }
        return 0;
    }

    private Outcome measure(Shape shape, Path folder) throws IOException {
        TrainingRepository nursery =
                new TrainingRepository(folder, context.terminal().environment(), jobs);
        try (ProgressLine progress = context.progress(shape.name() + ": training")) {
            long started = System.nanoTime();
            nursery.train(shape.roots());
            List<List<Training>> waves = shape.waves();
            for (int wave = 0; wave < waves.size(); wave++) {
                nursery.train(waves.get(wave));
                progress.items(wave + 1, waves.size());
            }
            double buildSeconds = seconds(started);
            DiskUsageReport usage = nursery.usage();
            nursery.registerTests(shape.judged());
            Accuracies before = nursery.evaluate(shape.judged());
            nursery.train(shape.better());
            started = System.nanoTime();
            int recipes = 0;
            for (Training root : shape.better()) {
                recipes += nursery.update(root.models().get(0));
            }
            double updateSeconds = seconds(started);
            Accuracies after = nursery.evaluate(shape.judged());
            return new Outcome(shape, before, after, usage, buildSeconds, recipes, updateSeconds);
        }
    }

    private static double seconds(long started) {
        return (System.nanoTime() - started) / 1e9;
    }

    private void print(Outcome outcome) {
        Output output = context.output();
        output.line(outcome.shape().name().toUpperCase(Locale.ROOT) + ": "
                + outcome.shape().title());
        output.line(String.format(
                Locale.ROOT,
                "%d versions trained in %.0f s; below the better base, %d recipes and their tests in %.0f s",
                outcome.versions(),
                outcome.buildSeconds(),
                outcome.recipes(),
                outcome.updateSeconds()));
        output.line("Accuracy in percent before the cascade, and the gain by kind of corruption:");
        List<String> headings = new ArrayList<>(List.of("model", "before", "after"));
        headings.addAll(Tasks.CHANGES);
        Table table = output.table(headings.toArray(String[]::new));
        for (int m = 0; m < outcome.after().models().size(); m++) {
            List<Object> cells = new ArrayList<>();
            cells.add(outcome.after().models().get(m));
            cells.add(percent("%.1f", outcome.before().meanOf(m)));
            cells.add(percent("%.1f", outcome.after().meanOf(m)));
            for (int c = 0; c < Tasks.CHANGES.size(); c++) {
                cells.add(percent("%+.1f", outcome.after().gain(outcome.before(), m, c)));
            }
            table.row(cells.toArray());
        }
        table.print();
        output.line("");
    }

    private static String percent(String format, double share) {
        return String.format(Locale.ROOT, format, 100 * share);
    }

    private void summarise(List<Outcome> outcomes) {
        Output output = context.output();
        Table cells = output.table(
                "graph",
                "cells",
                "no worse",
                "better",
                "paper: no worse (better)",
                "mean before",
                "after",
                "changed scans before",
                "after");
        Table bytes = output.table("graph", "versions", "logical", "stored", "ratio", "lineage in Git");
        for (Outcome outcome : outcomes) {
            Accuracies before = outcome.before();
            Accuracies after = outcome.after();
            cells.row(
                    outcome.shape().name(),
                    after.cells(),
                    after.noWorse(before),
                    after.better(before),
                    outcome.shape()
                            .paper()
                            .map(paper -> paper.noWorse() + " (" + paper.better() + ") of " + paper.cells())
                            .orElse("-"),
                    percent("%.1f", before.mean()),
                    percent("%.1f", after.mean()),
                    percent("%.1f", before.meanChanged()),
                    percent("%.1f", after.meanChanged()));
            long logical = outcome.logicalBytes();
            bytes.row(
                    outcome.shape().name(),
                    outcome.versions(),
                    Output.bytes(logical),
                    Output.bytes(outcome.usage().frameBytes()),
                    Output.ratio(logical, outcome.usage().frameBytes()),
                    Output.bytes(outcome.usage().gitBytes()));
        }
        cells.print();
        output.line("");
        bytes.print();
    }
}
