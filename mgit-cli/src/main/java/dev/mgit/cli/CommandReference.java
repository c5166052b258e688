package dev.mgit.cli;

import dev.mgit.cli.command.store.KnownSettings;
import dev.mgit.cli.console.Context;
import picocli.CommandLine;
import picocli.CommandLine.Help;
import picocli.CommandLine.Help.Ansi;

/** Writes {@code docs/commands.md} from the commands and {@code docs/configuration.md} from the settings. */
final class CommandReference {
    private static final int COLUMNS = 100;

    private CommandReference() {}

    static String markdown(Context context) {
        CommandLine line = Main.everything(context);
        CommandTable.OF_SOURCES.forEach(name -> line.getCommandSpec().removeSubcommand(name));
        line.setUsageHelpWidth(COLUMNS);
        StringBuilder text = new StringBuilder("# Commands\n\nGenerated from the commands' help.\n");
        write(line, "##", text);
        return text.toString();
    }

    static String settings() {
        var text = new StringBuilder("""
                # Configuration

                Generated from the settings.

                Repository settings live in `.mgit/config`, in Git's syntax. `mgit config KEY VALUE` sets one;
                `mgit config --list` shows them all. Names not listed here are rejected.

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

                ## User settings

                Settings that start a program are never read from a repository, which may come from anywhere.

                | where | meaning |
                |---|---|
                | `MGIT_PAGER`, Git's `core.pager` of the user, `PAGER` | The pager for long output on a terminal: the first one set, else `less -FRX`; `cat` or empty disables it. |
                | `NO_COLOR` | Disables color, whatever its value. |
                | `MGIT_HEAP` | Java heap size, for example `1g`. Default: 320m, and 16m more for each processor above eight, unless a container has less than twice that. |
                | `MALLOC_ARENA_MAX`, `MALLOC_MMAP_THRESHOLD_`, `MALLOC_TRIM_THRESHOLD_`, `GLIBC_TUNABLES` | How glibc keeps native memory. Unless one is set, mgit has one pool; what it starts gets neither. |
                | `JAVA_HOME` | The Java installation that runs mgit. |
                | `GIT_AUTHOR_NAME`, `GIT_AUTHOR_EMAIL`, Git's `user.name`, `user.email` | The author of versions, unless the repository sets one. |
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
