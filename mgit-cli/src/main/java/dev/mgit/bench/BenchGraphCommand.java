package dev.mgit.bench;

import dev.mgit.bench.Spawned.Usage;
import dev.mgit.cli.console.Context;
import dev.mgit.cli.console.JsonOption;
import dev.mgit.cli.console.Output;
import dev.mgit.cli.console.Table;
import dev.mgit.delta.MgitException;
import dev.mgit.fixtures.Families;
import dev.mgit.fixtures.ModelShape;
import dev.mgit.fixtures.Trees;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.function.ToDoubleFunction;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Measures questions to a large lineage. */
@Command(
        name = "graph",
        description = {
            "Build a Git repository of many versions and time queries on it, each in its own process, start-up "
                    + "included.",
            "The versions are synthetic (200 per model, models fine-tuned from one another, one version in ten a "
                    + "merge); Git, the files under .mgit and the processes are real."
        })
final class BenchGraphCommand implements Callable<Integer> {
    private static final int AUDITED = 1000;

    private final Context context;

    @Option(
            names = "--versions",
            paramLabel = "N",
            defaultValue = "100000",
            description = "Number of versions (default: ${DEFAULT-VALUE}).")
    private int versions;

    @Option(
            names = "--runs",
            paramLabel = "N",
            defaultValue = "5",
            description = "Runs per query (default: ${DEFAULT-VALUE}).")
    private int runs;

    @Option(names = "--keep", description = "Keep the repository and print its path.")
    private boolean keep;

    @Mixin
    private final JsonOption json = new JsonOption();

    private final Map<String, List<Usage>> measured = new LinkedHashMap<>();

    BenchGraphCommand(Context context) {
        this.context = context;
    }

    @Override
    public Integer call() throws IOException {
        if (versions < 2 || runs < 1) {
            throw MgitException.usage("--versions must be at least 2, --runs at least 1");
        }
        Path folder = Files.createTempDirectory("mgit-bench-graph");
        try {
            context.output().note("making " + versions + " versions in " + folder);
            LineageMaker made = make(folder, new LineageMaker(versions), versions);
            measure(folder, made);
            print(made);
        } finally {
            if (keep) {
                context.output().note("the repository is in " + folder);
            } else {
                Trees.delete(folder);
            }
        }
        return 0;
    }

    /** A repository of so many versions, packed as Git's own upkeep would pack it. */
    static LineageMaker make(Path folder, LineageMaker made, int versions) throws IOException {
        Families.base("base", 7, ModelShape.TINY).writeTo(folder);
        ChildProcess.output(folder, Spawned.mgit("init"));
        ChildProcess.output(folder, Spawned.mgit("commit", "base", "--model", "seed"));
        Path git = folder.resolve(".mgit/lineage.git");
        made.make(git, "seed", versions);
        String last = made.ids().get(versions - 1);
        ChildProcess.output(git, List.of("git", "cat-file", "-e", last));
        try (BenchRepository repository = BenchRepository.open(folder)) {
            repository.setModels(made.heads());
        }
        ChildProcess.output(git, List.of("git", "pack-refs", "--all"));
        return made;
    }

