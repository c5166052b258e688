package dev.mgit.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.mgit.cli.CommandScenarios.Scenario;
import dev.mgit.fixtures.Crash;
import dev.mgit.fixtures.GitServers;
import dev.mgit.fixtures.SystemCalls;
import dev.mgit.fixtures.SystemCalls.Point;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;
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
    private static final int ELEMENTS = 6000;

    @TempDir
    private Path folder;

    @BeforeAll
    static void needsStrace() {
        SystemCalls.whyNot().ifPresent(reason -> assumeTrue(false, reason));
    }

    /** Ada has something to push; Ben, who has it already, something else that Ada can pull. */
    private record Team(Path folder, TestRepository ada, TestRepository ben, TreeMap<String, String> pushed) {
        static Team make(Path folder) throws IOException {
            GitServers.bare(Files.createDirectories(folder).resolve("models.git"));
            TestRepository ada = TestRepository.init(folder.resolve("ada"));
            commit(ada, "base", 1);
            ada.ok("remote", "add", "origin", "../models.git", "--store", "../store");
            ada.ok("push");
            Cli.run(folder, "clone", "models.git", "ben");
            TestRepository ben = new TestRepository(folder.resolve("ben"));
            commit(ben, "two", 2, "--from", "base");
            ben.ok("push");
            TreeMap<String, String> pushed = commit(ada, "one", 3, "--from", "base");
            ada.ok("edge", "add", "one", "base", "distill");
            return new Team(folder, ada, ben, pushed);
        }

        private static TreeMap<String, String> commit(TestRepository repository, String model, int seed, String... more)
                throws IOException {
            Path run = repository.root().resolve("run-" + model);
            TestRepository.weights(run.resolve("model.safetensors"), seed, ELEMENTS);
            Files.writeString(run.resolve("config.json"), "{\"seed\":" + seed + "}");
            var words = new java.util.ArrayList<>(List.of("commit", run.toString(), "--model", model));
            words.addAll(List.of(more));
            repository.ok(words.toArray(String[]::new));
            return TestRepository.contents(run);
        }

        Crash.Ended run(List<String> under, Scenario scenario) throws IOException {
            return Crash.start(
                            under, Main.class, ada.root(), JVM, scenario.words().toArray(String[]::new))
                    .finish();
        }
    }

    static List<Scenario> exchanging() {
        return POINTS == 1 ? CommandScenarios.EXCHANGING.subList(0, 2) : CommandScenarios.EXCHANGING;
    }

    @ParameterizedTest
    @MethodSource("exchanging")
    void killed(Scenario command) throws IOException {
        Path log = folder.resolve("log");
        Team recorded = Team.make(folder.resolve("recorded"));
        assertThat(recorded.run(SystemCalls.recording(log), command).exit()).isZero();
        List<Point> points = SystemCalls.changes(log, recorded.folder()).stream()
                .filter(point -> !point.call().endsWith("sync"))
                .toList();
        assertThat(points).isNotEmpty();
        Random random = new Random(SEED);
        boolean killed = false;
        Point point = points.get(random.nextInt(points.size()));
        for (int i = 0; i < POINTS || !killed && i < points.size(); i++) {
            Team team = Team.make(folder.resolve("killed-" + i));
            Crash.Ended ended = team.run(SystemCalls.killing(point), command);
            assertThat(ended.killed() || ended.exit() == 0)
                    .as("%s: %s", point, ended)
                    .isTrue();
            killed |= ended.killed();
            requireSound(team, command + ", killed at " + point);
            point = ended.killed() ? points.get(random.nextInt(points.size())) : SystemCalls.before(point, points);
        }
        assertThat(killed).isTrue();
    }

    private static void requireSound(Team team, String what) throws IOException {
        assertThat(GitServers.run(team.folder().resolve("models.git"), "git", "fsck", "--strict"))
                .as(what)
                .doesNotContain("error", "missing");
        assertThat(team.ada().ok("fsck")).as(what).contains("no damage");
        removeLocks(team.folder().resolve("models.git"));
        team.ada().ok("pull");
        team.ada().ok("push");
        TestRepository cat = new TestRepository(team.folder().resolve("cat"));
        assertThat(Cli.run(team.folder(), "clone", "models.git", "cat").exit())
                .as(what)
                .isZero();
        assertThat(cat.ok("fsck")).as(what).contains("no damage");
        assertThat(cat.ok("show", "one")).as(what).contains("distill of base");
        cat.ok("checkout", "one", "out");
        assertThat(TestRepository.contents(cat.root().resolve("out"))).as(what).isEqualTo(team.pushed());
        assertThat(team.ada().id("two")).isEqualTo(team.ben().id("two"));
        assertThat(team.ada().ok("fsck")).as(what).contains("no damage");
    }

    /** A bare repository in a folder is Git's: a writer that is killed there leaves its lock, as Git itself does. */
    private static void removeLocks(Path git) throws IOException {
        GitServers.run(git, "find", ".", "-name", "*.lock", "-delete");
    }
}
