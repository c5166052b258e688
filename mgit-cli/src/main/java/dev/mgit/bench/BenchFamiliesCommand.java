package dev.mgit.bench;

import dev.mgit.cli.console.Context;
import dev.mgit.cli.console.Output;
import dev.mgit.cli.console.Table;
import dev.mgit.delta.MgitException;
import dev.mgit.fixtures.Element;
import dev.mgit.fixtures.Families;
import dev.mgit.fixtures.MadeModel;
import dev.mgit.fixtures.ModelShape;
import dev.mgit.fixtures.NarrowTypes;
import dev.mgit.fixtures.RealModel;
import dev.mgit.fixtures.RealModels;
import dev.mgit.fixtures.Reordered;
import dev.mgit.fixtures.TrainedFamily;
import dev.mgit.fixtures.Trees;
import dev.mgit.lineage.checkpoint.CommitResult;
import dev.mgit.lineage.maintain.DiskUsageReport.Representation;
import dev.mgit.lineage.version.EdgeKind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** What each way of deriving a model costs, through the whole store. */
@Command(
        name = "families",
        description = {
            "Commit a child of every kind with its edge, and print its stored size and predictor.",
            "Every child is checked out again and compared byte for byte.",
            "Synthetic families of fp32 base weights, one family of small trained networks, and the",
            "published BGE, MiniLM and E5 families."
        })
public final class BenchFamiliesCommand implements Callable<Integer> {
    private final Context context;

    @Option(
            names = "--hidden",
            defaultValue = "256",
            description = "Width of the synthetic models (default: " + "${DEFAULT-VALUE}).")
    private int hidden = 256;

    @Option(names = "--made-only", description = "Skip the published models.")
    private boolean madeOnly;

    private final Map<String, Long> before = new HashMap<>();

    BenchFamiliesCommand(Context context) {
        this.context = context;
    }

    @Override
    public Integer call() throws IOException {
        Path folder = Files.createTempDirectory("mgit-bench-families-");
        Table table = context.output().table("child", "from", "data", "bytes", "stored", "ratio", "predicted by");
        try {
            try (var repository = new BenchRepository(folder.resolve("made"))) {
                made(table, repository, folder);
            }
            if (!madeOnly) {
                before.clear();
                try (var repository = new BenchRepository(folder.resolve("real"))) {
                    real(table, repository, folder);
                }
            }
            table.print();
        } finally {
            Trees.delete(folder);
        }
        return 0;
    }

    private void made(Table table, BenchRepository repository, Path folder) throws IOException {
        var shape = new ModelShape(8 * hidden, hidden, 2, Element.F32);
        made(table, repository, folder, models(shape), "made");
        made(table, repository, folder, TrainedFamily.of(1), "trained");
    }

    private void made(Table table, BenchRepository repository, Path folder, List<MadeModel> models, String data)
            throws IOException {
        for (MadeModel model : models) {
            // The second step of a run is known to follow the first.
            List<String> parents = model.name().equals("step-2") ? List.of("step-1") : model.parents();
            Path files = model.writeTo(folder.resolve("models"));
            EdgeKind kind = model.edge().equals("root") ? EdgeKind.OTHER : EdgeKind.parse(model.edge());
            add(table, repository, model.name(), files, parents, kind, data);
            Trees.delete(files);
        }
    }

    private static List<MadeModel> models(ModelShape shape) {
        List<MadeModel> models = new ArrayList<>(Families.standard(1, shape));
        MadeModel base = models.get(0);
        models.add(Reordered.permutedVocabulary(base, "permuted-words", 11));
        models.add(Reordered.tensorParallel(base, "tensor-parallel", 4));
        models.add(Reordered.pipelineParallel(base, "pipeline-parallel", 2));
        models.add(Reordered.tf32(base, "tf32"));
        MadeModel chat = models.get(1);
        models.add(Families.cast(chat, "chat-f8-e5m2", Element.F8_E5M2));
        models.add(NarrowTypes.int4(chat, "chat-int4"));
        models.add(NarrowTypes.mask(Families.pruned(chat, "pruned", 0.5), "pruned-mask"));
        MadeModel bf16 = Families.cast(base, "base-bf16", Element.BF16);
        models.add(bf16);
        models.add(Families.sparselyTuned(bf16, "rl-bf16", 12, 0.05));
        models.add(Families.fineTuned(bf16, "chat-of-bf16", 13, 1e-3));
        return models;
    }

    private void real(Table table, BenchRepository repository, Path folder) throws IOException {
        List<RealModel> family = new ArrayList<>(RealModels.bgeFamily());
        family.addAll(List.of(
                RealModels.miniLm(),
                RealModels.miniLmQuantized(),
                RealModels.e5Small(),
                RealModels.e5SmallQuantized()));
        for (RealModel model : family) {
            Path files = model.extractTo(folder.resolve("published"));
            EdgeKind kind = model.edge().map(EdgeKind::parse).orElse(EdgeKind.OTHER);
            add(table, repository, model.name(), files, model.parent().stream().toList(), kind, "real");
        }
        Optional<Path> safetensors = RealModels.miniLmSafetensors();
        if (safetensors.isPresent()) {
            List<String> parents = List.of(RealModels.miniLm().name());
            add(table, repository, "minilm-safetensors", safetensors.get(), parents, EdgeKind.CONVERT, "real");
        }
    }

    private void add(
            Table table,
            BenchRepository repository,
            String name,
            Path files,
            List<String> parents,
            EdgeKind kind,
            String data)
            throws IOException {
        CommitResult result = repository.commit(name, files, parents, kind, Optional.empty());
        table.row(
                name,
                parents.isEmpty() ? "-" : kind.word() + " of " + String.join(", ", parents),
                data,
                Output.bytes(result.bytes()),
                Output.bytes(result.storedBytes()),
                Output.ratio(result.bytes(), result.storedBytes()),
                predictors(repository.usage().representations()));
        Path out = files.resolveSibling("out");
        repository.checkout(name, out);
        compare(files, out);
        Trees.delete(out);
    }

    /** By which predictors the raw bytes of new blocks are predicted, most first. */
    private String predictors(List<Representation> now) {
        Map<String, Long> raw = new HashMap<>();
        now.forEach(way -> raw.merge(way.predictor(), way.rawBytes(), Long::sum));
        String fresh = raw.entrySet().stream()
                .map(entry -> Map.entry(entry.getKey(), entry.getValue() - before.getOrDefault(entry.getKey(), 0L)))
                .filter(entry -> entry.getValue() > 0)
                .sorted(Comparator.comparingLong(Map.Entry<String, Long>::getValue)
                        .reversed())
                .limit(3)
                .map(Map.Entry::getKey)
                .collect(Collectors.joining(", "));
        before.clear();
        before.putAll(raw);
        return fresh.isEmpty() ? "same" : fresh;
    }

    private static void compare(Path committed, Path restored) throws IOException {
        try (Stream<Path> files = Files.walk(restored)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                Path twin = committed.resolve(restored.relativize(file).toString());
                if (Files.mismatch(file, twin) >= 0) {
                    throw MgitException.integrity("'" + twin + "' did not survive the round trip");
                }
            }
        }
    }
}
