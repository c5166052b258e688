package dev.mgit.bench;

import dev.mgit.bench.cascade.BenchCascadeCommand;
import dev.mgit.bench.detect.BenchDetectCommand;
import dev.mgit.cli.console.CommandRunner;
import picocli.CommandLine.Command;
import picocli.CommandLine.ParentCommand;

/** The benchmarks. Each is a subcommand of its own. */
@Command(
        name = "bench",
        subcommands = {
            BenchChainCommand.class,
            BenchCodecCommand.class,
            BenchStartCommand.class,
            BenchStoreCommand.class,
            BenchCascadeCommand.class,
            BenchDetectCommand.class,
            BenchCorpusCommand.class,
            BenchExpertsCommand.class,
            BenchFamiliesCommand.class,
            BenchGraphCommand.class,
            BenchLimitsCommand.class,
            BenchLossyCommand.class,
            BenchRemoteCommand.class,
            BenchScaleCommand.class,
            BenchScalingCommand.class,
            BenchServeCommand.class
        },
        description = {
            "Benchmark mgit and its peers on the same bytes in the same run.",
            "Figures in the documentation name the subcommand that prints them."
        })
public final class BenchCommand {
    @ParentCommand
    @SuppressWarnings("NullAway.Init") // picocli sets it before it runs anything
    private CommandRunner runner;

    /** Runs other commands of mgit, for benchmarks that measure whole commands within this process. */
    CommandRunner runner() {
        return runner;
    }
}
