package dev.mgit.bench;

import dev.mgit.bench.Spawned.Usage;
import dev.mgit.bench.Tool.Trial;
import dev.mgit.cli.console.Context;
import dev.mgit.cli.console.JsonOption;
import dev.mgit.cli.console.Output;
import dev.mgit.cli.console.Table;
import dev.mgit.delta.codec.Effort;
import dev.mgit.fixtures.Element;
import dev.mgit.fixtures.Trees;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Measures whole commands. */
@Command(
        name = "store",
        description = {
            "Store and restore fine-tuned checkpoints with mgit and its peers: speed, CPU time, peak",
            "memory of the largest process, and store growth. Each tool runs in its own process; every",
            "file is compared byte for byte with its original. Files are in the page cache before each run.",
            "'stored' is the growth of the whole store, 'content' what the file's blocks take of it.",
            "MB/s is wall-clock throughput; 'cpu' is seconds of user and system time."
        })
public final class BenchStoreCommand implements Callable<Integer> {
    private static final double UPDATE = 1e-4;

    private final Context context;

    @Option(
            names = "--size",
            paramLabel = "SIZE",
            defaultValue = "1GB",
            converter = Size.Reader.class,
            description = "Size in bytes of each synthetic checkpoint. Default: ${DEFAULT-VALUE}.")
    private Size size = new Size(1_000_000_000);

    @Option(names = "--only", paramLabel = "TEXT", description = "Only checkpoints whose name contains this text.")
    private String only = "";

    @Option(
            names = "--effort",
            paramLabel = "EFFORT",
            split = ",",
            description = "Only these efforts of mgit: ${COMPLETION-CANDIDATES}.")
    private List<Effort> efforts = List.of(Effort.values());

    @Option(
            names = "--opaque",
            description = "Instead of checkpoints, keep files that no reader understands: native libraries and ONNX "
                    + "graphs. Adds zstd -19 with the parent to patch from.")
    private boolean opaque;

    @Option(names = "--mine", description = "Skip the peers.")
    private boolean mine;

    @Option(
            names = "--peers",
            description =
                    "Also measure dvc, git-theta, zipnn, deltatensors, z4ai, bigsmall, lmzip and hf-xet, installed "
                            + "from the Python package index into environments in the user's cache folder, and "
                            + "git-lfs, restic and borg, if they are on the PATH (Debian: apt-get install git-lfs "
                            + "restic borgbackup).")
    private boolean peers;

    @Option(
            names = "--tools",
            paramLabel = "NAME",
            split = ",",
            description = "Only these tools next to mgit, named as in the table.")
    private List<String> tools = List.of();

    @Option(names = "--depth", description = "Also measure checkouts deep in a delta chain.")
    private boolean depth;

    @Option(
            names = "--scale",
            description = "Also measure time and memory per GB at 0.1, 1, 4 and 16 GB, as disk allows.")
    private boolean scale;

    @Option(
            names = "--growth",
            description = "Also measure what a repository grows by with commits that have hardly anything new.")
    private boolean growth;

    @Option(names = "--in", paramLabel = "DIR", description = "Work in this folder. Default: the temporary folder.")
    private @Nullable Path directory;

    @Mixin
    private final JsonOption json = new JsonOption();

    BenchStoreCommand(Context context) {
        this.context = context;
    }

    private record Row(ModelPair pair, Trial trial) {}

    @Override
    public Integer call() throws IOException {
        Path scratch = directory == null
                ? Files.createTempDirectory("mgit-bench-")
                : Files.createTempDirectory(context.resolve(directory), "mgit-bench-");
        try {
            List<Row> rows = new ArrayList<>();
            for (ModelPair pair : pairs(scratch)) {
                List<Row> measured = measure(pair, scratch);
                if (!json.wanted()) {
                    print(pair, measured, scratch);
                }
                rows.addAll(measured);
            }
            if (json.wanted()) {
                json(rows);
                return 0;
            }
            if (depth) {
                new DepthTable(context.output()).print(Files.createDirectory(scratch.resolve("depth")));
            }
            if (growth) {
                new GrowthTable(context.output()).print(Files.createDirectory(scratch.resolve("growth")));
            }
            if (scale) {
                new ScaleTable(context.output()).print(Files.createDirectory(scratch.resolve("scale")));
            }
        } finally {
            Trees.delete(scratch);
        }
        return 0;
    }

    private List<ModelPair> pairs(Path scratch) throws IOException {
        if (opaque) {
            return new OpaquePairs(scratch).all(name -> name.contains(only));
        }
        List<ModelPair> pairs = new ArrayList<>();
        ModelPairs source = new ModelPairs(scratch, name -> name.contains(only));
        source.real().stream().filter(ModelPair::finetune).forEach(pairs::add);
        for (Element dtype : List.of(Element.BF16, Element.F32)) {
            if (String.format(Locale.ROOT, "%s, update %.0e", dtype, UPDATE).contains(only)) {
                pairs.add(source.fineTune(size.bytes(), dtype, UPDATE));
            }
        }
        return pairs;
    }

