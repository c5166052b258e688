package dev.mgit.cli.command.help;

import dev.mgit.cli.console.Context;
import picocli.AutoComplete;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Prints the completion script of a shell. */
@Command(
        name = "completion",
        description = {
            "Print a script that teaches a shell to complete mgit's commands and options.",
            "For bash and zsh: source <(mgit completion bash)"
        })
public final class CompletionCommand implements Runnable {
    /** The shells there is a script for. One script serves both: zsh reads bash's completions. */
    enum Shell {
        BASH,
        ZSH
    }

    private final Context context;

    @Parameters(paramLabel = "SHELL", description = "${COMPLETION-CANDIDATES}.")
    @SuppressWarnings("NullAway.Init") // picocli requires it
    private Shell shell;

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it before it runs anything
    private CommandSpec spec;

    CompletionCommand(Context context) {
        this.context = context;
    }

    @Override
    public void run() {
        String script = AutoComplete.bash("mgit", spec.root().commandLine());
        String load = shell == Shell.ZSH ? "autoload -U +X compinit && compinit\n" : "";
        context.output().document(load + script);
    }
}
