package dev.mgit.cli.command.evidence;

import dev.mgit.cli.console.Context;
import picocli.CommandLine.Command;

/** What versions must have. */
@Command(
        name = "policy",
        description = {
            "Say what versions must have: recipes, tests, signatures, licences, roots.",
            "The policy travels with the repository. It binds commit, import, run, merge, update, watch and pushes to "
                    + "'mgit serve' when versions come in, and push and pull when they move."
        },
        subcommands = {
            PolicyInitCommand.class,
            PolicyShowCommand.class,
            PolicyCheckCommand.class,
            PolicyExplainCommand.class
        })
public final class PolicyCommand {
    PolicyCommand(Context context) {}
}
