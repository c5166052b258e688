package dev.mgit.bench;

import dev.mgit.bench.Spawned.Usage;
import dev.mgit.cli.console.Context;
import dev.mgit.cli.console.JsonOption;
import dev.mgit.cli.console.Output;
import dev.mgit.cli.console.Table;
import dev.mgit.fixtures.Trees;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Measures how long short commands take from the shell's point of view. */
@Command(
        name = "start",
        description = {
            "Time short commands, start-up included, on a synthetic lineage, next to plain git on the same repository and a "
                    + "Java program that prints one line.",
            "Median of several runs after one warm-up; 'cpu' is seconds of user and system time."
        })
public final class BenchStartCommand implements Callable<Integer> {
    private final Context context;

    @Option(
            names = "--versions",
            paramLabel = "N",
            defaultValue = "10000",
            description = "Versions in the lineage. Default: ${DEFAULT-VALUE}.")
    private int versions;

    @Option(
            names = "--runs",
            paramLabel = "N",
            defaultValue = "15",
            description = "Runs of each command. Default: ${DEFAULT-VALUE}.")
    private int runs;

    @Mixin
    private final JsonOption json = new JsonOption();

    BenchStartCommand(Context context) {
        this.context = context;
    }

    private record Row(String command, double seconds, double processor, long peakBytes) {}

    @Override
    public Integer call() throws IOException {
        Path scratch = Files.createTempDirectory("mgit-bench-");
        try {
            LineageMaker made = BenchGraphCommand.make(scratch, new LineageMaker(versions), versions);
            Path lineage = scratch.resolve(".mgit/lineage.git");
            List<Row> rows = List.of(
                    measure("mgit --version", scratch, Spawned.mgit("--version")),
                    measure("mgit log -n 20", scratch, Spawned.mgit("log", "-n", "20")),
                    measure("mgit log -n 20 --graph --all", scratch, Spawned.mgit("log", "-n20", "--graph", "--all")),
                    measure("mgit status", scratch, Spawned.mgit("status")),
                    measure("mgit show", scratch, Spawned.mgit("show")),
                    measure("mgit tag", scratch, Spawned.mgit("tag")),
                    measure("mgit branch", scratch, Spawned.mgit("branch")),
                    measure("java, one line", scratch, java()),
                    measure("git --version", scratch, List.of("git", "--version")),
                    measure(
                            "git log -n 20",
                            scratch,
                            List.of("git", "--git-dir=" + lineage, "log", "--branches", "-n", "20")));
            print(made, rows);
        } finally {
            Trees.delete(scratch);
        }
        return 0;
    }

    /** With the launcher's options for short commands, as far as they matter to so little. */
    private static List<String> java() {
        return List.of(
                ProcessHandle.current().info().command().orElse("java"),
                "-XX:-UsePerfData",
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-cp",
                Path.of(URI.create(OneLine.class
                                .getProtectionDomain()
                                .getCodeSource()
                                .getLocation()
                                .toString()))
                        .toString(),
                OneLine.class.getName());
    }

    private Row measure(String name, Path folder, List<String> command) throws IOException {
        List<Usage> usages = new ArrayList<>();
        for (int run = 0; run <= runs; run++) {
            Usage usage = Spawned.run(folder, command).orFail(name);
            if (run > 0) {
                usages.add(usage);
            }
        }
        double[] seconds = usages.stream().mapToDouble(Usage::seconds).sorted().toArray();
        double[] processor =
                usages.stream().mapToDouble(Usage::processor).sorted().toArray();
        long peak = usages.stream().mapToLong(Usage::peakBytes).max().orElse(0);
        return new Row(name, seconds[runs / 2], processor[runs / 2], peak);
    }

    private void print(LineageMaker made, List<Row> rows) throws IOException {
        if (json.wanted()) {
            context.output().json(out -> {
                out.writeNumberField("versions", versions);
                out.writeArrayFieldStart("rows");
                for (Row row : rows) {
                    out.writeStartObject();
                    out.writeStringField("command", row.command());
                    out.writeNumberField("seconds", row.seconds());
                    out.writeNumberField("processor_seconds", row.processor());
                    out.writeNumberField("peak_bytes", row.peakBytes());
                    out.writeEndObject();
                }
                out.writeEndArray();
            });
            return;
        }
        context.output().line(versions + " versions of " + made.models() + " models; median of " + runs + " runs");
        Table table = context.output().table("command", "seconds", "cpu", "peak");
        for (Row row : rows) {
            table.row(
                    row.command(),
                    String.format(Locale.ROOT, "%.3f", row.seconds()),
                    String.format(Locale.ROOT, "%.2f", row.processor()),
                    Output.bytes(row.peakBytes()));
        }
        table.print();
    }
}
