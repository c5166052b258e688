package dev.mgit.cli.command.hooks;

import dev.mgit.delta.MgitException;
import dev.mgit.hooks.check.BuiltIn;
import dev.mgit.hooks.executor.Limits;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** A name, a command and how it is run, mixed into commands that register one. */
final class RegisteredCommand {
    @Parameters(index = "0", paramLabel = "NAME", description = "Name of the registration.")
    private String name = "";

    @Parameters(
            index = "1..*",
            paramLabel = "COMMAND",
            arity = "1..*",
            description = "Program and arguments, after --; or a built-in check: builtin:finite-weights.")
    private List<String> command = new ArrayList<>();

    @Mixin
    private final JobOptions job = new JobOptions();

    String name() {
        return name;
    }

    List<String> command() {
        if (builtIn().isPresent() && (shell() || !limits().equals(Limits.NONE))) {
            throw MgitException.usage("a built-in check takes no --shell, --timeout, --memory, --cpus or --gpus");
        }
        return command;
    }

    /** The check that the command means, if it is none. */
    Optional<BuiltIn> builtIn() {
        return BuiltIn.of(command);
    }

    Limits limits() {
        return job.limits();
    }

    boolean shell() {
        return job.shell();
    }
}
