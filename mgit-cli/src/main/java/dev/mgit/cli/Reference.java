package dev.mgit.cli;

import dev.mgit.cli.command.store.KnownSettings;
import dev.mgit.cli.console.Context;
import picocli.CommandLine;
import picocli.CommandLine.Help;
import picocli.CommandLine.Help.Ansi;

/** Writes {@code docs/commands.md} from the commands and {@code docs/configuration.md} from the settings. */
final class Reference {
    private static final int COLUMNS = 100;

    private Reference() {}

    static String markdown(Context context) {
        CommandLine line = Main.everything(context);
        Commands.OF_SOURCES.forEach(name -> line.getCommandSpec().removeSubcommand(name));
        line.setUsageHelpWidth(COLUMNS);
        StringBuilder text = new StringBuilder("# Commands\n\nWritten by the build from the commands themselves.\n");
        write(line, "##", text);
        return text.toString();
    }

    static String settings() {
        var text = new StringBuilder("""
                # Configuration

                Written by the build from the settings themselves.

                Settings of a repository are in `.mgit/config`, in Git's syntax. `mgit config KEY VALUE` sets one and
                `mgit config --list` shows all with their values; a name that is not below is refused.

                | setting | default | meaning |
                |---|---|---|
                """);
        KnownSettings.all()
                .forEach(setting -> text.append("| `")
                        .append(setting.name())
                        .append("` | ")
                        .append(setting.fallback())
                        .append(" | ")
                        .append(setting.meaning())
                        .append(" |\n"));
        return text.append("""

                ## Of the user

                What starts a program is never read from a repository, which may come from anywhere.

                | where | meaning |
                |---|---|
                | `MGIT_PAGER`, Git's `core.pager` of the user, `PAGER` | Shows long output on a terminal, the first that is set; `less -FRX` otherwise, nothing if it is `cat` or empty. |
                | `NO_COLOR` | Prints no colors, whatever its value. |
                | `MGIT_HEAP` | Heap of the Java that runs mgit: `1g`; 320m otherwise. |
                | `JAVA_HOME` | The Java that runs mgit. |
                | `GIT_AUTHOR_NAME`, `GIT_AUTHOR_EMAIL`, Git's `user.name`, `user.email` | Who makes versions, where the repository does not say. |
                """).toString();
    }

    private static void write(CommandLine line, String heading, StringBuilder text) {
        text.append('\n')
                .append(heading)
                .append(' ')
                .append(line.getCommandSpec().qualifiedName());
        text.append("\n\n```text\n").append(help(line)).append("```\n");
        line.getSubcommands().values().stream()
                .filter(sub -> !sub.getCommandSpec().usageMessage().hidden())
                .forEach(sub -> write(sub, "##" + (heading.equals("##") ? "" : "#"), text));
    }

    private static String help(CommandLine line) {
        String usage = line.getUsageMessage(Help.defaultColorScheme(Ansi.OFF));
        return usage.lines().map(String::stripTrailing).reduce("", (all, next) -> all + next + "\n");
    }
}
