package dev.mgit.cli.bench;

import dev.mgit.cli.bench.Spawned.Usage;
import dev.mgit.cli.console.Context;
import dev.mgit.cli.console.JsonOption;
import dev.mgit.cli.console.Output;
import dev.mgit.cli.console.Table;
import dev.mgit.fixtures.Trees;
import dev.mgit.lineage.repository.Repository;
import dev.mgit.lineage.repository.WriterLock;
import dev.mgit.lineage.version.FileEntry;
import dev.mgit.lineage.version.NewVersion;
import dev.mgit.lineage.version.Transaction;
import dev.mgit.lineage.version.VersionId;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Measures how long short commands take from the shell's point of view. */
@Command(
        name = "start",
        description = {
            "Time whole short commands, start-up included, on a made lineage, beside plain git on the same repository.",
            "Median of several runs after one that is not counted; 'cpu' is seconds of user and system time."
        })
public final class BenchStart implements Callable<Integer> {
    private static final long FIRST_SECOND = 1_700_000_000L;

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

    BenchStart(Context context) {
        this.context = context;
    }

    private record Row(String command, double seconds, double processor, long peakBytes) {}

    @Override
    public Integer call() throws IOException {
        Path scratch = Files.createTempDirectory("mgit-bench-");
        try {
            Path lineage;
            try (Repository repository = Repository.init(scratch)) {
                lineage = repository.files().lineage();
                fill(repository);
            }
            List<Row> rows = List.of(
                    measure("mgit --version", scratch, Launcher.command("--version")),
                    measure("mgit log -n 20", scratch, Launcher.command("log", "-n", "20")),
                    measure(
                            "mgit log -n 20 --graph --all",
                            scratch,
                            Launcher.command("log", "-n20", "--graph", "--all")),
                    measure("mgit status", scratch, Launcher.command("status")),
                    measure("git --version", scratch, List.of("git", "--version")),
                    measure(
                            "git log -n 20",
                            scratch,
                            List.of("git", "--git-dir=" + lineage, "log", "-n", "20", "--all")));
            print(rows);
        } finally {
            Trees.delete(scratch);
        }
        return 0;
    }

    /** Hundred models in turn, each version after the model's last. */
    private void fill(Repository repository) throws IOException {
        List<VersionId> heads = new ArrayList<>();
        WriterLock lock = repository.lock("mgit bench", Duration.ofMinutes(1), notice -> {});
        try {
            Transaction transaction = repository.lineage().begin("bench", Library.AUTHOR);
            for (int i = 0; i < versions; i++) {
                int model = i % 100;
                boolean first = i < 100;
                VersionId id = transaction.write(
                        version("model-" + model, i, first ? Optional.empty() : Optional.of(heads.get(model))));
                if (first) {
                    heads.add(id);
                } else {
                    heads.set(model, id);
                }
            }
            for (int model = 0; model < heads.size(); model++) {
                transaction.setModel("model-" + model, heads.get(model));
            }
            transaction.apply();
        } finally {
            lock.close();
        }
    }

    private static NewVersion version(String model, int number, Optional<VersionId> previous) {
        byte[] config = ("{\"step\": " + number + "}\n").getBytes(StandardCharsets.UTF_8);
        return new NewVersion(
                model,
                previous,
                List.of(),
                "Step " + number,
                Library.AUTHOR,
                Instant.ofEpochSecond(FIRST_SECOND + number),
                Map.of(),
                List.of(new FileEntry("config.json", config.length, false, FileEntry.Stored.VERBATIM)),
                Map.of("config.json", config),
                Map.of(),
                List.of(),
                Optional.empty(),
                Map.of());
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

    private void print(List<Row> rows) throws IOException {
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
        context.output().line(versions + " versions of 100 models; median of " + runs + " runs");
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
