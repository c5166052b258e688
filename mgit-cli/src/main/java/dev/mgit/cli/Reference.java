package dev.mgit.cli;

import dev.mgit.cli.console.Context;
import picocli.CommandLine;
import picocli.CommandLine.Help;
import picocli.CommandLine.Help.Ansi;

/** Writes the command reference, {@code docs/commands.md}, from the commands themselves. */
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
