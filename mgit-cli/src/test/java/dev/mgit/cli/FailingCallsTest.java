package dev.mgit.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.mgit.cli.CommandScenarios.Scenario;
import dev.mgit.cli.CrashRepository.State;
import dev.mgit.fixtures.SystemCalls;
import dev.mgit.fixtures.SystemCalls.Point;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Single system calls of a command fail, as on a full or broken disk. A command that says it failed left the old state or
 * the new; one that says it is done has done it; and the next command goes on without anybody's help.
 *
 * <p>{@code -Dmgit.faults=all} takes every call of every command in {@link CommandScenarios#WRITING} that changes a file,
 * {@code =N} so many of each, {@code -Dmgit.faults.seed=N} others. Commands run one after the other in one process, so
 * that what a failure leaves in memory is seen too.
 */
@Tag("slow")
class FailingCallsTest {
    private static final String FAULTS = System.getProperty("mgit.faults", "");
    private static final long SEED = Long.getLong("mgit.faults.seed", 1);

    /** RocksDB's syncs of its list of files are the ones whose failure leaves most behind. */
    private static final String SYNC = "fdatasync";

    private static final List<String> IN_EVERY_BUILD = List.of(
            "commit ../model --model fresh", "checkout base out", "export child new", "gc --prune-older-than 0");

    /** They do one thing after another, and keep what they did when one fails. */
    private static final List<String> IN_STEPS = List.of("bisect run -- true");

    @TempDir
    private static Path once;

    private static CrashRepository made;
    private static int faults;

    @TempDir
    private Path folder;

    private CommandWorker worker;

    @BeforeAll
    static void make() throws IOException {
        SystemCalls.whyNotAttached().ifPresent(reason -> assumeTrue(false, reason));
        made = CrashRepository.make(once.resolve("made"));
    }

    @AfterAll
    static void count() {
        System.out.println(faults + " failed calls, nothing lost");
    }

    @BeforeEach
    void start() throws IOException {
        worker = new CommandWorker(once, List.of("-Xmx256m"));
    }

    @AfterEach
    void end() {
        worker.close();
    }

    static List<Scenario> commands() {
        return FAULTS.isEmpty()
                ? IN_EVERY_BUILD.stream().map(CommandScenarios::named).toList()
                : CommandScenarios.WRITING.stream()
                        .filter(scenario -> !IN_STEPS.contains(scenario.toString()))
                        .toList();
    }

    @ParameterizedTest
    @MethodSource("commands")
    void refusedByTheDisk(Scenario scenario) throws IOException {
        State before = ready(scenario).look();
        Path log = folder.resolve("log");
        // The first run loads the classes, the second is like those that follow.
        run(SystemCalls.attachedRecording(log), scenario);
        CommandWorker.Answer unharmed = run(SystemCalls.attachedRecording(log), scenario);
        assertThat(unharmed.exit()).as(unharmed.output()).isZero();
        List<Point> points = SystemCalls.changes(log, folder.resolve("here"));
        State after = new CrashRepository(folder.resolve("here")).look();
        var outcome = new CrashOutcome(scenario, before, after);
        var findings = new TreeSet<String>();
        List<Point> chosen = chosen(points);
        for (Point point : chosen) {
            try {
                fail(point, scenario, outcome);
            } catch (AssertionError | RuntimeException e) {
                String calls = String.join("; ", SystemCalls.failed(folder.resolve("failed")));
                System.out.println("FOUND " + scenario + ": " + calls + ": " + said(e));
                findings.add(point + ": " + said(e));
                worker.close();
                start();
            }
        }
        if (!FAULTS.isEmpty()) {
            System.out.println(chosen.size() + " failed calls of " + scenario);
        }
        assertThat(findings).isEmpty();
    }

    private void fail(Point point, Scenario scenario, CrashOutcome outcome) throws IOException {
        Path log = folder.resolve("failed");
        CommandWorker.Answer ended = run(SystemCalls.attachedFailing(point, log), scenario);
        assertThat(ended.output())
                .as("%s", point)
                .doesNotContain("internal error", "\tat ", "damaged", "by another process")
                .contains(ended.exit() == 0 ? "" : "error: ");
        CrashRepository here = new CrashRepository(folder.resolve("here"));
        State now = outcome.requireOldOrNew(here, folder.resolve("kept"), "failed at " + point + ": " + ended);
        assertThat(ended.exit() != 0 || now.equals(outcome.after()))
                .as("%s: says it was done", point)
                .isTrue();
        // Threads share the work out differently each time, so that it may be a call outside that fails, or none.
        faults += SystemCalls.failedBelow(log, folder.resolve("here")) ? 1 : 0;
    }

    private CommandWorker.Answer run(List<String> follower, Scenario scenario) throws IOException {
        return worker.run(follower, ready(scenario).root(), scenario.words());
    }

    /** A fresh copy, as it is when a scenario's command starts. */
    private CrashRepository ready(Scenario scenario) throws IOException {
        CrashRepository here = made.copyTo(folder.resolve("here"));
        scenario.first().forEach(words -> here.commands().ok(words.toArray(String[]::new)));
        return here;
    }

    private static String said(Throwable wrong) {
        String text = String.valueOf(wrong);
        return wrong.getCause() == null ? text : text + ": " + wrong.getCause();
    }

    /** So many of the points as are asked for, one from each stretch of the run; in every build any, and the last sync. */
    private static List<Point> chosen(List<Point> points) {
        assertThat(points).isNotEmpty();
        if (FAULTS.equals("all")) {
            return points;
        }
        if (FAULTS.isEmpty()) {
            Point any = points.get(new Random(SEED + points.size()).nextInt(points.size()));
            List<Point> syncs =
                    points.stream().filter(point -> point.call().equals(SYNC)).toList();
            return syncs.isEmpty() ? List.of(any) : List.of(any, syncs.get(syncs.size() - 1));
        }
        int count = Math.min(Integer.parseInt(FAULTS), points.size());
        var random = new Random(SEED + points.size());
        List<Point> some = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            int from = i * points.size() / count;
            some.add(points.get(from + random.nextInt((i + 1) * points.size() / count - from)));
        }
        return some;
    }
}
