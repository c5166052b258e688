package dev.mgit.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.mgit.cli.CommandScenarios.Scenario;
import dev.mgit.fixtures.PowerLoss.Kept;
import dev.mgit.fixtures.SystemCalls;
import dev.mgit.fixtures.Trees;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Disks as they are after kills. A kill keeps what the system was told before it, so that one recorded run tells the disk
 * that a kill after any of its changes leaves, without a process for each. {@link CrashPointsTest} kills in earnest.
 *
 * <p>{@code -Dmgit.kills=all} takes every change of every command in {@link CommandScenarios#WRITING} that can be
 * replayed, {@code =N} so many of each; {@code -Dmgit.kills.seed=N} others.
 */
@Tag("slow")
class ReplayedKillTest {
    private static final String KILLS = System.getProperty("mgit.kills", "");
    private static final long SEED = Long.getLong("mgit.kills.seed", 1);
    private static final int KILLS_IN_EVERY_BUILD = 1;

    private static final List<String> IN_EVERY_BUILD =
            List.of("commit ../model --model base", "merge trained child --model joined --strategy average");

    /** A file is replaced only if it is the one that was looked at, so that these are killed in earnest only. */
    private static final Set<String> OF_THIS_DISK = Set.of("checkout base out", "checkout child dirty --force");

    @TempDir
    private static Path once;

    private static CrashRepository made;
    private static int kills;

    @TempDir
    private Path folder;

    @BeforeAll
    static void make() throws IOException {
        SystemCalls.whyNot().ifPresent(reason -> assumeTrue(false, reason));
        made = CrashRepository.make(once.resolve("made"));
    }

    @AfterAll
    static void count() {
        System.out.println(kills + " disks after a kill, nothing lost");
    }

    static List<Scenario> commands() {
        return KILLS.isEmpty()
                ? IN_EVERY_BUILD.stream().map(CommandScenarios::named).toList()
                : CommandScenarios.WRITING.stream()
                        .filter(scenario -> !OF_THIS_DISK.contains(scenario.toString()))
                        .filter(scenario -> !CommandScenarios.OF_ONE_FOLDER.contains(scenario.toString()))
                        .filter(scenario -> !CommandScenarios.STEP_BY_STEP.contains(scenario.toString()))
                        .toList();
    }

    @ParameterizedTest
    @MethodSource("commands")
    void nothingIsLost(Scenario scenario) throws IOException {
        RecordedCommand recorded = RecordedCommand.of(scenario, made, folder);
        List<Integer> moments = recorded.disks().moments();
        assertThat(moments).isNotEmpty();
        var random = new Random(SEED);
        int count = KILLS.equals("all") ? moments.size() : count(moments.size());
        for (int i = 0; i < count; i++) {
            int from = (int) ((long) i * moments.size() / count);
            int to = (int) ((i + 1L) * moments.size() / count);
            int moment = moments.get(from + random.nextInt(to - from));
            CrashRepository here = recorded.here();
            Trees.delete(here.folder());
            recorded.disks().leave(moment, Kept.ALL, random, here.folder());
            recorded.outcome().requireOldOrNew(here, folder.resolve("kept"), "killed after line " + moment);
            kills++;
        }
        if (!KILLS.isEmpty()) {
            System.out.println(count + " kills of " + scenario);
        }
    }

    private static int count(int moments) {
        return Math.min(moments, KILLS.isEmpty() ? KILLS_IN_EVERY_BUILD : Integer.parseInt(KILLS));
    }
}
