package dev.mgit.bench;

import dev.mgit.bench.MadeExperts.Expert;
import dev.mgit.cli.console.Context;
import dev.mgit.cli.console.Output;
import dev.mgit.cli.console.Table;
import dev.mgit.delta.MgitException;
import dev.mgit.fixtures.Trees;
import dev.mgit.lineage.version.EdgeKind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

/** What mixtures of experts take in a store, with and without their parents. */
@Command(
        name = "experts",
        description = {
            "Commit made bf16 mixtures of 8 experts, one block each, with and without what they were derived from, and "
                    + "print the stored sizes.",
            "Every one is checked out again and compared byte for byte."
        })
public final class BenchExpertsCommand implements Callable<Integer> {
    private static final int EXPERTS = 8;
    private static final int[] ORDER = {3, 0, 7, 1, 6, 2, 5, 4};
    private static final String FILE = "model.safetensors";

    private final Context context;

    BenchExpertsCommand(Context context) {
        this.context = context;
    }

    private interface Layout {
        Path write(Path file) throws IOException;
    }

    @Override
    public Integer call() throws IOException {
        Path folder = Files.createTempDirectory("mgit-bench-experts-");
        Table table = context.output().table("child", "parent", "bytes", "alone", "ratio", "with parent", "ratio");
        try {
            Expert dense = Expert.made(7);
            MadeExperts base = MadeExperts.of(EXPERTS);
            MadeExperts trained = base;
            for (int i = 0; i < EXPERTS; i++) {
                trained = trained.with(i, base.experts().get(i).trained(100 + i));
            }
            MadeExperts upcycled = MadeExperts.upcycled(dense, EXPERTS);
            Layout ffn = file -> MadeExperts.dense(file, dense);
            row(table, folder, "upcycled, stacked", upcycled::stacked, "dense FFN", ffn);
            row(table, folder, "upcycled, flat", upcycled::flat, "dense FFN", ffn);
            row(table, folder, "stacked", base::stacked, "one by one", base::single);
            row(table, folder, "flat (dropless)", base::flat, "stacked", base::stacked);
            row(table, folder, "one by one", base::single, "flat", base::flat);
            row(table, folder, "permuted", base.inOrder(ORDER)::stacked, "stacked", base::stacked);
            row(table, folder, "trained a little", trained::stacked, "stacked", base::stacked);
            row(table, folder, "permuted and trained", trained.inOrder(ORDER)::stacked, "stacked", base::stacked);
            row(table, folder, "one expert trained", one(base, trained)::flat, "flat", base::flat);
            row(table, folder, "one expert replaced", base.with(5, Expert.made(55))::flat, "flat", base::flat);
            table.print();
            context.output().line("One expert is " + Output.bytes(MadeExperts.FFN_BYTES) + ".");
        } finally {
            Trees.delete(folder);
        }
        return 0;
    }

    private static MadeExperts one(MadeExperts base, MadeExperts trained) {
        return base.with(5, trained.experts().get(5));
    }

    private static void row(Table table, Path folder, String child, Layout made, String parent, Layout from)
            throws IOException {
        Path file = made.write(folder.resolve("child").resolve(FILE));
        Path before = from.write(folder.resolve("parent").resolve(FILE));
        long bytes = Files.size(file);
        long alone = stored(folder, file, Optional.empty());
        long derived = stored(folder, file, Optional.of(before));
        table.row(
                child,
                parent,
                Output.bytes(bytes),
                Output.bytes(alone),
                ratio(bytes, alone),
                Output.bytes(derived),
                ratio(bytes, derived));
    }

    private static String ratio(long bytes, long stored) {
        return stored == 0 ? "-" : String.format(Locale.ROOT, "%.2f", (double) bytes / stored);
    }

    /** What a file adds to a repository that has its parent, or nothing. */
    private static long stored(Path folder, Path file, Optional<Path> parent) throws IOException {
        Path place = Files.createTempDirectory(folder, "repository");
        try (var repository = new BenchRepository(place)) {
            List<String> parents = parent.isEmpty() ? List.of() : List.of("parent");
            if (parent.isPresent()) {
                repository.commit("parent", parent.get(), List.of(), EdgeKind.OTHER, Optional.empty());
            }
            long stored = repository
                    .commit("child", file, parents, EdgeKind.FINETUNE, Optional.empty())
                    .storedBytes();
            Path out = place.resolve("out");
            repository.checkout("child", out);
            if (Files.mismatch(out.resolve(FILE), file) >= 0) {
                throw MgitException.integrity("what was checked out is not what was committed");
            }
            return stored;
        } finally {
            Trees.delete(place);
        }
    }
}
