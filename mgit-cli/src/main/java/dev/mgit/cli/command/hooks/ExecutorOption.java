package dev.mgit.cli.command.hooks;

import dev.mgit.hooks.executor.Executor;
import dev.mgit.hooks.executor.Executors;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** {@code --executor}, mixed into commands that start others. */
public final class ExecutorOption {
    @Option(
            names = "--executor",
            paramLabel = "local|slurm",
            description = "Where to run commands. Default: the setting executor.name, else local.")
    private @Nullable String name;

    public Optional<String> named() {
        return Optional.ofNullable(name);
    }

    public Executor create(HookSession session) {
        return session.executor(named().orElseGet(() -> Executors.configured(session.workspace()::setting)));
    }
}
