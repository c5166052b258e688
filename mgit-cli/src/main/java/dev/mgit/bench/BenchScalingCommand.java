package dev.mgit.bench;

import dev.mgit.cli.console.Context;
import dev.mgit.cli.console.Output;
import dev.mgit.delta.MgitException;
import dev.mgit.delta.codec.Effort;
import dev.mgit.fixtures.Element;
import dev.mgit.fixtures.Trees;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Measures how commit and checkout scale with cores. */
@Command(
        name = "scaling",
        description = {
            "Commit and check out a large synthetic fine-tune on 1, 2, 4, 8 and 16 cores, as far as this machine has",
            "them, beside zstd -3 with as many threads if it is on the PATH. Each process is pinned to its cores by taskset. Runs of all",
            "cores and tools take turns; the median counts, and the spread is that of all runs around it.",
            "The serial fraction is fitted to the medians of wall-clock time by Amdahl's law. One more run of each",
            "is recorded by Java's flight recorder: time by stage, and what its threads waited. Last, single tensors",
            "of another model are checked out: time must follow their size."
        })
public final class BenchScalingCommand implements Callable<Integer> {
    private static final List<Integer> CORES = List.of(1, 2, 4, 8, 16);
    private static final double UPDATE = 1e-4;
    /** Two models with parent and child, their stores, a copy of the child and the peer's file. */
    private static final double ROOM = 9;

    private final Context context;

    @Option(
            names = "--size",
            paramLabel = "SIZE",
            defaultValue = "4GB",
            converter = Size.Reader.class,
            description = "Size in bytes of the checkpoint. Default: ${DEFAULT-VALUE}.")
    private Size size = new Size(4_000_000_000L);

    @Option(
            names = "--cores",
            paramLabel = "N",
            split = ",",
            description = "Only these numbers of cores. Default: 1,2,4,8,16, up to what the machine has.")
    private List<Integer> cores = List.of();

    @Option(
            names = "--effort",
            paramLabel = "EFFORT",
            split = ",",
            description = "Efforts of mgit: ${COMPLETION-CANDIDATES}. Default: fast,balanced.")
    private List<Effort> efforts = List.of(Effort.FAST, Effort.BALANCED);

    @Option(
            names = "--runs",
            paramLabel = "N",
            defaultValue = "3",
            description = "Runs of each, of which the median is taken. Default: ${DEFAULT-VALUE}.")
    private int runs = 3;

    @Option(names = "--in", paramLabel = "DIR", description = "Work in this folder. Default: the temporary folder.")
    private @Nullable Path directory;

    BenchScalingCommand(Context context) {
        this.context = context;
    }

    @Override
    public Integer call() throws IOException {
        MachineCard machine = MachineCard.read();
        List<Integer> wanted = cores(machine);
        if (runs < 1) {
            throw MgitException.usage("--runs is " + runs + ", but at least one run is needed");
        }
        Path scratch = directory == null
                ? Files.createTempDirectory("mgit-bench-")
                : Files.createTempDirectory(context.resolve(directory), "mgit-bench-");
        try {
            requireRoom(scratch);
            ModelPair pair = new ModelPairs(scratch, name -> true).fineTune(size.bytes(), Element.BF16, UPDATE);
            var trials = new ScalingTrials(pair, machine, wanted, efforts, scratch);
            trials.run(runs);
            Output output = context.output();
            output.line(pair.name() + ", " + Output.bytes(Files.size(pair.child())) + ", median of " + runs
                    + (runs == 1 ? " run" : " runs"));
            output.line(machine.line() + ", after " + MachineCard.loadNow());
            new ScalingTable(output, trials).print();
            new TensorTable(output, runs).print(Files.createDirectory(scratch.resolve("tensors")), size.bytes());
        } finally {
            Trees.delete(scratch);
        }
        return 0;
    }

    private List<Integer> cores(MachineCard machine) {
        int most = machine.processors().size();
        for (int count : cores) {
            if (count < 1 || count > most) {
                throw new MgitException(
                        MgitException.Kind.USAGE,
                        "--cores asks for " + count + ", and this process may run on " + most,
                        "give numbers from 1 to " + most);
            }
        }
        List<Integer> wanted = cores.isEmpty() ? CORES : cores;
        return wanted.stream()
                .filter(count -> count <= most)
                .distinct()
                .sorted()
                .toList();
    }

    private void requireRoom(Path scratch) throws IOException {
        long needed = (long) (ROOM * size.bytes());
        long free = Files.getFileStore(scratch).getUsableSpace();
        if (free < needed) {
            throw new MgitException(
                    MgitException.Kind.FAILED,
                    String.format(
                            Locale.ROOT,
                            "this needs %s of disk, and '%s' has %s",
                            Output.bytes(needed),
                            scratch.getParent(),
                            Output.bytes(free)),
                    "choose a smaller --size, or a folder on another disk with --in");
        }
    }
}
