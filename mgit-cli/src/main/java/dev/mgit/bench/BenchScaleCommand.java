package dev.mgit.bench;

import dev.mgit.bench.Spawned.Usage;
import dev.mgit.cli.console.Context;
import dev.mgit.cli.console.Output;
import dev.mgit.cli.console.Table;
import dev.mgit.delta.Hashes;
import dev.mgit.delta.MgitException;
import dev.mgit.fixtures.Trees;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Takes a large model in and out. */
@Command(
        name = "scale",
        description = {
            "Commit a made bf16 checkpoint of the shape of Nemotron-4 15B and an update of it, and check both out, each by "
                    + "a process of its own. Prints time and peak memory, and fails if a process took more than 512 MB.",
            "Says first how much disk it needs, and does nothing if that is not free. Files are deleted as soon as they "
                    + "are not needed any more; what comes out is compared by SHA-256."
        })
public final class BenchScaleCommand implements Callable<Integer> {
    private static final long MOST_MEMORY = 512_000_000;
    /** What the base and an update of every eighth value take in a store, as a share of the base: 0.706 was measured. */
    private static final double STORE_SHARE = 0.72;

    private static final long SLACK = 64_000_000;

    private final Context context;

    @Option(
            names = "--size",
            paramLabel = "SIZE",
            defaultValue = "32GB",
            converter = Size.Reader.class,
            description = "At most this many bytes a checkpoint; the published shape has 31.3 GB. Default: "
                    + "${DEFAULT-VALUE}.")
    private Size size = new Size(0);

    @Option(
            names = "--filled",
            paramLabel = "PERCENT",
            defaultValue = "100",
            description =
                    "Fill only this part of a checkpoint, and leave the rest a hole that takes no disk until it is "
                            + "checked out. Default: ${DEFAULT-VALUE}.")
    private double filled = 100;

    @Option(names = "--in", paramLabel = "DIR", description = "Work in this folder. Default: the temporary folder.")
    private @Nullable Path directory;

    BenchScaleCommand(Context context) {
        this.context = context;
    }

    @Override
    public Integer call() throws IOException {
        if (!(filled >= 0 && filled <= 100)) {
            throw MgitException.usage("--filled is a percentage, from 0 to 100");
        }
        var shape = NemotronShape.ofBytes(size.bytes());
        var file = new Bf16File(shape.tensors(), filled / 100);
        Path scratch = directory == null
                ? Files.createTempDirectory("mgit-bench-")
                : Files.createTempDirectory(context.resolve(directory), "mgit-bench-");
        try {
            requireDisk(scratch, file.size());
            try (var disk = new DiskWatch(scratch)) {
                int exit = measure(scratch, shape, file);
                context.output()
                        .line("Most in files at a time: " + Output.bytes(disk.most())
                                + (filled < 100 ? ", holes included" : ""));
                return exit;
            }
        } finally {
            Trees.delete(scratch);
        }
    }

    private void requireDisk(Path scratch, long bytes) throws IOException {
        double held = bytes * filled / 100;
        // A checkpoint beside the store: filled as it was made while it goes in, whole as it comes out.
        long need = (long) (held * STORE_SHARE) + bytes + SLACK;
        long free = Files.getFileStore(scratch).getUsableSpace();
        context.output()
                .line("Checkpoints of " + Output.bytes(bytes) + " need " + Output.bytes(need) + " of disk; "
                        + Output.bytes(free) + " are free.");
        context.terminal().out().flush();
        if (free < need) {
            throw new MgitException(
                    MgitException.Kind.FAILED,
                    "there is not enough room in '" + scratch.getParent() + "'",
                    "name another folder with --in, or try a smaller --size or --filled");
        }
    }

    private int measure(Path scratch, NemotronShape shape, Bf16File file) throws IOException {
        Path repository = Files.createDirectory(scratch.resolve("repository"));
        Path weights = scratch.resolve("model.safetensors");
        mgit(repository, "init");
        Table table = context.output().table("step", "seconds", "MB/s", "cpu", "peak", "store");
        long peak = 0;
        String[] hashes = new String[2];
        for (int i = 0; i < 2; i++) {
            hashes[i] = file.write(weights, i == 1);
            Usage usage = mgit(repository, "commit", weights.toString(), "--model", "nemotron");
            row(table, i == 0 ? "commit base" : "commit update", usage, file.size(), repository);
            peak = Math.max(peak, usage.peakBytes());
            Files.delete(weights);
        }
        for (int i = 0; i < 2; i++) {
            Path out = scratch.resolve("out");
            Usage usage = mgit(repository, "checkout", i == 0 ? "nemotron~1" : "nemotron", out.toString());
            row(table, i == 0 ? "checkout base" : "checkout update", usage, file.size(), repository);
            peak = Math.max(peak, usage.peakBytes());
            if (!sha256(out.resolve("model.safetensors")).equals(hashes[i])) {
                throw MgitException.integrity("what was checked out is not what was committed");
            }
            Trees.delete(out);
        }
        context.output().line("");
        context.output()
                .line("Width " + shape.hidden() + ", " + shape.tensors().size() + " tensors, "
                        + String.format(Locale.ROOT, "%,d", shape.bytes() / 2) + " parameters");
        table.print();
        boolean within = peak <= MOST_MEMORY;
        context.output()
                .line("Peak memory of a process: " + Output.bytes(peak) + (within ? ", within " : ", more than ")
                        + Output.bytes(MOST_MEMORY));
        return within ? 0 : MgitException.Kind.FAILED.exitCode();
    }

    private static void row(Table table, String step, Usage usage, long bytes, Path repository) throws IOException {
        table.row(
                step,
                String.format(Locale.ROOT, "%.1f", usage.seconds()),
                String.format(Locale.ROOT, "%.0f", bytes / 1e6 / usage.seconds()),
                String.format(Locale.ROOT, "%.1f", usage.processor()),
                Output.bytes(usage.peakBytes()),
                Output.bytes(Contents.bytesBelow(repository)));
    }

    private static Usage mgit(Path repository, String... arguments) throws IOException {
        return Spawned.run(repository, Spawned.mgit(arguments)).orFail("mgit " + arguments[0]);
    }

    private static String sha256(Path file) throws IOException {
        MessageDigest digest = Hashes.sha256();
        byte[] buffer = new byte[1 << 20];
        try (InputStream in = Files.newInputStream(file)) {
            for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
                digest.update(buffer, 0, count);
            }
        }
        return HexFormat.of().formatHex(digest.digest());
    }
}