    private List<Tool> tools(Path scratch) throws IOException {
        List<Tool> others = new ArrayList<>();
        if (!mine) {
            others.addAll(Peers.plain());
        }
        if (opaque && !mine) {
            others.add(Peers.patchFrom());
        }
        if (peers) {
            others.addAll(Peers.installed());
            others.addAll(Peers.ofPython(scratch));
        }
        others.removeIf(tool -> !tools.isEmpty() && !tools.contains(tool.name()));
        List<Tool> all = new ArrayList<>();
        efforts.forEach(effort -> all.add(new MgitTool(effort)));
        all.addAll(others);
        return all;
    }

    private List<Row> measure(ModelPair pair, Path scratch) throws IOException {
        List<Row> rows = new ArrayList<>();
        for (Tool tool : tools(scratch)) {
            Path folder = Files.createTempDirectory(scratch, "tool-");
            Spawned.run(folder, List.of("sh", "-c", "cat '" + pair.child() + "' > /dev/null"));
            rows.add(new Row(pair, tool.run(pair, folder)));
            Trees.delete(folder);
        }
        return rows;
    }

    private void print(ModelPair pair, List<Row> rows, Path scratch) throws IOException {
        Output output = context.output();
        output.line("");
        output.line(pair.name() + ", " + Output.bytes(Files.size(pair.child())) + " of "
                + pair.child().getFileName());
        Table table = output.table(
                "tool", "in MB/s", "cpu", "peak", "stored", "content", "ratio", "out MB/s", "out cpu", "out peak", "");
        for (Row row : rows) {
            Trial trial = row.trial();
            table.row(
                    trial.tool(),
                    speed(trial, trial.write()),
                    cpu(trial.write()),
                    peak(trial.write()),
                    trial.storedBytes() == 0 ? "-" : Output.bytes(trial.storedBytes()),
                    trial.contentBytes().isEmpty()
                            ? "-"
                            : Output.bytes(trial.contentBytes().getAsLong()),
                    trial.storedBytes() == 0 ? "-" : Output.ratio(trial.inputBytes(), trial.storedBytes()),
                    speed(trial, trial.read()),
                    cpu(trial.read()),
                    peak(trial.read()),
                    trial.remark());
        }
        table.print();
        Planning planning = Planning.of(pair, scratch);
        output.line("Of a balanced commit's CPU time, choosing predictions took "
                + Output.percent(planning.choosing()) + ", reading samples of parents for it "
                + Output.percent(planning.sampling()) + ".");
        context.terminal().out().flush();
    }

    private static String speed(Trial trial, Optional<Usage> usage) {
        return usage.map(u -> String.format(Locale.ROOT, "%.0f", trial.inputBytes() / 1e6 / u.seconds()))
                .orElse("-");
    }

    private static String cpu(Optional<Usage> usage) {
        return usage.filter(u -> !Double.isNaN(u.processor()))
                .map(u -> String.format(Locale.ROOT, "%.1f", u.processor()))
                .orElse("-");
    }

    private static String peak(Optional<Usage> usage) {
        return usage.filter(u -> u.peakBytes() > 0)
                .map(u -> Output.bytes(u.peakBytes()))
                .orElse("-");
    }

    private void json(List<Row> rows) throws IOException {
        context.output().json(out -> {
            out.writeArrayFieldStart("rows");
            for (Row row : rows) {
                Trial trial = row.trial();
                out.writeStartObject();
                out.writeStringField("data", row.pair().name());
                out.writeStringField("tool", trial.tool());
                out.writeNumberField("input_bytes", trial.inputBytes());
                out.writeNumberField("stored_bytes", trial.storedBytes());
                if (trial.contentBytes().isPresent()) {
                    out.writeNumberField("content_bytes", trial.contentBytes().getAsLong());
                }
                usage(out, "write", trial.write());
                usage(out, "read", trial.read());
                out.writeStringField("remark", trial.remark());
                out.writeEndObject();
            }
            out.writeEndArray();
        });
    }

    private static void usage(com.fasterxml.jackson.core.JsonGenerator out, String name, Optional<Usage> usage)
            throws IOException {
        if (usage.isPresent()) {
            out.writeObjectFieldStart(name);
            out.writeNumberField("seconds", usage.get().seconds());
            out.writeNumberField("processor_seconds", usage.get().processor());
            out.writeNumberField("peak_bytes", usage.get().peakBytes());
            out.writeEndObject();
        }
    }
}
