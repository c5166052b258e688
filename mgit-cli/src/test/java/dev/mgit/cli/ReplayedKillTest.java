package dev.mgit.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.mgit.cli.CommandScenarios.Scenario;
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
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Disks as they are after kills. A kill keeps what the system was told before it, so that one recorded run tells the disk
 * that a kill after any of its changes leaves, without a process for each. {@link CrashPointsTest} kills in earnest.
 *
 * <p>{@code -Dmgit.kills=all} takes every change of every command in {@link CommandScenarios#WRITING} that can be
 * replayed, {@code =N} so many of each; {@code -Dmgit.kills.seed=N} others. Of so many of them ({@code -Dmgit.kills.again=N})
 * the next command, which recovers, is killed as often.
 */
@Tag("slow")
class ReplayedKillTest {
    private static final String KILLS = System.getProperty("mgit.kills", "");
    private static final long SEED = Long.getLong("mgit.kills.seed", 1);
    private static final int KILLS_IN_EVERY_BUILD = 4;
    private static final int AGAIN = Integer.getInteger("mgit.kills.again", 1);

    /** A file is replaced only if it is the one that was looked at, so that these are killed in earnest only. */
    private static final Set<String> OF_THIS_DISK = Set.of("checkout base out", "checkout child dirty --force");

    @TempDir
    private static Path once;

    private static CrashRepository made;
    private static int kills;

    @TempDir
    private Path folder;

    private final Random random = new Random(SEED);

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
        return KILLS.isEmpty() ? CommandScenarios.REPLAYED_ALWAYS : all();
    }

    static List<Scenario> killedTwice() {
        return KILLS.isEmpty() ? CommandScenarios.KILLED_ALWAYS.subList(0, 1) : all();
    }

    static List<Scenario> exchanges() {
        return KILLS.isEmpty() ? CommandScenarios.EXCHANGING.subList(0, 1) : CommandScenarios.EXCHANGING;
    }

    private static List<Scenario> all() {
        return CommandScenarios.WRITING.stream()
                .filter(scenario -> !OF_THIS_DISK.contains(scenario.toString()))
                .filter(scenario -> !CommandScenarios.OF_ONE_FOLDER.contains(scenario.toString()))
                .filter(scenario -> !CommandScenarios.STEP_BY_STEP.contains(scenario.toString()))
                .toList();
    }

    @ParameterizedTest
    @MethodSource("commands")
    void nothingIsLost(Scenario scenario) throws IOException {
        RecordedCommand recorded = RecordedCommand.of(scenario, made, folder);
        int count = 0;
        for (int moment : some(recorded.disks().moments(), KILLS)) {
            CrashRepository here = left(recorded.disks(), moment, recorded.here());
            recorded.outcome().requireOldOrNew(here, folder.resolve("kept"), "killed after line " + moment);
            count++;
        }
        told(count, scenario.toString());
    }

    @ParameterizedTest
    @MethodSource("exchanges")
    void neitherSideLosesAnything(Scenario exchange) throws IOException {
        Team team = Team.make(folder.resolve("team"));
        PowerLoss disks =
                RecordedCommand.recorded(exchange.words(), team.ada().root(), team.folder(), folder.resolve("log"));
        int count = 0;
        for (int moment : some(disks.moments(), KILLS)) {
            Trees.delete(team.folder());
            disks.leave(moment, Kept.ALL, random, team.folder());
            team.requireSound(exchange + ", killed after line " + moment);
            count++;
        }
        told(count, exchange.toString());
    }

    /** Nor where the command that recovers is killed as well, be it the same or one that cleans up. */
    @ParameterizedTest
    @MethodSource("killedTwice")
    void nothingIsLostOnTheWayBack(Scenario scenario) throws IOException {
        RecordedCommand recorded = RecordedCommand.of(scenario, made, folder);
        int count = 0;
        for (int first : some(recorded.disks().moments(), String.valueOf(AGAIN))) {
            CrashRepository here = left(recorded.disks(), first, recorded.here());
            CrashRepository kept = here.copyTo(folder.resolve("first"));
            boolean unfinished = recorded.outcome()
                            .seen(here, "killed after line " + first)
                            .equals(recorded.outcome().before())
                    && scenario.first().isEmpty()
                    && !CrashOutcome.isMerging(kept);
            List<String> next = unfinished && random.nextBoolean() ? scenario.words() : List.of("gc");
            kept.copyTo(here.folder());
            PowerLoss disks = RecordedCommand.recorded(next, here.root(), here.folder(), folder.resolve("again"));
            for (int second : some(disks.moments(), KILLS)) {
                String what = "killed after line " + first + ", then " + next + " after line " + second;
                recorded.outcome().requireOldOrNew(left(disks, second, here), folder.resolve("kept"), what);
                count++;
            }
        }
        told(count, scenario + ", and on the way back");
    }

    /** Whoever takes the lock of one that died writes over its mark, and may die itself. */
    @Test
    void theMarkOfACrashIsThereUntilAllIsDone() throws IOException {
        CrashRepository here = made.copyTo(folder.resolve("here"));
        Path lock = here.root().resolve(".mgit/lock");
        Files.writeString(lock, "process 1 (mgit commit)");
        PowerLoss disks = RecordedCommand.recorded(
                List.of("tag", "v2", "base"), here.root(), here.folder(), folder.resolve("log"));
        for (int moment : disks.moments()) {
            left(disks, moment, here);
            if (Files.size(lock) == 0) {
                assertThat(here.root().resolve(".mgit/lineage.git/refs/tags/v2"))
                        .exists();
            }
        }
        assertThat(lock).isEmptyFile();
    }

    private CrashRepository left(PowerLoss disks, int moment, CrashRepository here) throws IOException {
        Trees.delete(here.folder());
        disks.leave(moment, Kept.ALL, random, here.folder());
        return here;
    }

    private static void told(int count, String of) {
        kills += count;
        if (!KILLS.isEmpty()) {
            System.out.println(count + " kills of " + of);
        }
    }

    /** So many moments, one of each of as many stretches. */
    private List<Integer> some(List<Integer> moments, String wanted) {
        assertThat(moments).isNotEmpty();
        int count = switch (wanted) {
            case "" -> Math.min(moments.size(), KILLS_IN_EVERY_BUILD);
            case "all" -> moments.size();
            default -> Math.min(moments.size(), Integer.parseInt(wanted));
        };
        List<Integer> some = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            int from = (int) ((long) i * moments.size() / count);
            int to = (int) ((i + 1L) * moments.size() / count);
            some.add(moments.get(from + random.nextInt(to - from)));
        }
        return some;
    }
}
