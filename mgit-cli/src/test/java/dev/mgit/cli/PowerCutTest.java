package dev.mgit.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.mgit.cli.CommandScenarios.Scenario;
import dev.mgit.cli.CrashRepository.State;
import dev.mgit.fixtures.PowerLoss;
import dev.mgit.fixtures.PowerLoss.Kept;
import dev.mgit.fixtures.SystemCalls;
import dev.mgit.fixtures.Trees;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The power goes while a command works, or just after it said that it was done. Whatever part of the unsynced reached the
 * disk, nothing that was acknowledged is missing, and nothing is damaged.
 *
 * <p>{@code -Dmgit.power.cuts=N} tries so many disks of each command in {@link CommandScenarios#WRITING};
 * {@code -Dmgit.power.seed=N} others.
 */
@Tag("slow")
class PowerCutTest {
    private static final int CUTS = Integer.getInteger("mgit.power.cuts", 0);
    private static final long SEED = Long.getLong("mgit.power.seed", 1);
    private static final int CUTS_IN_EVERY_BUILD = 6;

    private static final List<String> IN_EVERY_BUILD =
            List.of("commit ../model --model base", "gc --prune-older-than 0", "mv base other");

    @TempDir
    private static Path once;

    private static CrashRepository made;
    private static int disks;

    @TempDir
    private Path folder;

    @BeforeAll
    static void make() throws IOException {
        SystemCalls.whyNot().ifPresent(reason -> assumeTrue(false, reason));
        made = CrashRepository.make(once.resolve("made"));
    }

    @AfterAll
    static void count() {
        System.out.println(disks + " disks after a power failure, nothing lost");
    }

    static List<Scenario> commands() {
        return CUTS == 0
                ? IN_EVERY_BUILD.stream().map(CommandScenarios::named).toList()
                : CommandScenarios.WRITING.stream()
                        .filter(scenario -> !CommandScenarios.OF_ONE_FOLDER.contains(scenario.toString()))
                        .filter(scenario -> !CommandScenarios.STEP_BY_STEP.contains(scenario.toString()))
                        .toList();
    }

    static List<Scenario> exchanges() {
        return CUTS == 0 ? CommandScenarios.EXCHANGING.subList(0, 1) : CommandScenarios.EXCHANGING;
    }

    @ParameterizedTest
    @MethodSource("commands")
    void nothingAcknowledgedIsLost(Scenario scenario) throws IOException {
        RecordedCommand recorded = RecordedCommand.of(scenario, made, folder);
        CrashRepository here = recorded.here();
        eachDisk(recorded.disks(), here.folder(), (atEnd, what) -> requireSound(here, recorded.outcome(), atEnd, what));
    }

    @ParameterizedTest
    @MethodSource("exchanges")
    void nothingAcknowledgedIsLostOnEitherSide(Scenario exchange) throws IOException {
        Team team = Team.make(folder.resolve("team"));
        PowerLoss loss =
                RecordedCommand.recorded(exchange.words(), team.ada().root(), team.folder(), folder.resolve("log"));
        eachDisk(loss, team.folder(), (atEnd, what) -> {
            if (atEnd) {
                team.requireDone(exchange, what);
            }
            team.requireSound(what);
        });
    }

    /** Where there was no repository, and then one without parameters. */
    @Test
    void soIsWhatANewRepositoryBeginsWith() throws IOException {
        Path below = Files.createDirectories(folder.resolve("below"));
        PowerLoss init = RecordedCommand.recorded(List.of("init", "repo"), below, below, folder.resolve("log"));
        eachDisk(init, below, (atEnd, what) -> {
            Cli.Ran again = Cli.run(below, "init", "repo");
            assertThat(again.exit()).as("%s: %s", what, again).isEqualTo(atEnd ? 1 : again.exit());
            assertThat(again.exit() == 0 || again.err().contains("already a repository"))
                    .as("%s: %s", what, again)
                    .isTrue();
            new TestRepository(below.resolve("repo")).ok("fsck");
        });
        var repository = new TestRepository(below.resolve("repo"));
        TestRepository.weights(below.resolve("model/model.safetensors"), 1, 5000);
        TreeMap<String, String> model = TestRepository.contents(below.resolve("model"));
        List<String> words = List.of("commit", "../model", "--model", "m");
        PowerLoss commit = RecordedCommand.recorded(words, repository.root(), below, folder.resolve("log"));
        eachDisk(commit, below, (atEnd, what) -> {
            Cli.Ran again = repository.run(words.toArray(String[]::new));
            assertThat(again.exit() == 0 && !atEnd || again.err().contains("nothing to commit"))
                    .as("%s: %s", what, again)
                    .isTrue();
            repository.ok("checkout", "m", "out");
            assertThat(TestRepository.contents(repository.root().resolve("out")))
                    .as(what)
                    .isEqualTo(model);
            repository.ok("fsck");
        });
    }

    /** What a job made counts once it is on disk; an update goes on from there, or begins again. */
    @Test
    void anUpdateGoesOn() throws IOException {
        Path below = Files.createDirectories(folder.resolve("below"));
        HookedRepository models =
                HookedRepository.init(below).derive("a", "base").derive("b", "a");
        models.commit("base", "base2");
        PowerLoss update = RecordedCommand.recorded(
                List.of("update", "base", "--no-progress"), models.root(), below, folder.resolve("log"));
        eachDisk(update, below, (atEnd, what) -> {
            TestRepository repository = models.repository();
            repository.ok("hooks", "trust", "--all"); // which holds for the files that were there before
            Cli.Ran resumed = repository.run("update", "--continue", "--no-progress");
            if (resumed.err().contains("no update in progress")) {
                resumed = repository.run("update", "base", "--no-progress");
                assertThat(resumed.out()).as(what).contains(atEnd ? "Nothing to run" : "");
            }
            assertThat(resumed.exit()).as("%s: %s", what, resumed).isZero();
            assertThat(models.history("b")).as(what).isEqualTo("base2\n+a\n+b\n");
            assertThat(repository.mgit().resolve("hooks/update/work")).as(what).doesNotExist();
            repository.ok("fsck");
        });
    }

    private interface Judgement {
        /** @param atEnd whether the command had said that it was done */
        void of(boolean atEnd, String what) throws IOException;
    }

    private static void eachDisk(PowerLoss loss, Path below, Judgement judgement) throws IOException {
        Random random = new Random(SEED);
        List<Integer> moments = loss.moments();
        List<Kept> parts = List.of(Kept.values());
        int cuts = CUTS == 0 ? CUTS_IN_EVERY_BUILD : CUTS;
        for (int i = 0; i < cuts; i++) {
            boolean atEnd = i % 3 == 0;
            int moment = atEnd ? PowerLoss.end() : moments.get(random.nextInt(moments.size()));
            Kept part = parts.get((i + i / parts.size()) % parts.size());
            Trees.delete(below);
            loss.leave(moment, part, random, below);
            String what =
                    part + " of what was unsynced " + (atEnd ? "at the end" : "at line " + moment) + ", disk " + i;
            judgement.of(atEnd, what);
            disks++;
        }
    }

    private void requireSound(CrashRepository here, CrashOutcome outcome, boolean atEnd, String what)
            throws IOException {
        if (!atEnd && here.referencesAreMoving()) {
            // Whoever moves references next carries on with those that are moved in part.
            here.commands().ok("tag", "next", "trained");
            here.commands().ok("tag", "-d", "next");
        }
        State now = outcome.requireOldOrNew(here, folder.resolve("kept"), what);
        assertThat(now.equals(outcome.after()) || !atEnd)
                .as("%s: %s", what, differences(outcome.after(), now))
                .isTrue();
    }

    private static String differences(State one, State other) {
        String[] expected = one.toString().split("\n|, (?=[a-z]+=)");
        String[] found = other.toString().split("\n|, (?=[a-z]+=)");
        var missing = new ArrayList<>(List.of(expected));
        missing.removeAll(List.of(found));
        var added = new ArrayList<>(List.of(found));
        added.removeAll(List.of(expected));
        return "missing " + missing + ", instead " + added;
    }
}
