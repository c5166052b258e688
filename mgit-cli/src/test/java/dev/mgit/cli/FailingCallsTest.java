package dev.mgit.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.mgit.cli.CommandScenarios.Scenario;
import dev.mgit.cli.CrashRepository.State;
import dev.mgit.fixtures.SystemCalls;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * {@link FailedCalls} of commands in {@link CommandScenarios}. A command that says it failed left the old state or the new; one
 * that says it is done has done it; and the next command goes on without anybody's help.
 */
@Tag("slow")
class FailingCallsTest {
    private static final List<String> IN_EVERY_BUILD = List.of(
            "commit ../model --model fresh", "checkout base out", "export child new", "gc --prune-older-than 0");

    @TempDir
    private static Path once;

    private static CrashRepository made;
    private static Team team;
    private static int faults;

    @TempDir
    private Path folder;

    @BeforeAll
    static void make() throws IOException {
        SystemCalls.whyNotAttached().ifPresent(reason -> assumeTrue(false, reason));
        made = CrashRepository.make(once.resolve("made"));
        team = Team.make(once.resolve("team"));
    }

    @AfterAll
    static void count() {
        System.out.println(faults + " failed calls, nothing lost");
    }

    static List<Scenario> commands() {
        return FailedCalls.areMany()
                ? CommandScenarios.WRITING.stream()
                        .filter(scenario -> !CommandScenarios.STEP_BY_STEP.contains(scenario.toString()))
                        .toList()
                : IN_EVERY_BUILD.stream().map(CommandScenarios::named).toList();
    }

    static List<Scenario> exchanges() {
        return FailedCalls.areMany() ? CommandScenarios.EXCHANGING : CommandScenarios.EXCHANGING.subList(0, 1);
    }

    @ParameterizedTest
    @MethodSource("commands")
    void refusedByTheDisk(Scenario scenario) throws IOException {
        refused(new InOne(scenario));
    }

    @ParameterizedTest
    @MethodSource("exchanges")
    void refusedByOneOfTwoDisks(Scenario scenario) throws IOException {
        refused(new InTwo(scenario));
    }

    private void refused(FailedCalls.Victim command) throws IOException {
        try (var calls = new FailedCalls(Files.createDirectory(folder.resolve("logs")))) {
            calls.of(command);
            faults += calls.count();
        }
    }

    /** A command in one repository. */
    private final class InOne implements FailedCalls.Victim {
        private final Scenario scenario;
        private final State before;
        private CrashOutcome outcome;

        InOne(Scenario scenario) throws IOException {
            this.scenario = scenario;
            ready();
            this.before = here().look();
        }

        private CrashRepository here() {
            return new CrashRepository(below());
        }

        @Override
        public void ready() throws IOException {
            CrashRepository fresh = made.copyTo(below());
            scenario.first().forEach(words -> fresh.commands().ok(words.toArray(String[]::new)));
        }

        @Override
        public Path below() {
            return folder.resolve("here");
        }

        @Override
        public Path workingFolder() {
            return here().root();
        }

        @Override
        public List<String> words() {
            return scenario.words();
        }

        @Override
        public String[] complaints() {
            return new String[] {"error: ", " crashed"};
        }

        @Override
        public void unharmed() throws IOException {
            outcome = new CrashOutcome(scenario, before, here().look());
        }

        @Override
        public void judge(CommandWorker.Answer ended, String what) throws IOException {
            State now = outcome.requireOldOrNew(here(), folder.resolve("kept"), what);
            assertThat(ended.exit() != 0 || now.equals(outcome.after()))
                    .as("%s: says it was done", what)
                    .isTrue();
        }

        @Override
        public String toString() {
            return scenario.toString();
        }
    }

    /** A command between a repository, and a bare one with its store. */
    private static final class InTwo implements FailedCalls.Victim {
        private final Scenario scenario;

        InTwo(Scenario scenario) {
            this.scenario = scenario;
        }

        @Override
        public void ready() throws IOException {
            team.restore();
        }

        @Override
        public Path below() {
            return team.folder();
        }

        @Override
        public Path workingFolder() {
            return team.ada().root();
        }

        @Override
        public List<String> words() {
            return scenario.words();
        }

        @Override
        public void unharmed() throws IOException {
            team.requireDone(scenario, "with nothing failed");
        }

        @Override
        public void judge(CommandWorker.Answer ended, String what) throws IOException {
            if (ended.exit() == 0) {
                team.requireDone(scenario, what);
            }
            team.requireSound(what);
        }

        @Override
        public String toString() {
            return scenario.toString();
        }
    }
}
