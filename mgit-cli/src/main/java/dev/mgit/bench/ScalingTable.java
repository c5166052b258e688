package dev.mgit.bench;

import dev.mgit.bench.ScalingTrials.Case;
import dev.mgit.bench.Spawned.Usage;
import dev.mgit.cli.console.Output;
import dev.mgit.cli.console.Table;
import dev.mgit.delta.Hashes;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.ToDoubleFunction;

/** Prints what {@link ScalingTrials} measured. */
final class ScalingTable {
    private static final int HASHED = 1 << 22;
    private static final int HASH_RUNS = 20;

    private final Output output;
    private final ScalingTrials trials;

    ScalingTable(Output output, ScalingTrials trials) {
        this.output = output;
        this.trials = trials;
    }

    void print() throws IOException {
        speed();
        if (trials.cores().size() > 1) {
            serial();
        }
        stages();
        waits();
    }

    private void speed() throws IOException {
        Table table = output.table("tool", "cores", "in MB/s", "spread", "cpu", "ratio", "out MB/s", "spread", "cpu");
        for (String tool : trials.tools()) {
            for (int cores : trials.cores()) {
                List<Usage> in = trials.usages(new Case(tool, true, cores));
                List<Usage> out = trials.usages(new Case(tool, false, cores));
                table.row(
                        tool.endsWith("-T") ? tool + cores : tool,
                        cores,
                        speed(in),
                        spread(in),
                        number(median(in, Usage::processor)),
                        String.format(Locale.ROOT, "%.2fx", trials.ratio(tool)),
                        speed(out),
                        spread(out),
                        number(median(out, Usage::processor)));
            }
        }
        table.print();
    }

    private void serial() {
        output.line("");
        output.line("Serial fraction, fitted to seconds on " + trials.cores() + " cores");
        Table table = output.table("command", "alone", "shared", "serial", "fitted seconds", "measured");
        for (String tool : trials.tools()) {
            for (boolean in : new boolean[] {true, false}) {
                SortedMap<Integer, Double> seconds = new TreeMap<>();
                for (int cores : trials.cores()) {
                    seconds.put(cores, median(trials.usages(new Case(tool, in, cores)), Usage::seconds));
                }
                AmdahlFit fit = AmdahlFit.of(seconds);
                table.row(
                        tool + (in ? " in" : " out"),
                        number(fit.alone()),
                        number(fit.shared()),
                        Output.percent(fit.serialFraction()),
                        String.join(
                                " ",
                                seconds.keySet().stream()
                                        .map(cores -> number(fit.seconds(cores)))
                                        .toList()),
                        String.join(
                                " ",
                                seconds.values().stream()
                                        .map(ScalingTable::number)
                                        .toList()));
            }
        }
        table.print();
    }

    private void stages() throws IOException {
        output.line("");
        output.line("Where threads were, by samples every 10 ms of one more run");
        List<String> head = new ArrayList<>(List.of("command", "cores"));
        for (Stage stage : Stage.values()) {
            head.add(stage.label());
        }
        Table table = output.table(head.toArray(String[]::new));
        for (Map.Entry<Case, FlightRecording> each : trials.recordings().entrySet()) {
            List<Object> cells = new ArrayList<>(
                    List.of(command(each.getKey()), each.getKey().cores()));
            for (Stage stage : Stage.values()) {
                cells.add(Output.percent(each.getValue().share(stage)));
            }
            table.row(cells.toArray());
        }
        table.print();
        double rate = hashRate();
        output.line(String.format(
                Locale.ROOT,
                "Hashing, in which no samples are taken: %.2f s for the file, on one thread, and as much for its blocks, on "
                        + "all; one core hashes %.0f MB/s",
                trials.inputBytes() / rate,
                rate / 1e6));
    }

    /** Bytes of SHA-256 a second of one core's time, at its best. */
    private static double hashRate() {
        MessageDigest digest = Hashes.sha256();
        byte[] block = new byte[HASHED];
        double best = 0;
        for (int run = 0; run < HASH_RUNS; run++) {
            long start = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
            digest.update(block);
            long spent = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime() - start;
            best = Math.max(best, HASHED / (Math.max(1, spent) / 1e9));
        }
        return best;
    }

    private void waits() {
        output.line("");
        output.line("Seconds its threads waited: idle for work or a result, blocked by a lock");
        Table table = output.table("command", "cores", "thread", "idle", "blocked");
        for (Map.Entry<Case, FlightRecording> each : trials.recordings().entrySet()) {
            each.getValue().waits().forEach((thread, waits) -> {
                table.row(
                        command(each.getKey()),
                        each.getKey().cores(),
                        thread,
                        number(waits.idleSeconds()),
                        number(waits.blockedSeconds()));
            });
        }
        table.print();
    }

    private static String command(Case which) {
        return which.tool() + (which.in() ? " in" : " out");
    }

    private String speed(List<Usage> runs) throws IOException {
        return String.format(Locale.ROOT, "%.0f", trials.inputBytes() / 1e6 / median(runs, Usage::seconds));
    }

    /** How far apart the slowest and the fastest run are, as a share of the median. */
    private static String spread(List<Usage> runs) {
        double most = runs.stream().mapToDouble(Usage::seconds).max().orElse(0);
        double least = runs.stream().mapToDouble(Usage::seconds).min().orElse(0);
        return Output.percent((most - least) / median(runs, Usage::seconds));
    }

    private static double median(List<Usage> runs, ToDoubleFunction<Usage> measure) {
        double[] sorted = runs.stream().mapToDouble(measure).sorted().toArray();
        int half = sorted.length / 2;
        return sorted.length % 2 == 1 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
    }

    private static String number(double value) {
        return String.format(Locale.ROOT, "%.2f", value);
    }
}
