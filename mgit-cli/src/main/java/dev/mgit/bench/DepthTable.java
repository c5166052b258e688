package dev.mgit.bench;

import dev.mgit.bench.Spawned.Usage;
import dev.mgit.cli.console.Output;
import dev.mgit.cli.console.Table;
import dev.mgit.fixtures.Element;
import dev.mgit.fixtures.Families;
import dev.mgit.fixtures.MadeModel;
import dev.mgit.fixtures.ModelShape;
import dev.mgit.fixtures.Trees;
import dev.mgit.lineage.parameters.BlockReader;
import dev.mgit.lineage.parameters.ParameterStore;
import dev.mgit.lineage.parameters.StoredObject;
import dev.mgit.lineage.repository.Repository;
import dev.mgit.lineage.version.NeededObjects;
import dev.mgit.lineage.version.ObjectId;
import dev.mgit.lineage.version.VersionId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** How much longer a checkout takes the more frames lie below each block. */
final class DepthTable {
    private static final long BYTES = 256_000_000;
    private static final int VERSIONS = 15;
    private static final int RUNS = 3;

    private final Output output;

    DepthTable(Output output) {
        this.output = output;
    }

    /** A chain of versions, each fine-tuned from the one before. */
    void print(Path scratch) throws IOException {
        MadeModel model = Families.base("root", 1, ModelShape.ofBytes(BYTES, Element.BF16));
        Path file = scratch.resolve("model.safetensors");
        Path repository = scratch.resolve("repository");
        try (Repository opened = Repository.init(repository)) {
            for (int version = 0; version <= VERSIONS; version++) {
                model.writeWeightsTo(file);
                BenchCommits.commit(
                        opened,
                        file,
                        "v" + version,
                        version == 0 ? Optional.empty() : Optional.of("v" + (version - 1)));
                model = Families.fineTuned(model, "next", 2 + version, 1e-4);
            }
        }
        output.line("");
        output.line("Checkout by depth, BF16 of " + Output.bytes(Files.size(file)) + ", update 1e-04, best of " + RUNS);
        Table table = output.table("version", "depth", "seconds", "cpu", "to depth 1");
        double first = 0;
        for (int version : new int[] {0, 1, 3, 7, 15}) {
            Usage usage = best(repository, "v" + version, scratch.resolve("out"));
            first = version == 1 ? usage.processor() : first;
            table.row(
                    "v" + version,
                    depth(repository, "v" + version),
                    String.format(Locale.ROOT, "%.2f", usage.seconds()),
                    String.format(Locale.ROOT, "%.2f", usage.processor()),
                    first == 0 ? "-" : String.format(Locale.ROOT, "%.2fx", usage.processor() / first));
        }
        table.print();
    }

    /** The most frames below one of a version's blocks. */
    private static int depth(Path repository, String version) throws IOException {
        int deepest = 0;
        try (Repository opened = Repository.open(repository);
                ParameterStore store = opened.parameters();
                BlockReader blocks = new BlockReader(store)) {
            List<VersionId> versions = List.of(opened.lineage().resolve(version));
            for (ObjectId id : NeededObjects.of(opened.lineage(), versions).keySet()) {
                for (StoredObject.Block block : store.object(id).orElseThrow().blocks()) {
                    deepest = Math.max(deepest, blocks.frame(block.id()).depth());
                }
            }
        }
        return deepest;
    }

    private static Usage best(Path repository, String version, Path out) throws IOException {
        Usage best = checkout(repository, version, out);
        for (int run = 1; run < RUNS; run++) {
            Usage usage = checkout(repository, version, out);
            best = usage.processor() < best.processor() ? usage : best;
        }
        return best;
    }

    private static Usage checkout(Path repository, String version, Path out) throws IOException {
        Trees.delete(out);
        return Spawned.run(repository, Spawned.mgit("checkout", version, out.toString()))
                .orFail("mgit checkout");
    }
}
