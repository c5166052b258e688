package dev.mgit.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mgit.cli.console.Context;
import dev.mgit.cli.console.Terminal;
import dev.mgit.delta.MgitException;
import dev.mgit.hooks.executor.Executors;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

class MainTest {
    @TempDir
    private Path folder;

    @Test
    void theVersionInFullNamesJavaNativesAndFormats() {
        Cli.Ran ran = Cli.run(folder, "--version", "--verbose");
        assertThat(ran.exit()).as("%s", ran).isZero();
        assertThat(ran.out().lines())
                .hasSize(5)
                .anyMatch(line -> line.startsWith("java:    " + Runtime.version()))
                .anyMatch(line -> line.matches("natives: RocksDB \\d+\\.\\d+\\.\\d+, zstd \\d+.*"))
                .contains("formats: repository 1, manifest 5, frame 1, JSON output 1");
        assertThat(Cli.run(folder, "--verbose").exit()).isEqualTo(2);
        assertThat(Cli.run(folder, "--verbose", "log").exit()).isEqualTo(2);
    }

    @Test
    void theVersionIsTheBuilds() {
        Cli.Ran ran = Cli.run(folder, "--version");
        assertThat(ran.exit()).isZero();
        assertThat(ran.out()).matches("mgit \\d+\\.\\d+\\.\\d+ \\(Java .*\\)\\R");
    }

    @Test
    void anUnknownCommandIsAUsageErrorWithASuggestion() {
        Cli.Ran ran = Cli.run(folder, "completon");
        assertThat(ran).isEqualTo(new Cli.Ran(2, "", """
                error: 'completon' is not a command of mgit
                hint: did you mean 'mgit completion'? Or see 'mgit --help'
                """));
    }

    @ParameterizedTest
    @CsvSource({
        "switch,mgit checkout",
        "restore,mgit checkout",
        "list,mgit branch",
        "ls,mgit branch",
        "delete,mgit rm",
        "remove,mgit rm",
        "rename,mgit mv",
        "hooks ls,mgit hooks list",
        "test remove,mgit test rm",
        "bench star,mgit bench start"
    })
    void whatPeopleTypeIsUnderstoodBeforeLettersAreCounted(String typed, String meant) {
        Cli.Ran ran = Cli.run(folder, typed.split(" "));
        assertThat(ran.exit()).isEqualTo(2);
        assertThat(ran.err()).contains("hint: did you mean '" + meant + "'?");
    }

