package dev.mgit.cli.command.hooks;

import dev.mgit.hooks.executor.Limits;
import dev.mgit.hooks.executor.Quantities;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** How a registered command is run, mixed into commands that register one. */
public final class JobOptions {
    @Option(names = "--timeout", paramLabel = "TIME", description = "Time limit: 90s, 10m, 2h.")
    private @Nullable String timeout;

    @Option(names = "--memory", paramLabel = "SIZE", description = "Memory limit: 500m, 8g.")
    private @Nullable String memory;

    @Option(names = "--cpus", paramLabel = "N", description = "CPUs to allocate.")
    private int cpus;

    @Option(names = "--gpus", paramLabel = "N", description = "GPUs to allocate (see the setting executor.gpus).")
    private int gpus;

    @Option(names = "--shell", description = "Run COMMAND with /bin/sh instead of as a program with arguments.")
    private boolean shell;

    public boolean shell() {
        return shell;
    }

    public Limits limits() {
        return new Limits(
                Optional.ofNullable(timeout).map(Quantities::duration),
                Optional.ofNullable(memory).map(Quantities::bytes),
                Quantities.count("--cpus", cpus),
                Quantities.count("--gpus", gpus));
    }
}
