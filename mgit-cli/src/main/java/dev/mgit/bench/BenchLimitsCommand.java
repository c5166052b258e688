package dev.mgit.bench;

import dev.mgit.cli.console.Context;
import dev.mgit.cli.console.Output;
import dev.mgit.cli.console.Table;
import dev.mgit.delta.MgitException;
import dev.mgit.fixtures.Trees;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Goes to the limits, one at a time. */
@Command(
        name = "limits",
        description = {
            "Have mgit keep 100,000 versions, 5,000 models, 1,000,000 blocks, 500 shards, a tensor over 2 GiB, 100,000 tiny "
                    + "tensors and a folder of 100,000 small files, each in a repository of its own.",
            "Says first how much disk it needs, and does nothing if that is not free. Every command is a process of its own. "
                    + "Prints time and peak memory, and fails if a process took more than 512 MB or a byte came back "
                    + "differently. All files are made, and deleted after their part."
        })
public final class BenchLimitsCommand implements Callable<Integer> {
    private static final long MOST_MEMORY = 512_000_000;

    private final Context context;

    @Option(
            names = "--only",
            paramLabel = "PART",
            split = ",",
            description = "Only these parts: versions, models, blocks, shards, tensor, tiny, files.")
    private List<String> only = List.of();

    @Option(
            names = "--share",
            paramLabel = "PERCENT",
            defaultValue = "100",
            description = "Make only this part of each number. Default: ${DEFAULT-VALUE}.")
    private double percent = 100;

    @Option(names = "--in", paramLabel = "DIR", description = "Work in this folder. Default: the temporary folder.")
    private @Nullable Path directory;

    BenchLimitsCommand(Context context) {
        this.context = context;
    }

    @Override
    public Integer call() throws IOException {
        if (!(percent > 0 && percent <= 100)) {
            throw MgitException.usage("--share is a percentage, above 0 and up to 100");
        }
        List<LimitPart> parts = parts();
        Path scratch = directory == null
                ? Files.createTempDirectory("mgit-bench-")
                : Files.createTempDirectory(context.resolve(directory), "mgit-bench-");
        try {
            requireDisk(scratch, parts);
            long peak = 0;
            for (LimitPart part : parts) {
                peak = Math.max(peak, run(part, scratch.resolve(part.label())));
            }
            boolean within = peak <= MOST_MEMORY;
            context.output()
                    .line("Peak memory of a process: " + Output.bytes(peak) + (within ? ", within " : ", more than ")
                            + Output.bytes(MOST_MEMORY));
            return within ? 0 : MgitException.Kind.FAILED.exitCode();
        } finally {
            Trees.delete(scratch);
        }
    }

    private List<LimitPart> parts() {
        List<String> known =
                Arrays.stream(LimitPart.values()).map(LimitPart::label).toList();
        for (String name : only) {
            if (!known.contains(name)) {
                throw MgitException.usage("'" + name + "' is not a part; there are " + String.join(", ", known));
            }
        }
        return Arrays.stream(LimitPart.values())
                .filter(part -> only.isEmpty() || only.contains(part.label()))
                .toList();
    }

    private double share() {
        return percent / 100;
    }

    private void requireDisk(Path scratch, List<LimitPart> parts) throws IOException {
        long need = 0;
        for (LimitPart part : parts) {
            context.output()
                    .line(part.label() + ": " + part.what(share()) + ", " + Output.bytes(part.bytes(share()))
                            + " of disk");
            need = Math.max(need, part.bytes(share()));
        }
        long free = Files.getFileStore(scratch).getUsableSpace();
        context.output()
                .line("One after the other they need " + Output.bytes(need) + " of disk; " + Output.bytes(free)
                        + " are free.");
        context.terminal().out().flush();
        if (free < need) {
            throw new MgitException(
                    MgitException.Kind.FAILED,
                    "there is not enough room in '" + scratch.getParent() + "'",
                    "name another folder with --in, or try fewer with --only or --share");
        }
    }

    /** Prints a table of its own for each part, as soon as it is done: all of them take long. */
    private long run(LimitPart part, Path folder) throws IOException {
        context.output().line("");
        Table table = context.output().table("part", "command", "seconds", "cpu", "peak", "repository");
        var steps = new LimitSteps(folder, part, table);
        part.run(steps, part.count(share()));
        table.print();
        context.terminal().out().flush();
        Trees.delete(folder);
        return steps.peak();
    }
}