    @Test
    void everySynonymLeadsToACommand() {
        var commands = Main.everything(new Context(Terminal.system())).getSubcommands();
        Synonyms.targets()
                .forEach((typed, targets) -> assertThat(targets)
                        .as(typed)
                        .anyMatch(target -> commands.containsKey(target) || target.equals("--version")));
        assertThat(Synonyms.targets().keySet()).noneMatch(commands::containsKey);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "stash | 'mgit undo'",
                "reset --hard HEAD~1 | 'mgit checkout REV DIR --force'",
                "add . | 'mgit commit PATH'",
                "rebase main | 'mgit update MODEL'",
                "cat-file -p bert | 'mgit show REV'",
                "rev-parse HEAD | 'mgit show --json REV'",
                "clean -fdx | nothing outside '.mgit' is ever removed",
                "cp a b | 'mgit branch NEW REV'",
                "ps | 'mgit serve'",
                "login | no account of its own",
                "commit -am message | 'mgit commit PATH'",
                "commit --amend --no-edit | 'mgit undo'",
                "checkout -b new | 'mgit branch NAME REV'",
                "log --since=yesterday | 'mgit log --json'",
                "diff --cached | 'mgit commit PATH'",
                "rm --cached a.bin | 'mgit commit PATH'",
                "tag -a v1 -m first | 'mgit tag NAME REV'",
                "branch --list | 'mgit branch'",
                "push -u origin main | 'mgit push'",
                "status -sb | 'mgit status --json'",
                "config --get user.name | 'mgit config NAME'",
                "-c user.name=x log | 'mgit -C DIR COMMAND'"
            })
    void whatHasNoEqualHereNamesTheWayThereIs(String typed, String way) {
        Cli.Ran ran = Cli.run(folder, typed.split(" "));
        assertThat(ran.exit()).isEqualTo(2);
        assertThat(ran.err().lines()).hasSize(2);
        assertThat(ran.err()).contains("hint: ").contains(way).doesNotContain("did you mean");
    }

    @Test
    void everyWayNamedIsThere() {
        CommandLine mgit = Main.everything(new Context(Terminal.system()));
        Pattern named = Pattern.compile("'mgit ((?:-[^']* )?)([a-z]+)( [^']*)?'");
        for (String sentence : Stream.concat(Habits.commands().values().stream(), Habits.options().values().stream())
                .distinct()
                .toList()) {
            for (Matcher way = named.matcher(sentence); way.find(); ) {
                CommandLine command = mgit.getSubcommands().get(way.group(2));
                assertThat(command).as(sentence).isNotNull();
                Pattern.compile("(?<= )--?[a-z][a-z-]*", Pattern.CASE_INSENSITIVE)
                        .matcher(way.group(3) == null ? "" : way.group(3))
                        .results()
                        .forEach(option -> assertThat(command.getCommandSpec().findOption(option.group()))
                                .as(sentence + " " + option.group())
                                .isNotNull());
            }
        }
        assertThat(Habits.commands().keySet())
                .noneMatch(mgit.getSubcommands()::containsKey)
                .noneMatch(Synonyms.targets()::containsKey);
        for (String option : Habits.options().keySet()) {
            String[] parts = option.split(":", 2);
            CommandLine command =
                    parts[0].equals("mgit") ? mgit : mgit.getSubcommands().get(parts[0]);
            assertThat(command).as(option).isNotNull();
            assertThat(command.getCommandSpec().findOption(parts[1])).as(option).isNull();
        }
    }

    @ParameterizedTest
    @CsvSource({"sync, pull", "upload, push"})
    void wordsForExchangeLeadToItsCommands(String typed, String meant) {
        assertThat(Cli.run(folder, typed).err())
                .contains("'" + typed + "' is not a command of mgit", "did you mean 'mgit " + meant + "'?");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"completon --help", "completon -h", "hooks lst --help", "help completon", "-C . completon --help"
            })
    void helpOfAnUnknownCommandIsAnErrorToo(String typed) {
        Cli.Ran ran = Cli.run(folder, typed.split(" "));
        assertThat(ran.exit()).isEqualTo(2);
        assertThat(ran.out()).isEmpty();
        assertThat(ran.err()).contains("is not a command of mgit").contains("did you mean");
    }

    @Test
    void withoutACommandItPrintsHelp() {
        assertThat(Cli.run(folder)).isEqualTo(Cli.run(folder, "--help"));
        assertThat(Cli.run(folder).out()).contains("Commands:", "From a source checkout");
    }

    @Test
    void aMissingOrWrongArgumentIsAUsageError() {
        assertThat(Cli.run(folder, "completion").exit()).isEqualTo(2);
        assertThat(Cli.run(folder, "completion").err()).contains("Missing required parameter: 'SHELL'");
        assertThat(Cli.run(folder, "completion", "bash", "--stacktrase")).isEqualTo(new Cli.Ran(2, "", """
                        error: unknown option --stacktrase
                        hint: did you mean '--stacktrace'? Or see 'mgit completion --help'
                        """));
    }

    @Test
    void helpGoesToStdoutAndNamesTheExitCodes() {
        Cli.Ran ran = Cli.run(folder, "--help");
        assertThat(ran.exit()).isZero();
        assertThat(ran.out()).contains("completion").contains("stored data is corrupt");
        assertThat(Cli.run(folder, "help", "completion").out()).contains("mgit completion");
    }

    @Test
    void helpAndSettingsNameTheExecutorsThereAre() {
        List<String> names = Executors.names();
        assertThat(Cli.run(folder, "run", "--help").out()).contains(String.join(", ", names));
        assertThat(Cli.run(folder, "init").exit()).isZero();
        assertThat(Cli.run(folder, "config").out()).contains(String.join(", ", names));
    }

    @ParameterizedTest
    @EnumSource(MgitException.Kind.class)
    void eachKindOfFailureIsOneExitCode(MgitException.Kind kind) {
        Reported reported = report(new MgitException(kind, "what and where", "what to do"));
        assertThat(reported).isEqualTo(new Reported(kind.exitCode(), """
                error: what and where
                hint: what to do
                """));
    }

    @Test
    void whatTheOperatingSystemSaysBecomesASentence() {
        assertThat(report(new NoSuchFileException("/a/b")).err()).isEqualTo("error: /a/b does not exist\n");
        assertThat(report(new AccessDeniedException("/a")).err()).isEqualTo("error: no permission for /a\n");
        assertThat(report(new IOException("No space left on device")).err())
                .isEqualTo("error: no space left on the disk\n");
        assertThat(report(new UncheckedIOException(new FileSystemException("/a", null, "No space left on device")))
                        .err())
                .isEqualTo("error: no space left on the disk that holds /a\n");
        assertThat(report(new FileSystemException("/a", null, "Read-only file system")))
                .isEqualTo(new Reported(1, "error: /a is on a read-only file system\n"));
        assertThat(report(new FileSystemException("/a", null, "Disk quota exceeded"))
                        .err())
                .isEqualTo("error: the disk quota is used up where /a is\n");
    }

    @Test
    void anythingElseIsABugAndSaysSo() {
        assertThat(report(new IllegalStateException("boom")))
                .isEqualTo(new Reported(
                        1,
                        "error: internal error: java.lang.IllegalStateException: boom"
                                + " (this is a bug; run with --stacktrace)\n"));
    }

    private record Reported(int exit, String err) {}

    private Reported report(Throwable thrown) {
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        Terminal terminal = new Terminal(
                Terminal.writer(new ByteArrayOutputStream()), Terminal.writer(err), false, false, 80, folder, Map.of());
        int exit = new Failures(new Context(terminal)).report(thrown);
        return new Reported(exit, err.toString(StandardCharsets.UTF_8));
    }
}
