package dev.mgit.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mgit.cli.console.Context;
import dev.mgit.cli.console.Terminal;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** What the launcher archives the classes of: each command that is over at once has to be among it, and to work. */
class WarmupTest {
    /** Those the launcher starts for long work. */
    private static final Pattern LONG = Pattern.compile("(?s)\\n  (commit \\|.*?)\\)");

    /** Those with an archive of their own, beside {@code status} and what names no command. */
    private static final Pattern SHORT = Pattern.compile("\\$command =~ \\^\\((.*)\\|\\)\\$ ]] && archive=\\$short");

    /** Short ones that nobody waits for again and again, or that need what a scratch folder has not. */
    private static final Set<String> RARE = Set.of(
            "inspect",
            "export",
            "mv",
            "rm",
            "edge",
            "node",
            "recipe",
            "hooks",
            "eval",
            "cost",
            "sign",
            "verify",
            "bundle",
            "verify-bundle",
            "policy",
            "plan-serving",
            "remote",
            "du",
            "doctor",
            "undo",
            "config",
            "completion",
            "__complete");

    @TempDir
    private Path folder;

    @Test
    void eachCommandOfItWorks() throws IOException {
        Warmup.prepare(folder);
        Stream.of(Warmup.COMMANDS, Warmup.SHORT, List.of(Warmup.LAST), Warmup.SHORT)
                .flatMap(List::stream)
                .forEach(command -> {
                    Cli.Ran ran = Cli.run(folder, command.toArray(new String[0]));
                    assertThat(ran.exit()).as("%s: %s", command, ran.err()).isZero();
                });
        assertThat(Cli.run(folder, Warmup.FAILING.toArray(new String[0])).err()).contains("unknown revision");
    }

    /** The others of the launcher's would pay for classes of all of them. */
    @Test
    void theLauncherKnowsWhichHaveAnArchiveOfTheirOwn() throws IOException {
        String launcher = Files.readString(Path.of("..", "mgit"));
        List<String> named = Warmup.SHORT.stream()
                .map(command -> command.get(0))
                .filter(word -> !word.startsWith("-"))
                .distinct()
                .toList();
        Matcher branch = SHORT.matcher(launcher);
        assertThat(branch.find()).isTrue();
        Set<String> asked = new TreeSet<>(List.of(branch.group(1).split("\\|")));
        assertThat(launcher).containsPattern("\\n  status\\)\\n    archive=\\$short\\n");
        asked.add("status");
        assertThat(named).containsExactlyInAnyOrderElementsOf(asked);
    }

    @Test
    void everyShortCommandIsInIt() throws IOException {
        Terminal terminal = Terminal.nowhere(folder, 80);
        CommandLine all = Main.everything(new Context(terminal));
        Set<String> expected = new TreeSet<>(all.getSubcommands().keySet());
        expected.removeAll(CommandTable.OF_SOURCES);
        expected.removeAll(RARE);
        expected.removeAll(started());
        assertThat(Stream.of(Warmup.COMMANDS, Warmup.SHORT)
                        .flatMap(List::stream)
                        .map(command -> command.get(0))
                        .collect(Collectors.toSet()))
                .containsAll(expected);
    }

    private static List<String> started() throws IOException {
        Matcher found = LONG.matcher(Files.readString(Path.of("..", "mgit")));
        assertThat(found.find()).isTrue();
        return Arrays.asList(found.group(1).replace("\\", "").strip().split("\\s*\\|\\s*"));
    }
}
