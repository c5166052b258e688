package dev.mgit.bench;

import dev.mgit.cli.console.Context;
import dev.mgit.cli.console.JsonOption;
import dev.mgit.cli.console.Output;
import dev.mgit.cli.console.Table;
import dev.mgit.fixtures.Element;
import dev.mgit.fixtures.Families;
import dev.mgit.fixtures.MadeModel;
import dev.mgit.fixtures.ModelShape;
import dev.mgit.fixtures.Trees;
import dev.mgit.lineage.version.EdgeKind;
import dev.mgit.serve.files.CacheSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Measures what clients of a served repository wait for. */
@Command(
        name = "serve",
        description = {
            "Download from 'mgit serve', and the same bytes from nginx if it is installed: whole files, random ranges of "
                    + "64 KiB, 8 clients at once.",
            "The model is the fourth fine-tune in a row: each of its blocks is a residual of a residual. Made weights, "
                    + "bf16, updates of 1e-4."
        })
public final class BenchServeCommand implements Callable<Integer> {
    private static final int DEPTH = 4;
    private static final double UPDATE = 1e-4;
    private static final String FILE = "model.safetensors";
    private static final String FILES = "files";

    private final Context context;

    @Option(
            names = "--size",
            paramLabel = "BYTES",
            defaultValue = "1GB",
            converter = Size.Reader.class,
            description = "Size of the model. Default: ${DEFAULT-VALUE}.")
    private Size size = new Size(0);

    @Mixin
    private final JsonOption json = new JsonOption();

    BenchServeCommand(Context context) {
        this.context = context;
    }

    /** @param peakBytes of the server's memory */
    private record Row(String server, Downloads.Figures figures, long peakBytes) {}

    @Override
    public Integer call() throws IOException {
        Path scratch = Files.createTempDirectory("mgit-bench-");
        try {
            Path file = make(scratch);
            List<Row> rows = new ArrayList<>();
            rows.add(mgit("mgit", scratch, file));
            Spawned.run(scratch.resolve("repository"), Spawned.mgit("config", CacheSettings.SIZE, "off"))
                    .orFail("mgit config");
            rows.add(mgit("mgit, no cache", scratch, file));
            Optional<FileServer> nginx = FileServer.nginx(scratch, scratch.resolve(FILES));
            if (nginx.isPresent()) {
                try (FileServer server = nginx.get()) {
                    rows.add(measure("nginx", server, "/" + FILE, file));
                }
            }
            print(Files.size(file), rows);
        } finally {
            Trees.delete(scratch);
        }
        return 0;
    }

    /** The last of a chain, as a file of its own and in the repository. */
    private Path make(Path scratch) throws IOException {
        Path folder = scratch.resolve(FILES);
        MadeModel model = Families.base("m0", 1, ModelShape.ofBytes(size.bytes(), Element.BF16));
        try (var repository = new BenchRepository(scratch.resolve("repository"))) {
            repository.commit("m0", written(model, folder), List.of(), EdgeKind.FINETUNE, Optional.empty());
            for (int i = 1; i <= DEPTH; i++) {
                model = Families.fineTuned(model, "m" + i, i + 1, UPDATE);
                repository.commit(
                        "m" + i, written(model, folder), List.of("m" + (i - 1)), EdgeKind.FINETUNE, Optional.empty());
            }
        }
        return folder.resolve(FILE);
    }

    private static Path written(MadeModel model, Path folder) throws IOException {
        Files.createDirectories(folder);
        model.writeWeightsTo(folder.resolve(FILE));
        return folder;
    }

    private static Row mgit(String name, Path scratch, Path file) throws IOException {
        try (FileServer server = FileServer.mgit(scratch.resolve("repository"), scratch.resolve("caches"))) {
            return measure(name, server, "/m" + DEPTH + "/resolve/main/" + FILE, file);
        }
    }

    private static Row measure(String name, FileServer server, String path, Path file) throws IOException {
        Downloads.Figures figures = new Downloads(server.url() + path, Files.size(file)).measure();
        return new Row(name, figures, server.peakBytes());
    }

    private void print(long bytes, List<Row> rows) throws IOException {
        if (json.wanted()) {
            context.output().json(out -> {
                out.writeNumberField("bytes", bytes);
                out.writeArrayFieldStart("rows");
                for (Row row : rows) {
                    out.writeStartObject();
                    out.writeStringField("server", row.server());
                    out.writeNumberField("first_byte_seconds", row.figures().firstByte());
                    out.writeNumberField("whole_seconds", row.figures().whole());
                    out.writeNumberField("again_seconds", row.figures().again());
                    out.writeNumberField("ranges_per_second", row.figures().ranges());
                    out.writeNumberField("eight_clients_seconds", row.figures().eight());
                    out.writeNumberField("peak_bytes", row.peakBytes());
                    out.writeEndObject();
                }
                out.writeEndArray();
            });
            return;
        }
        context.output().line(Output.bytes(bytes) + ", fourth fine-tune in a row; one file, warm disk cache");
        Table table = context.output()
                .table(
                        "server",
                        "first byte, cold",
                        "whole file",
                        "again",
                        "64 KiB ranges",
                        "8 clients, each whole",
                        "peak");
        for (Row row : rows) {
            Downloads.Figures figures = row.figures();
            table.row(
                    row.server(),
                    String.format(Locale.ROOT, "%.3f s", figures.firstByte()),
                    speed(bytes, figures.whole()),
                    speed(bytes, figures.again()),
                    String.format(Locale.ROOT, "%.0f/s", figures.ranges()),
                    speed(8 * bytes, figures.eight()),
                    Output.bytes(row.peakBytes()));
        }
        table.print();
    }

    private static String speed(long bytes, double seconds) {
        return Output.bytes((long) (bytes / seconds)) + "/s";
    }
}
