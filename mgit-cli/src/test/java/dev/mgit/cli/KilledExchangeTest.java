package dev.mgit.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.mgit.cli.CommandScenarios.Scenario;
import dev.mgit.fixtures.Crash;
import dev.mgit.fixtures.SystemCalls;
import dev.mgit.fixtures.SystemCalls.Point;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Pushes and pulls in processes of their own, killed just before a system call that changes a file of the repository, of
 * the bare Git repository or of the store. Both sides are sound afterwards, and the command, given again, arrives.
 *
 * <p>{@code -Dmgit.crash.points=N} takes N calls of each command, of fetch, clone and gc too, {@code -Dmgit.crash.seed=N}
 * others.
 */
@Tag("slow")
class KilledExchangeTest {
    private static final int POINTS = Integer.getInteger("mgit.crash.points", 1);
    private static final long SEED = Long.getLong("mgit.crash.seed", 1);
    private static final List<String> JVM = List.of("-Xmx256m");

    @TempDir
    private Path folder;

    @BeforeAll
    static void needsStrace() {
        SystemCalls.whyNot().ifPresent(reason -> assumeTrue(false, reason));
    }

    static List<Scenario> exchanging() {
        return POINTS == 1 ? CommandScenarios.EXCHANGING.subList(0, 2) : CommandScenarios.EXCHANGING;
    }

    @ParameterizedTest
    @MethodSource("exchanging")
    void killed(Scenario command) throws IOException {
        Path log = folder.resolve("log");
        Team team = Team.make(folder.resolve("team"));
        assertThat(run(SystemCalls.recording(log), team, command).exit()).isZero();
        List<Point> points = SystemCalls.changes(log, team.folder()).stream()
                .filter(point -> !point.call().endsWith("sync"))
                .toList();
        assertThat(points).isNotEmpty();
        Random random = new Random(SEED);
        boolean killed = false;
        Point point = points.get(random.nextInt(points.size()));
        for (int i = 0; i < POINTS || !killed && i < points.size(); i++) {
            team.restore();
            Crash.Ended ended = run(SystemCalls.killing(point), team, command);
            assertThat(ended.killed() || ended.exit() == 0)
                    .as("%s: %s", point, ended)
                    .isTrue();
            killed |= ended.killed();
            team.requireSound(command + ", killed at " + point);
            point = ended.killed() ? points.get(random.nextInt(points.size())) : SystemCalls.before(point, points);
        }
        assertThat(killed).isTrue();
    }

    private static Crash.Ended run(List<String> under, Team team, Scenario scenario) throws IOException {
        return Crash.start(
                        under,
                        Main.class,
                        team.ada().root(),
                        JVM,
                        scenario.words().toArray(String[]::new))
                .finish();
    }
}
