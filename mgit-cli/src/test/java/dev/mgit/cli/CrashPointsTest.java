package dev.mgit.cli;

import static dev.mgit.cli.TestRepository.contents;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.mgit.cli.CommandScenarios.Scenario;
import dev.mgit.cli.CrashRepository.State;
import dev.mgit.fixtures.Crash;
import dev.mgit.fixtures.SystemCalls;
import dev.mgit.fixtures.SystemCalls.Point;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;
import java.util.function.Function;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Real commands in processes of their own, killed just before a system call that changes a file. Whatever the call, the
 * repository is sound, holds the old state or the new, and the next command goes on without anybody's help.
 *
 * <p>The suite takes a call of each command in {@link CommandScenarios#KILLED_ALWAYS};
 * {@code -Dmgit.crash.points=all} takes all of all commands, {@code =N} so many, {@code -Dmgit.crash.seed=N} others.
 */
@Tag("slow")
class CrashPointsTest {
    private static final String POINTS = System.getProperty("mgit.crash.points", "1");
    private static final long SEED = Long.getLong("mgit.crash.seed", 1);
    private static final List<String> JVM = List.of("-Xmx256m");

    @TempDir
    private static Path once;

    private static int kills;
    private static CrashRepository made;
    private static State before;
    private static TreeMap<String, String> asMade;

    @TempDir
    private Path folder;

    @BeforeAll
    static void make() throws IOException {
        SystemCalls.whyNot().ifPresent(reason -> assumeTrue(false, reason));
        made = CrashRepository.make(once.resolve("made"));
        before = made.copyTo(once.resolve("seen")).look();
        asMade = contents(made.folder());
    }

    @AfterAll
    static void nothingReachedWhatWasCopied() throws IOException {
        if (made != null) {
            assertThat(contents(made.folder())).isEqualTo(asMade);
            System.out.println(kills + " kills, nothing lost");
        }
    }

    static List<Scenario> writing() {
        return POINTS.equals("1") ? CommandScenarios.KILLED_ALWAYS : CommandScenarios.WRITING;
    }

    @ParameterizedTest
    @MethodSource("writing")
    void killed(Scenario scenario) throws IOException {
        Recorded recorded = record(scenario);
        boolean killed = false;
        Point last = recorded.points().get(0);
        for (Point point : chosen(recorded.points(), call -> !call.endsWith("sync"))) {
            killed |= isKilledAt(point, scenario, recorded);
            last = point;
        }
        for (int i = 0; i < recorded.points().size() && !killed; i++) {
            last = SystemCalls.before(last, recorded.points());
            killed = isKilledAt(last, scenario, recorded);
        }
        assertThat(killed).isTrue();
    }

    /** Runs a command that is to be killed; whether it came to the point or not, what it leaves is sound. */
    private boolean isKilledAt(Point point, Scenario scenario, Recorded recorded) throws IOException {
        CrashRepository here = ready(scenario);
        Crash.Ended ended = run(SystemCalls.killing(point), here, scenario);
        assertThat(ended.killed() || ended.exit() == 0)
                .as("%s: %s", point, ended)
                .isTrue();
        recorded.outcome().requireOldOrNew(here, folder.resolve("kept"), "killed at " + point);
        kills += ended.killed() ? 1 : 0;
        return ended.killed();
    }

    @Test
    void aKilledInitLeavesNothingOrARepository() throws IOException {
        Path log = folder.resolve("log");
        Path place = folder.resolve("place");
        Crash.start(SystemCalls.recording(log), Main.class, folder, JVM, "init", place.toString())
                .finish();
        List<Point> points = SystemCalls.changes(log, place);
        for (Point point : chosen(points, call -> !call.endsWith("sync"))) {
            Path other = folder.resolve(point.toString().replace(' ', '-'));
            Crash.start(SystemCalls.killing(point), Main.class, folder, JVM, "init", other.toString())
                    .finish();
            Cli.Ran again = Cli.run(folder, "init", other.toString());
            assertThat(again.exit() == 0 || again.err().contains("already a repository"))
                    .as("%s: %s", point, again)
                    .isTrue();
            assertThat(other.toFile().list()).containsExactly(".mgit");
            new TestRepository(other).ok("fsck");
        }
    }

    /** What a command does that nobody harms: the states before and after it, and the calls between. */
    private record Recorded(CrashOutcome outcome, List<Point> points) {}

    private Recorded record(Scenario scenario) throws IOException {
        State start = scenario.first().isEmpty() ? before : ready(scenario).look();
        Path log = folder.resolve("log");
        CrashRepository here = ready(scenario);
        Crash.Ended ended = run(SystemCalls.recording(log), here, scenario);
        assertThat(ended.exit()).as(ended.output()).isZero();
        List<Point> points = SystemCalls.changes(log, folder.resolve("here"));
        return new Recorded(new CrashOutcome(scenario, start, here.look()), points);
    }

    /** A fresh copy, as it is when a scenario's command starts. */
    private CrashRepository ready(Scenario scenario) throws IOException {
        CrashRepository here = made.copyTo(folder.resolve("here"));
        scenario.first().forEach(words -> here.commands().ok(words.toArray(String[]::new)));
        return here;
    }

    private static Crash.Ended run(List<String> under, CrashRepository here, Scenario scenario) throws IOException {
        return Crash.start(under, Main.class, here.root(), JVM, scenario.words().toArray(String[]::new))
                .finish();
    }

    /** So many of the points as are asked for, one from each stretch of the run. */
    private static List<Point> chosen(List<Point> points, Function<String, Boolean> wanted) {
        List<Point> all =
                points.stream().filter(point -> wanted.apply(point.call())).toList();
        assertThat(all).isNotEmpty();
        if (POINTS.equals("all")) {
            return all;
        }
        int count = Math.min(Integer.parseInt(POINTS), all.size());
        Random random = new Random(SEED + all.size());
        List<Point> some = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            int from = i * all.size() / count;
            some.add(all.get(from + random.nextInt((i + 1) * all.size() / count - from)));
        }
        return some;
    }
}