    private void measure(Path folder, LineageMaker made) throws IOException {
        Path index = folder.resolve(".mgit/index");
        String first = made.ids().get(0);
        String middle = made.ids().get(versions / 2);
        String last = made.ids().get(versions - 1);
        Trees.delete(index);
        time(folder, "any query, index missing", 1, "find", "--text", "no such words");
        time(folder, "log -n 20", runs, "log", "-n", "20");
        time(folder, "log --graph -n 20", runs, "log", "--graph", "-n", "20");
        time(folder, "log --descendants FIRST -n 20", runs, "log", "--descendants", first, "-n", "20");
        time(folder, "log --kind merge -n 20", runs, "log", "--kind", "merge", "-n", "20");
        time(folder, "show LAST", runs, "show", last);
        time(folder, "impact FIRST --open", runs, "impact", first, "--open");
        time(folder, "impact MIDDLE", runs, "impact", middle);
        time(folder, "blame LAST", runs, "blame", last);
        time(folder, "find --text", runs, "find", "--text", "no such words");
        time(folder, "find --model --kind", runs, "find", "--model", "team/*7", "--kind", "merge", "-n", "20");
        time(folder, "find --tensor, tensor index missing", 1, "find", "--tensor", "0123456789");
        time(folder, "find --tensor HASH", runs, "find", "--tensor", "0123456789");
        time(folder, "find --shape -n 20", runs, "find", "--shape", "*x64", "-n", "20");
        time(folder, "bisect start LAST", runs, "bisect", "start", last);
        time(folder, "bisect good MIDDLE", runs, "bisect", "good", middle);
        time(folder, "status (which models are stale)", runs, "status");
        time(folder, "graph MIDDLE --format svg -n 50", runs, "graph", middle, "--format", "svg", "-n", "50");
        time(folder, "branch", runs, "branch");
        ChildProcess.output(folder, Spawned.mgit("branch", "fresh", first));
        time(folder, "find --text, one reference moved", 1, "find", "--text", "no such words");
        Path git = folder.resolve(".mgit/lineage.git");
        audit(folder, made);
        time(git, "git log --branches -n 20", runs, List.of("git", "log", "--branches", "-n", "20"));
    }

    /** The first version with so many ancestors, beside what Git takes to read their commits, and their trees too. */
    private void audit(Path folder, LineageMaker made) throws IOException {
        int version = 0;
        while (version < versions - 1 && made.ancestors(version) < AUDITED) {
            version++;
        }
        String id = made.ids().get(version);
        String of = made.ancestors(version) + " ancestors";
        Path git = folder.resolve(".mgit/lineage.git");
        time(folder, "audit, " + of, runs, "audit", id);
        time(git, "git log, " + of, runs, List.of("git", "log", "--parents", id));
        time(git, "git rev-list --objects, " + of, runs, List.of("git", "rev-list", "--objects", id));
    }

    private void time(Path folder, String what, int times, String... arguments) throws IOException {
        time(folder, what, times, Spawned.mgit(arguments));
    }

    private void time(Path folder, String what, int times, List<String> command) throws IOException {
        List<Usage> all = new ArrayList<>();
        for (int i = 0; i < times; i++) {
            all.add(Spawned.run(folder, command).orFail(String.join(" ", command)));
        }
        measured.put(what, all);
    }

    private void print(LineageMaker made) throws IOException {
        Output output = context.output();
        if (json.wanted()) {
            output.json(out -> {
                out.writeNumberField("versions", versions);
                out.writeNumberField("models", made.models());
                out.writeArrayFieldStart("questions");
                for (Map.Entry<String, List<Usage>> question : measured.entrySet()) {
                    out.writeStartObject();
                    out.writeStringField("question", question.getKey());
                    out.writeNumberField("best_seconds", sorted(question.getValue(), Usage::seconds)[0]);
                    out.writeNumberField("median_seconds", median(question.getValue(), Usage::seconds));
                    out.writeNumberField("processor_seconds", median(question.getValue(), Usage::processor));
                    out.writeEndObject();
                }
                out.writeEndArray();
            });
            return;
        }
        output.line(versions + " versions of " + made.models() + " models; whole processes, seconds; cpu is user and"
                + " system time, the median");
        Table table = output.table("Question", "Best", "Median", "Cpu");
        measured.forEach((question, all) -> table.row(
                question,
                shown(sorted(all, Usage::seconds)[0]),
                shown(median(all, Usage::seconds)),
                shown(median(all, Usage::processor))));
        table.print();
    }

    private static double[] sorted(List<Usage> all, ToDoubleFunction<Usage> figure) {
        return all.stream().mapToDouble(figure).sorted().toArray();
    }

    private static double median(List<Usage> all, ToDoubleFunction<Usage> figure) {
        return sorted(all, figure)[all.size() / 2];
    }

    private static String shown(double value) {
        return String.format(Locale.ROOT, "%.2f", value);
    }
}
