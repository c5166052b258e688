package dev.mgit.bench;

import dev.mgit.bench.Spawned.Usage;
import dev.mgit.cli.console.Context;
import dev.mgit.cli.console.Output;
import dev.mgit.cli.console.Table;
import dev.mgit.fixtures.Element;
import dev.mgit.fixtures.Families;
import dev.mgit.fixtures.ModelShape;
import dev.mgit.fixtures.Trees;
import dev.mgit.lineage.repository.Repository;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Keeps every step of a training that changes few weights at a time, as reinforcement learning does. */
@Command(
        name = "chain",
        description = {
            "Commit steps of made bf16 weights, of which each moves a share to the neighbouring value, and print what a step "
                    + "takes beside the sparse safetensors file of the same step, and how long a checkout of the last, a "
                    + "middle and the first step takes.",
        })
public final class BenchChainCommand implements Callable<Integer> {
    private static final int RUNS = 3;
    private static final int CHUNK = 1 << 20;

    private final Context context;

    @Option(
            names = "--size",
            paramLabel = "SIZE",
            defaultValue = "60MB",
            converter = Size.Reader.class,
            description = "Size in bytes of each step. Default: ${DEFAULT-VALUE}.")
    private Size size = new Size(0);

    @Option(names = "--steps", paramLabel = "N", defaultValue = "50", description = "Default: ${DEFAULT-VALUE}.")
    private int steps = 50;

    @Option(
            names = "--changed",
            paramLabel = "PERCENT",
            split = ",",
            defaultValue = "1,2,4.5",
            description = "Shares of weights that a step changes. Default: ${DEFAULT-VALUE}.")
    private List<Double> changed = List.of();

    @Option(names = "--in", paramLabel = "DIR", description = "Work in this folder. Default: the temporary folder.")
    private @Nullable Path directory;

    BenchChainCommand(Context context) {
        this.context = context;
    }

    @Override
    public Integer call() throws IOException {
        Output output = context.output();
        output.line(MachineCard.read().line());
        Table table = output.table(
                "changed", "steps", "sparse", "mgit", "first", "of sparse", "last s", "middle s", "first s", "to last");
        for (double percent : changed) {
            Path scratch = directory == null
                    ? Files.createTempDirectory("mgit-bench-chain-")
                    : Files.createTempDirectory(context.resolve(directory), "mgit-bench-chain-");
            try {
                row(table, percent, scratch);
            } finally {
                Trees.delete(scratch);
            }
        }
        table.print();
        return 0;
    }

    private void row(Table table, double percent, Path scratch) throws IOException {
        Path file = scratch.resolve("policy.safetensors");
        Families.base("base", 1, ModelShape.ofBytes(size.bytes(), Element.BF16)).writeWeightsTo(file);
        Path repository = scratch.resolve("repository");
        long first = 0;
        long before;
        try (Repository opened = Repository.init(repository)) {
            BenchCommits.commit(opened, file, "step-0", Optional.empty());
            before = Contents.bytesBelow(repository);
            for (int step = 1; step <= steps; step++) {
                move(file, percent / 100, step);
                BenchCommits.commit(opened, file, "step-" + step, Optional.of("step-" + (step - 1)));
                first = step == 1 ? Contents.bytesBelow(repository) - before : first;
            }
        }
        long step = (Contents.bytesBelow(repository) - before) / steps;
        long sparse = sparse(repository, scratch.resolve("sparse.safetensors"));
        Path out = scratch.resolve("out");
        double last = seconds(repository, steps, out);
        double middle = seconds(repository, steps / 2, out);
        double start = seconds(repository, 1, out);
        table.row(
                String.format(Locale.ROOT, "%.1f%%", percent),
                steps,
                Output.bytes(sparse),
                Output.bytes(step),
                Output.bytes(first),
                String.format(Locale.ROOT, "%.2f", (double) step / sparse),
                String.format(Locale.ROOT, "%.2f", last),
                String.format(Locale.ROOT, "%.2f", middle),
                String.format(Locale.ROOT, "%.2f", start),
                String.format(Locale.ROOT, "%.2fx", Math.max(middle, start) / last));
    }

    /** Moves a share of the values one place up or down. */
    private static void move(Path file, double share, long seed) throws IOException {
        var random = new SplittableRandom(seed);
        ByteBuffer chunk = ByteBuffer.allocate(CHUNK).order(ByteOrder.LITTLE_ENDIAN);
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            ByteBuffer length = ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN);
            channel.read(length, 0);
            for (long at = 8 + length.getLong(0); at < channel.size(); at += chunk.limit()) {
                int got = channel.read(chunk.clear(), at);
                chunk.flip();
                for (int i = 0; i + 2 <= got; i += 2) {
                    if (random.nextDouble() < share) {
                        chunk.putShort(i, (short) (chunk.getShort(i) + (random.nextBoolean() ? 1 : -1)));
                    }
                }
                channel.write(chunk.duplicate(), at);
            }
        }
    }

    /** Bytes of the sparse file of the last step. */
    private long sparse(Path repository, Path file) throws IOException {
        Spawned.run(
                        repository,
                        Spawned.mgit("export", "--sparse", "step-" + (steps - 1), "step-" + steps, file.toString()))
                .orFail("mgit export --sparse");
        return Files.size(file);
    }

    /** Processor time of a checkout, the least of a few. */
    private static double seconds(Path repository, int step, Path out) throws IOException {
        double best = Double.POSITIVE_INFINITY;
        for (int run = 0; run < RUNS; run++) {
            Trees.delete(out);
            Usage usage = Spawned.run(repository, Spawned.mgit("checkout", "step-" + step, out.toString()))
                    .orFail("mgit checkout");
            best = Math.min(best, usage.processor());
        }
        return best;
    }
}
