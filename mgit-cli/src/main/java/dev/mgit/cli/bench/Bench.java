package dev.mgit.cli.bench;

import dev.mgit.cli.bench.cascade.CascadeBench;
import dev.mgit.cli.bench.detect.DetectBench;
import dev.mgit.cli.console.CommandRunner;
import picocli.CommandLine.Command;
import picocli.CommandLine.ParentCommand;

/** The benchmarks. Each is a subcommand of its own. */
@Command(
        name = "bench",
        subcommands = {
            BenchCodec.class,
            BenchStart.class,
            BenchStore.class,
            CascadeBench.class,
            DetectBench.class,
            FamiliesBench.class,
            GraphBench.class,
            LossyBench.class
        },
        description = {
            "Measure mgit and its peers on the same bytes in the same run.",
            "Figures in the documentation name the subcommand that prints them."
        })
public final class Bench {
    @ParentCommand
    @SuppressWarnings("NullAway.Init") // picocli sets it before it runs anything
    private CommandRunner runner;

    /** Runs other commands of mgit, for benchmarks that measure whole commands within this process. */
    CommandRunner runner() {
        return runner;
    }
}
