package dev.mgit.cli;

import dev.mgit.cli.console.Context;
import dev.mgit.cli.console.Terminal;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import picocli.CommandLine;
import picocli.CommandLine.Help;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;

/**
 * Writes a manual page for each command, in the man(7) macros, from what its help is made of. Run by the build of packages:
 * {@code java -cp mgit.jar dev.mgit.cli.ManPages DIR}.
 */
final class ManPages {
    private static final String SECTION = "1";

    private ManPages() {}

    public static void main(String[] args) throws IOException {
        Path folder = Files.createDirectories(Path.of(args[0]));
        for (Map.Entry<String, String> page : pages().entrySet()) {
            Files.writeString(folder.resolve(page.getKey()), page.getValue(), StandardCharsets.UTF_8);
        }
    }

    /** File name to page. */
    static Map<String, String> pages() throws IOException {
        Terminal nowhere = Terminal.nowhere(Path.of("/"), 100);
        CommandLine line = Main.everything(new Context(nowhere));
        CommandTable.OF_SOURCES.forEach(name -> line.getCommandSpec().removeSubcommand(name));
        Map<String, String> pages = new LinkedHashMap<>();
        write(line, BuildVersion.number(), pages);
        return pages;
    }

    private static void write(CommandLine line, String version, Map<String, String> pages) {
        pages.put(name(line) + "." + SECTION, page(line, version));
        visible(line).forEach(sub -> write(sub, version, pages));
    }

    private static String name(CommandLine line) {
        return line.getCommandSpec().qualifiedName("-");
    }

    private static List<CommandLine> visible(CommandLine line) {
        Set<CommandLine> once = new LinkedHashSet<>(line.getSubcommands().values());
        return once.stream()
                .filter(sub -> !sub.getCommandSpec().usageMessage().hidden())
                .toList();
    }

    private static String page(CommandLine line, String version) {
        CommandSpec spec = line.getCommandSpec();
        List<String> description = List.of(spec.usageMessage().description());
        var text = new StringBuilder();
        text.append(".TH \"")
                .append(name(line).toUpperCase(Locale.ROOT))
                .append("\" \"" + SECTION + "\" \"\" \"mgit ")
                .append(version)
                .append("\" \"mgit manual\"\n.nh\n.ad l\n");
        section(text, "NAME", name(line) + " - " + (description.isEmpty() ? "" : summary(description.get(0))));
        text.append(".SH SYNOPSIS\n.nf\n").append(roff(synopsis(line))).append("\n.fi\n");
        text.append(".SH DESCRIPTION\n");
        description.forEach(
                paragraph -> text.append(".PP\n").append(roff(plain(paragraph))).append('\n'));
        arguments(text, "ARGUMENTS", spec.positionalParameters());
        arguments(text, "OPTIONS", spec.options());
        commands(text, line);
        exitCodes(text, spec);
        seeAlso(text, line);
        return text.toString();
    }

    private static String summary(String sentence) {
        String first = plain(sentence);
        return first.endsWith(".") ? first.substring(0, first.length() - 1) : first;
    }

    private static String synopsis(CommandLine line) {
        return new Help(line.getCommandSpec(), Help.defaultColorScheme(Ansi.OFF))
                .synopsis(0)
                .strip();
    }

    private static void section(StringBuilder text, String heading, String body) {
        text.append(".SH ").append(heading).append('\n').append(roff(body)).append('\n');
    }

    private static void arguments(StringBuilder text, String heading, List<? extends ArgSpec> arguments) {
        List<? extends ArgSpec> shown =
                arguments.stream().filter(argument -> !argument.hidden()).toList();
        if (shown.isEmpty()) {
            return;
        }
        text.append(".SH ").append(heading).append('\n');
        for (ArgSpec argument : shown) {
            text.append(".TP\n").append(roff(label(argument))).append('\n');
            for (String line : argument.description()) {
                text.append(roff(plain(filledIn(line, argument)))).append('\n');
            }
        }
    }

    /** With picocli's variables in place. */
    private static String filledIn(String line, ArgSpec argument) {
        Iterable<String> candidates = argument.completionCandidates();
        return line.replace("${DEFAULT-VALUE}", String.valueOf(argument.defaultValueString()))
                .replace("${COMPLETION-CANDIDATES}", candidates == null ? "" : String.join(", ", candidates));
    }

    private static String label(ArgSpec argument) {
        if (argument instanceof OptionSpec option) {
            String value = option.arity().max() == 0 ? "" : " " + option.paramLabel();
            return String.join(", ", option.names()) + value;
        }
        return ((PositionalParamSpec) argument).paramLabel();
    }

    private static void commands(StringBuilder text, CommandLine line) {
        if (visible(line).isEmpty()) {
            return;
        }
        text.append(".SH COMMANDS\n");
        for (CommandLine sub : visible(line)) {
            String[] said = sub.getCommandSpec().usageMessage().description();
            text.append(".TP\n").append(roff(name(sub) + "(" + SECTION + ")")).append('\n');
            text.append(roff(said.length == 0 ? "" : plain(said[0]))).append('\n');
        }
    }

    private static void exitCodes(StringBuilder text, CommandSpec spec) {
        Map<String, String> codes = spec.root().usageMessage().exitCodeList();
        text.append(".SH EXIT STATUS\n");
        codes.forEach((code, meaning) -> text.append(".TP\n")
                .append(roff(code))
                .append('\n')
                .append(roff(plain(meaning)))
                .append('\n'));
    }

    private static void seeAlso(StringBuilder text, CommandLine line) {
        Set<String> pages = new TreeSet<>();
        for (CommandLine at = line.getParent(); at != null; at = at.getParent()) {
            pages.add(name(at) + "(" + SECTION + ")");
        }
        if (!pages.isEmpty()) {
            section(text, "SEE ALSO", String.join(", ", pages));
        }
    }

    /** Without picocli's formatting: {@code %n} and {@code %%}. */
    private static String plain(String text) {
        return text.replace("%n", " ").replace("%%", "%").strip();
    }

    /** Text that no line of is a macro and no backslash of an escape. */
    private static String roff(String text) {
        String escaped = text.replace("\\", "\\e").replace("-", "\\-");
        var ascii = new StringBuilder();
        escaped.codePoints()
                .forEach(c -> ascii.append(c < 128 ? Character.toString(c) : String.format("\\[u%04X]", c)));
        return ascii.toString()
                .lines()
                .map(line -> line.startsWith(".") || line.startsWith("'") ? "\\&" + line : line)
                .reduce((above, below) -> above + "\n" + below)
                .orElse("");
    }
}
