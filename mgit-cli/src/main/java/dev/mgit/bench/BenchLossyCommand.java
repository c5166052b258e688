package dev.mgit.bench;

import dev.mgit.cli.console.Context;
import dev.mgit.cli.console.Output;
import dev.mgit.cli.console.Table;
import dev.mgit.fixtures.Element;
import dev.mgit.fixtures.MadeModel;
import dev.mgit.fixtures.ModelShape;
import dev.mgit.fixtures.TaskGraph;
import dev.mgit.fixtures.Trees;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Lossy storage against lossless, and against the MGit paper's coder on the same differences. */
@Command(
        name = "lossy",
        description = {
            "Store a synthetic graph like the paper's G2 (one base, tasks, versions of each) exactly and within EPS,",
            "compare every element of every stored version with its original,",
            "and encode the same deltas as the paper does, with LZMA on 64-bit words (needs python3)."
        })
public final class BenchLossyCommand implements Callable<Integer> {
    /** So that the vocabulary is a third of the model, as in RoBERTa base. */
    private static final int WORDS_PER_WIDTH = 11;

    private final Context context;

    @Option(names = "--hidden", defaultValue = "256", description = "Width of a model (default: ${DEFAULT-VALUE}).")
    private int hidden = 256;

    @Option(names = "--layers", defaultValue = "2", description = "Default: ${DEFAULT-VALUE}.")
    private int layers = 2;

    @Option(names = "--tasks", defaultValue = "9", description = "Default: ${DEFAULT-VALUE}.")
    private int tasks = 9;

    @Option(names = "--versions", defaultValue = "10", description = "Versions per task (default: ${DEFAULT-VALUE}).")
    private int versions = 10;

    @Option(names = "--eps", defaultValue = "1e-4", description = "Default: ${DEFAULT-VALUE}.")
    private double bound = 1e-4;

    @Option(
            names = "--update",
            defaultValue = "4.5e-4",
            description = "Typical deviation of an update; weights have 0.03 (default: ${DEFAULT-VALUE}).")
    private double update = 4.5e-4;

    @Option(
            names = "--lzma",
            paramLabel = "N",
            defaultValue = "4",
            description = "Versions of the first task to encode with LZMA, which is slow (default: ${DEFAULT-VALUE}).")
    private int lzma = 4;

    BenchLossyCommand(Context context) {
        this.context = context;
    }

    @Override
    public Integer call() throws IOException {
        Path folder = Files.createTempDirectory("mgit-bench-lossy-");
        try {
            measure(folder);
        } finally {
            Trees.delete(folder);
        }
        return 0;
    }

    private void measure(Path folder) throws IOException {
        var shape = new ModelShape(WORDS_PER_WIDTH * hidden, hidden, layers, Element.F32);
        List<MadeModel> graph = TaskGraph.of(1, shape, tasks, versions, update);
        Output output = context.output();
        output.line("Made: " + graph.size() + " models of "
                + Output.bytes(graph.get(0).byteLength()) + " fp32, " + tasks + " tasks of " + versions
                + " versions, updates of deviation " + update);
        try (var exact = LossyRun.in(folder.resolve("exact"), Optional.empty(), lzma);
                var lossy = LossyRun.in(folder.resolve("lossy"), Optional.of(bound), lzma)) {
            var paper = new PaperCoder(bound);
            for (MadeModel model : graph) {
                Path files = model.writeTo(folder.resolve("models"));
                exact.add(model, files);
                lossy.add(model, files);
                if (LossyRun.isCompared(model, lzma)) {
                    paper.add(lossy.stored(model.parents().get(0)), files);
                }
                Trees.delete(files);
            }
            print(exact, lossy, paper);
        }
    }

    private void print(LossyRun exact, LossyRun lossy, PaperCoder paper) throws IOException {
        Output output = context.output();
        Table table = output.table("stored by", "of", "original", "stored", "ratio", "largest error");
        String some = "task 1, v1 to v" + Math.min(lzma, versions);
        row(table, "mgit, exact, all of .mgit", "all", exact.original(), exact.folderBytes(), exact.largestError());
        row(table, "mgit --lossy, all of .mgit", "all", lossy.original(), lossy.folderBytes(), lossy.largestError());
        row(table, "mgit --lossy, blocks", "all", lossy.original(), lossy.stored(), lossy.largestError());
        row(table, "mgit, exact, blocks", some, exact.ofCompared(), exact.storedOfCompared(), exact.largestError());
        row(table, "mgit --lossy, blocks", some, lossy.ofCompared(), lossy.storedOfCompared(), lossy.largestError());
        if (paper.ran()) {
            row(table, "LZMA on int64, as the paper", some, paper.original(), paper.stored(), paper.largestError());
        }
        table.print();
        if (!paper.ran()) {
            output.note("no LZMA row: " + paper.why());
        }
        output.line("Every version was read back and compared element by element.");
    }

    private static void row(Table table, String by, String of, long original, long stored, double error) {
        table.row(
                by,
                of,
                Output.bytes(original),
                Output.bytes(stored),
                Output.ratio(original, stored),
                String.format(Locale.ROOT, "%.4g", error));
    }
}
