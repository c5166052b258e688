package dev.mgit.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mgit.cli.CommandScenarios.Scenario;
import dev.mgit.cli.console.Context;
import dev.mgit.cli.console.Terminal;
import dev.mgit.fixtures.GitServers;
import java.io.IOException;
import java.nio.file.Path;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** No command is added without saying what becomes of a repository when it is killed, or that it only reads. */
class EveryCommandTest {
    @TempDir
    private Path folder;

    /** All that can be run, by full name; a command that only holds others together is none. */
    private static TreeSet<String> commands() {
        Terminal terminal = Terminal.nowhere(Path.of("/"), 100);
        TreeSet<String> found = new TreeSet<>();
        collect("", Main.everything(new Context(terminal)), found);
        CommandTable.OF_SOURCES.forEach(name -> found.removeIf(command -> command.startsWith(name)));
        return found;
    }

    private static void collect(String prefix, CommandLine line, TreeSet<String> found) {
        line.getSubcommands().forEach((name, command) -> {
            boolean runs = command.getSubcommands().isEmpty() || command.getCommand() instanceof Callable;
            if (runs) {
                found.add(prefix + name);
            }
            collect(prefix + name + " ", command, found);
        });
    }

    @Test
    void eachWritesAndIsKilledOrReadsAndChangesNothing() {
        TreeSet<String> all = commands();
        TreeSet<String> declared = CommandScenarios.commandsOf(CommandScenarios.WRITING, all);
        declared.addAll(CommandScenarios.commandsOf(CommandScenarios.EXCHANGING, all));
        declared.addAll(CommandScenarios.ELSEWHERE.keySet());
        TreeSet<String> reading = CommandScenarios.commandsOf(CommandScenarios.READING, all);
        assertThat(reading).as("either reads or writes").doesNotContainAnyElementsOf(declared);
        declared.addAll(reading);
        assertThat(all)
                .as("a new command needs a line in CommandScenarios: WRITING, with which it is killed, or READING")
                .isEqualTo(declared);
    }

    /** So that no scenario is stale when a long run comes to it. */
    @Test
    void thoseThatOnlyALongRunKillsSucceed() throws IOException {
        CrashRepository made = CrashRepository.make(folder.resolve("made"));
        TreeMap<String, Cli.Ran> failed = new TreeMap<>();
        for (Scenario scenario : CommandScenarios.KILLED_IN_LONG_RUNS) {
            CrashRepository here = made.copyTo(folder.resolve("here"));
            scenario.first().forEach(words -> here.commands().ok(words.toArray(String[]::new)));
            Cli.Ran ran = here.commands().run(scenario.words().toArray(String[]::new));
            if (ran.exit() != 0) {
                failed.put(scenario.toString(), ran);
            }
        }
        assertThat(failed).isEmpty();
    }

    @Test
    void thoseThatReadChangeNothing() throws IOException {
        CrashRepository made = CrashRepository.make(folder.resolve("made"));
        TestRepository repository = made.commands();
        GitServers.bare(made.folder().resolve("models.git"));
        repository.ok("remote", "add", "origin", "../models.git", "--store", "../store");
        repository.ok("push");
        repository.ok("policy", "init");
        repository.ok("eval", "import", "../runs/evaluation", "--model", "base");
        repository.ok("eval", "import", "../runs/evaluation", "--model", "child");
        repository.ok("sign", "base", "--key", "../key.pem");
        repository.ok("bundle", "base", "-o", "../lineage.bundle");
        repository.ok("bisect", "start", "trained", "trained~3");
        TreeMap<String, String> before = state(made);
        TreeMap<String, Cli.Ran> failed = new TreeMap<>();
        for (Scenario scenario : CommandScenarios.READING) {
            Cli.Ran ran = repository.run(scenario.words().toArray(String[]::new));
            assertThat(ran.err()).as("%s: %s", scenario, ran).doesNotContain("internal error");
            if (ran.exit() == 2 || ran.exit() > 4) {
                failed.put(scenario.toString(), ran);
            }
            assertThat(state(made)).as("%s: %s", scenario, ran).isEqualTo(before);
        }
        assertThat(failed).isEmpty();
    }

    /** Every file but those derived from others. */
    private static TreeMap<String, String> state(CrashRepository made) throws IOException {
        TreeMap<String, String> files = TestRepository.contents(made.folder());
        files.keySet().removeIf(name -> name.startsWith("repo/.mgit/index/") || name.equals("repo/.mgit/lock"));
        return files;
    }
}
