package dev.mgit.cli.command.help;

import dev.mgit.cli.console.Context;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Objects;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** Prints the completion script of a shell. Each asks {@link CompleteCommand} for what may come next. */
@Command(
        name = "completion",
        description = {
            "Print a shell completion script for mgit's commands, options, models, tags, kinds and settings.",
            "bash: source <(mgit completion bash)",
            "zsh: source <(mgit completion zsh)",
            "fish: mgit completion fish | source"
        })
public final class CompletionCommand implements Callable<Integer> {
    /** The shells there is a script for. */
    enum Shell {
        BASH,
        ZSH,
        FISH
    }

    private final Context context;

    @Parameters(paramLabel = "SHELL", description = "bash, zsh or fish.")
    @SuppressWarnings("NullAway.Init") // picocli requires it
    private Shell shell;

    CompletionCommand(Context context) {
        this.context = context;
    }

    @Override
    public Integer call() throws IOException {
        String name = "completion." + shell.name().toLowerCase(Locale.ROOT);
        try (InputStream script = Objects.requireNonNull(CompletionCommand.class.getResourceAsStream(name))) {
            context.output().document(new String(script.readAllBytes(), StandardCharsets.UTF_8));
        }
        return 0;
    }
}
