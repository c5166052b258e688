package dev.mgit.bench.detect;

import dev.mgit.cli.console.Context;
import dev.mgit.cli.console.Output;
import dev.mgit.cli.console.Table;
import dev.mgit.fixtures.LabelledSet;
import dev.mgit.fixtures.ModifiedSet;
import dev.mgit.fixtures.Trees;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Scores parent detection on labelled families, and measures its index. */
@Command(
        name = "detect",
        description = {
            "Score parent detection on labelled families, synthetic and real, and measure search time and index size.",
            "Uses weights only: names, times and READMEs are withheld."
        })
public final class BenchDetectCommand implements Callable<Integer> {
    private static final int[] SIZES = {100, 1000, 2000, 5000, 10_000, 20_000, 50_000, 63_000, 100_000};

    private static final int STRANGERS = 1000;

    private final Context context;

    @Option(
            names = "--models",
            paramLabel = "N",
            defaultValue = "10000",
            description = "Models in the largest index (default: ${DEFAULT-VALUE}).")
    private int models = 10_000;

    @Option(
            names = "--families",
            paramLabel = "N",
            defaultValue = "60",
            description = "Labelled families of each kind (default: ${DEFAULT-VALUE}); 0 measures the index alone.")
    private int families = 60;

    BenchDetectCommand(Context context) {
        this.context = context;
    }

    @Override
    public Integer call() throws IOException {
        Output output = context.output();
        Path scratch = Files.createTempDirectory("mgit-bench-detect-");
        try {
            if (families > 0) {
                score(output, scratch);
            }
            scale(output, scratch.resolve("scale"));
        } finally {
            Trees.delete(scratch);
        }
        return 0;
    }

    private void score(Output output, Path scratch) throws IOException {
        output.line("Parents, one model added after another (noise families: fine-tunes are random walks)");
        List<LabelledSet.Family> made = LabelledSet.made(families, 1);
        List<LabelledSet.Family> trained = LabelledSet.trained(families / 2, 1);
        var score = new DetectScore();
        score.insert(made, scratch.resolve("made"));
        score.insert(trained, scratch.resolve("trained"));
        score.unrelated(STRANGERS, scratch.resolve("made"));
        score.print(output);
        output.line("");
        output.line(
                "Parents by the modifications of LeaFBench that touch weights (really trained, half as many families)");
        List<LabelledSet.Family> modified = ModifiedSet.families(families / 2, 1);
        var modifications = new DetectScore();
        modifications.insert(modified, scratch.resolve("modified"));
        modifications.print(output);
        output.line("The other seven leave no trace in weights: " + ModifiedSet.WITHOUT_TRACE + ".");
        output.line("");
        output.line("Directions, whole families at once, unordered");
        Table table = output.table("families", "edges", "found either way", "direction right");
        DetectScore.direction(table, "noise", made);
        DetectScore.direction(table, "really trained", trained);
        DetectScore.direction(table, "LeaFBench", modified);
        table.print();
        output.line("");
        output.line("The real family (BGE v1, v1.5, quantized; MiniLM, quantized; E5), from weights alone");
        DetectScore.real(output);
        output.line("");
    }

    private void scale(Output output, Path folder) throws IOException {
        output.line("Search against models in the index (published MGit: 7.5 s an insert at 23, 38.5 s at 736 models)");
        Table table =
                output.table("models", "candidates", "whole search", "cpu", "worst of 50", "insert", "index, kB/model");
        var scale = new DetectScale(folder);
        for (int size : SIZES) {
            if (size > models) {
                break;
            }
            DetectScale.Row row = scale.growTo(size);
            table.row(
                    size,
                    ms(row.searchNanos()),
                    ms(row.compareNanos()),
                    ms(row.processorNanos()),
                    ms(row.worstNanos()),
                    ms(row.insertNanos()),
                    String.format(Locale.ROOT, "%.1f", row.bytes() / 1000.0 / size));
        }
        table.print();
        if (models > DetectScale.SAMPLED) {
            output.line(
                    "Models beyond " + DetectScale.SAMPLED + " have no files of weights: their samples are those of"
                            + " the first, with signs of their own in each row and column of a grid, and keys taken from these.");
        }
    }

    private static String ms(long nanos) {
        return String.format(Locale.ROOT, "%.1f ms", nanos / 1e6);
    }
}
