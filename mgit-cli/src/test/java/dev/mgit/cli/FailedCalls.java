package dev.mgit.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mgit.fixtures.SystemCalls;
import dev.mgit.fixtures.SystemCalls.Point;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.TreeSet;

/**
 * Single system calls of a command fail, as on a full or broken disk. Commands run one after the other in one process, so that
 * what a failure leaves in memory is seen too.
 *
 * <p>{@code -Dmgit.faults=all} takes every call that changes a file, {@code =N} so many of each command,
 * {@code -Dmgit.faults.seed=N} others; without, a test takes one or two of a few commands. {@code -Dmgit.faults.error=EROFS} has
 * all fail so.
 */
final class FailedCalls implements AutoCloseable {
    private static final String FAULTS = System.getProperty("mgit.faults", "");
    private static final Optional<String> ERROR = Optional.ofNullable(System.getProperty("mgit.faults.error"));
    private static final long SEED = Long.getLong("mgit.faults.seed", 1);

    /** RocksDB's syncs of its list of files are the ones whose failure leaves most behind. */
    private static final String SYNC = "fdatasync";

    private final Path scratch;
    private CommandWorker worker;
    private int failed;

    /** @param scratch a folder for logs, which nothing that is made to fail lies in */
    FailedCalls(Path scratch) throws IOException {
        this.scratch = scratch;
        this.worker = start();
    }

    /** A command, and what it may leave. */
    interface Victim {
        /** Makes the state afresh that the command starts from. */
        void ready() throws IOException;

        /** Whose files count. */
        Path below();

        Path workingFolder();

        List<String> words();

        /** Words of which some are printed where it fails. */
        default String[] complaints() {
            return new String[] {"error: "};
        }

        /** Looks at what the command left when nothing failed. */
        void unharmed() throws IOException;

        /** Requires that what a failed call left is allowed. */
        void judge(CommandWorker.Answer ended, String what) throws IOException;
    }

    /** Whether a long run was asked for. */
    static boolean areMany() {
        return !FAULTS.isEmpty();
    }

    /** How many calls failed so far. */
    int count() {
        return failed;
    }

    /** Has calls of a command fail, each in a state made afresh, and requires that nothing was found. */
    void of(Victim victim) throws IOException {
        Path log = scratch.resolve("log");
        // The first run loads the classes, the second is like those that follow.
        run(SystemCalls.attachedRecording(log), victim);
        CommandWorker.Answer unharmed = run(SystemCalls.attachedRecording(log), victim);
        assertThat(unharmed.exit()).as(unharmed.output()).isZero();
        List<Point> points = SystemCalls.changes(log, victim.below());
        victim.unharmed();
        var findings = new TreeSet<String>();
        List<Point> chosen = chosen(points);
        for (Point point : chosen) {
            try {
                fail(point, victim);
            } catch (AssertionError | RuntimeException e) {
                String calls = String.join("; ", SystemCalls.failed(scratch.resolve("failed")));
                System.out.println("FOUND " + victim.words() + ": " + calls + ": " + said(e));
                findings.add(point + ": " + said(e));
                worker.close();
                worker = start();
            }
        }
        if (areMany()) {
            System.out.println(chosen.size() + " failed calls of " + victim);
        }
        assertThat(findings).isEmpty();
    }

    private CommandWorker start() throws IOException {
        return new CommandWorker(scratch, List.of("-Xmx256m"));
    }

    private void fail(Point point, Victim victim) throws IOException {
        Path log = scratch.resolve("failed");
        CommandWorker.Answer ended = run(SystemCalls.attachedFailing(point, ERROR, log), victim);
        assertThat(ended.output())
                .as("%s", point)
                .doesNotContain("internal error", "\tat ", "damaged", "by another process")
                .containsAnyOf(ended.exit() == 0 ? new String[] {""} : victim.complaints());
        victim.judge(ended, "failed at " + point + ": " + ended);
        // Threads share the work out differently each time, so that it may be a call outside that fails, or none.
        failed += SystemCalls.failedBelow(log, victim.below()) ? 1 : 0;
    }

    private CommandWorker.Answer run(List<String> follower, Victim victim) throws IOException {
        victim.ready();
        return worker.run(follower, victim.workingFolder(), victim.words());
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

    @Override
    public void close() {
        worker.close();
    }
}
