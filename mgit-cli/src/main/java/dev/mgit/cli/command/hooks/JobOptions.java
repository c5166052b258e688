package dev.mgit.cli.command.hooks;

import dev.mgit.hooks.executor.Limits;
import dev.mgit.hooks.executor.Quantities;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** How a registered command is run, mixed into commands that register one. */
public final class JobOptions {
    @Option(names = "--timeout", paramLabel = "TIME", description = "Kill it after so long: 90s, 10m, 2h.")
    private @Nullable String timeout;

    @Option(names = "--memory", paramLabel = "SIZE", description = "At most so much memory: 500m, 8g.")
    private @Nullable String memory;

    @Option(names = "--cpus", paramLabel = "N", description = "Processors it gets.")
    private int cpus;

    @Option(names = "--gpus", paramLabel = "N", description = "GPU slots it needs (see the setting executor.gpus).")
    private int gpus;

    @Option(names = "--shell", description = "COMMAND is a line for /bin/sh instead of a program and its arguments.")
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
