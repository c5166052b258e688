package dev.mgit.cli;

import static dev.mgit.cli.TestRepository.contents;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

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
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Real commands in processes of their own, killed just before a system call that changes a file, or with that call
 * failing as on a full disk. Whatever the call, the repository is sound, holds the old state or the new, and the next
 * command goes on without anybody's help.
 *
 * <p>The suite takes a call of each command; {@code -Dmgit.crash.points=all} takes all,
 * {@code =N} so many, {@code -Dmgit.crash.seed=N} others.
 */
@Tag("slow")
class CrashPointsTest {
    private static final String POINTS = System.getProperty("mgit.crash.points", "1");
    private static final long SEED = Long.getLong("mgit.crash.seed", 1);
    private static final List<String> JVM = List.of("-Xmx256m");

    /** What Java says when a class cannot be loaded or started, whose message then is none of mgit's. */
    private static final Pattern LOADING = Pattern.compile("NoClassDefFoundError|ExceptionInInitializerError");

    @TempDir
    private static Path once;

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
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "commit ../model --model fresh",
                "commit ../model --model base",
                "checkout base new",
                "checkout base out",
                "checkout child dirty --force",
                "export child new",
                "export child oci:new",
                "export child oci-archive:base.tar",
                "export --sparse base child base.safetensors",
                "commit --sparse ../patch.safetensors --from base~1 --model fresh",
                "gc --prune-older-than 0",
                "gc --repack --effort small",
                "gc --drop-training-state --keep-last 1 --prune-older-than 0",
                "rm child",
                "mv base other",
                "tag v2 base",
                "edge rm child base",
                "config store.maxDepth 3",
                "test add accuracy --on=all -- true",
                "undo",
            })
    void killed(String command) throws IOException {
        String[] words = command.split(" ");
        State after = after(words);
        List<Point> points = record(words);
        boolean killed = false;
        Point last = points.get(0);
        for (Point point : chosen(points, call -> !call.endsWith("sync"))) {
            killed |= isKilledAt(point, words, after);
            last = point;
        }
        for (int i = 0; i < points.size() && !killed; i++) {
            last = SystemCalls.before(last, points);
            killed = isKilledAt(last, words, after);
        }
        assertThat(killed).isTrue();
    }

    /** Runs a command that is to be killed; whether it came to the point or not, what it leaves is sound. */
    private boolean isKilledAt(Point point, String[] words, State after) throws IOException {
        CrashRepository here = made.copyTo(folder.resolve("here"));
        Crash.Ended ended = run(SystemCalls.killing(point), here, words);
        assertThat(ended.killed() || ended.exit() == 0)
                .as("%s: %s", point, ended)
                .isTrue();
        requireOldOrNew(here, words, after, "killed at " + point);
        return ended.killed();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "commit ../model --model fresh",
                "checkout base out",
                "export child new",
                "gc --prune-older-than 0",
            })
    void refusedByTheDisk(String command) throws IOException {
        String[] words = command.split(" ");
        State after = after(words);
        for (Point point : chosen(record(words), call -> true)) {
            CrashRepository here = made.copyTo(folder.resolve("here"));
            Path log = folder.resolve("failed");
            Crash.Ended ended = run(SystemCalls.failing(point, log), here, words);
            // Calls are counted with those that load classes, so that it may be one of those that fails.
            boolean ours = SystemCalls.failedBelow(log, folder.resolve("here"));
            if (ours || !LOADING.matcher(ended.output()).find()) {
                assertThat(ended.output())
                        .as("%s", point)
                        .doesNotContain("internal error", "\tat ")
                        .contains(ended.exit() == 0 ? "" : "error: ");
            }
            State now = requireOldOrNew(here, words, after, "failed at " + point + ": " + ended);
            assertThat(ended.exit() != 0 || now.equals(after))
                    .as("%s: says it was done", point)
                    .isTrue();
        }
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

    private State after(String... words) throws IOException {
        CrashRepository unharmed = made.copyTo(folder.resolve("here"));
        unharmed.commands().ok(words);
        return unharmed.look();
    }

    private List<Point> record(String... words) throws IOException {
        Path log = folder.resolve("log");
        CrashRepository here = made.copyTo(folder.resolve("here"));
        Crash.Ended ended = run(SystemCalls.recording(log), here, words);
        assertThat(ended.exit()).as(ended.output()).isZero();
        return SystemCalls.changes(log, folder.resolve("here"));
    }

    private static Crash.Ended run(List<String> under, CrashRepository here, String... words) throws IOException {
        return Crash.start(under, Main.class, here.root(), JVM, words).finish();
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

    private State requireOldOrNew(CrashRepository here, String[] words, State after, String what) throws IOException {
        CrashRepository kept = here.copyTo(folder.resolve("kept"));
        State now = here.look();
        assertThat(now.equals(before) || now.equals(after))
                .as("%s: neither %s nor %s but %s", what, before, after, now)
                .isTrue();
        // Once more, in place: what a crash left behind names its folders in full.
        here = kept.copyTo(here.folder());
        if (now.equals(before) && !before.equals(after)) {
            here.commands().ok(words);
        }
        here.commands().ok("config", "user.name", "Ada");
        here.requireTidy();
        assertThat(here.look().models()).as(what).isEqualTo(after.models());
        return now;
    }
}
