package dev.mgit.cli.command.help;

import dev.mgit.cli.console.Context;
import dev.mgit.delta.MgitException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Locale;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Prints the completion script of a shell. Each asks {@link CompleteCommand} for what may come next. */
@Command(
        name = "completion",
        description = {
            "Print a shell completion script for mgit's commands, options, models, tags, kinds and settings.",
            "bash: source <(mgit completion bash)",
            "zsh: source <(mgit completion zsh)",
            "fish: mgit completion fish | source",
            "--install writes it where the shell looks for completions of the user, for good."
        })
public final class CompletionCommand implements Callable<Integer> {
    /** The shells there is a script for. */
    enum Shell {
        BASH,
        ZSH,
        FISH
    }

    private final Context context;

    @Parameters(
            paramLabel = "SHELL",
            arity = "0..1",
            description = "bash, zsh or fish. Default with --install: the login shell.")
    private @Nullable Shell shell;

    @Option(names = "--install", description = "Write the script to the user's own folder and say where.")
    private boolean install;

    CompletionCommand(Context context) {
        this.context = context;
    }

    @Override
    public Integer call() throws IOException {
        Shell wanted = shell == null ? loginShell() : shell;
        String script = script(wanted);
        if (install) {
            new CompletionInstall(context, wanted).install(script);
        } else {
            context.output().document(script);
        }
        return 0;
    }

    private static String script(Shell shell) throws IOException {
        String name = "completion." + shell.name().toLowerCase(Locale.ROOT);
        try (InputStream script = Objects.requireNonNull(CompletionCommand.class.getResourceAsStream(name))) {
            return new String(script.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private Shell loginShell() {
        String program = context.terminal().environment().getOrDefault("SHELL", "");
        String name = program.substring(program.lastIndexOf('/') + 1).toUpperCase(Locale.ROOT);
        return Arrays.stream(Shell.values())
                .filter(known -> install && known.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new MgitException(
                        MgitException.Kind.USAGE,
                        install
                                ? "SHELL is '" + program + "', for which there is no script"
                                : "Missing required parameter: 'SHELL'",
                        "write bash, zsh or fish after 'mgit completion'"));
    }
}
