package dev.mgit.cli;

import static dev.mgit.cli.TestRepository.contents;
import static dev.mgit.cli.TestRepository.weights;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.mgit.fixtures.SystemCalls;
import dev.mgit.fixtures.Trees;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * {@link FailedCalls} of commands that are killed in tests of their own: init, watch and update, and a server that takes a push. The
 * models are made.
 */
@Tag("slow")
class FailingJobsTest {
    private static int faults;

    @TempDir
    private Path folder;

    @BeforeAll
    static void needsStrace() {
        SystemCalls.whyNotAttached().ifPresent(reason -> assumeTrue(false, reason));
    }

    @AfterAll
    static void count() {
        System.out.println(faults + " failed calls, nothing lost");
    }

    @Test
    void init() throws IOException {
        refused(new Init());
    }

    @Test
    void watch() throws IOException {
        refused(new Watch());
    }

    @Test
    void update() throws IOException {
        refused(new Update());
    }

    @Test
    void servedPush() throws IOException {
        refused(new Served());
    }

    private void refused(Job job) throws IOException {
        try (var calls = new FailedCalls(Files.createDirectory(folder.resolve("logs")))) {
            calls.of(job);
            faults += calls.count();
        }
    }

    /** A command in a folder that is made once and copied. */
    private abstract class Job implements FailedCalls.Victim {
        private final Path made = folder.resolve("made");

        @Override
        public void ready() throws IOException {
            Trees.delete(below());
            Trees.copy(made, below());
        }

        Path made() throws IOException {
            return Files.createDirectories(made);
        }

        @Override
        public final Path below() {
            return folder.resolve("here");
        }

        @Override
        public Path workingFolder() {
            return below().resolve("repo");
        }

        TestRepository repository() {
            return new TestRepository(workingFolder());
        }

        @Override
        public final String toString() {
            return String.join(" ", words());
        }
    }

    private final class Init extends Job {
        Init() throws IOException {
            made();
        }

        @Override
        public Path workingFolder() {
            return below();
        }

        @Override
        public List<String> words() {
            return List.of("init", "repo");
        }

        @Override
        public void unharmed() {
            new TestRepository(below().resolve("repo")).ok("fsck");
        }

        @Override
        public void judge(CommandWorker.Answer ended, String what) {
            Cli.Ran again = Cli.run(below(), "init", "repo");
            assertThat(ended.exit() != 0 || again.err().contains("already a repository"))
                    .as(what)
                    .isTrue();
            assertThat(again.exit() == 0 || again.err().contains("already a repository"))
                    .as("%s: %s", what, again)
                    .isTrue();
            assertThat(below().resolve("repo").toFile().list()).as(what).containsExactly(".mgit");
            unharmed();
        }
    }

    /** Checkpoints are removed once they are versions, and not before. */
    private final class Watch extends Job {
        private final Map<String, String> saved = new TreeMap<>();

        Watch() throws IOException {
            TestRepository.init(made().resolve("repo")).ok("config", "watch.settle", "1s");
            for (int step = 1; step <= 3; step++) {
                Path checkpoint = made().resolve("run/checkpoint-" + step);
                weights(checkpoint.resolve("model.safetensors"), step, 5000);
                Files.writeString(checkpoint.resolve("training_args.bin"), "x");
                Files.writeString(
                        checkpoint.resolve("trainer_state.json"),
                        "{\"global_step\": " + step + ", \"log_history\": []}");
                add(saved, step, checkpoint);
            }
        }

        private static void add(Map<String, String> found, int step, Path checkpoint) throws IOException {
            contents(checkpoint).forEach((file, content) -> found.put("checkpoint-" + step + "/" + file, content));
        }

        @Override
        public List<String> words() {
            return List.of("watch", "../run", "--model", "squad", "--once", "--keep", "last:1");
        }

        @Override
        public String[] complaints() {
            return new String[] {"error: ", ": not committed: ", "paused: "};
        }

        @Override
        public void unharmed() throws IOException {
            requireAll("with nothing failed");
        }

        @Override
        public void judge(CommandWorker.Answer ended, String what) throws IOException {
            if (ended.exit() == 0 && !ended.output().contains(": kept: ")) {
                requireAll(what);
            }
            repository().ok("fsck");
            repository().ok(words().toArray(String[]::new));
            requireVersions(what);
        }

        private void requireAll(String what) throws IOException {
            assertThat(below().resolve("run").toFile().list()).as(what).containsExactly("checkpoint-3");
            requireVersions(what);
        }

        private void requireVersions(String what) throws IOException {
            Map<String, String> found = new TreeMap<>();
            List<String> lines = repository().ok("log", "--oneline").lines().toList();
            for (int step = 1; step <= 3; step++) {
                String named = "Step " + step; // one that could not be committed comes after the others
                List<String> versions =
                        lines.stream().filter(line -> line.contains(named)).toList();
                assertThat(versions).as(what).hasSize(1);
                repository().ok("checkout", versions.get(0).split(" ")[0], "../out" + step, "--force");
                add(found, step, below().resolve("out" + step));
            }
            assertThat(found).as(what).isEqualTo(saved);
            assertThat(lines).as(what).hasSize(3);
            assertThat(repository().ok("fsck")).as(what).contains("no damage");
        }
    }

    /** No model is published by half, and what was begun is continued. */
    private final class Update extends Job {
        private static final String UPDATED = "base2\n+a\n+b\n";

        Update() throws IOException {
            HookedRepository models =
                    HookedRepository.init(made()).derive("a", "base").derive("b", "a");
            models.test("lines", "all", "update", "lines:lower:max=9", HookedRepository.COUNT);
            models.commit("base", "base2");
        }

        @Override
        public void ready() throws IOException {
            super.ready();
            repository().ok("hooks", "trust", "--all");
        }

        @Override
        public List<String> words() {
            return List.of("update", "base", "--no-progress");
        }

        @Override
        public String[] complaints() {
            return new String[] {"error: ", "1 failed", " stopped"};
        }

        @Override
        public void unharmed() {
            assertThat(history("b")).isEqualTo(UPDATED);
        }

        private String history(String model) {
            return new HookedRepository(repository()).history(model);
        }

        @Override
        public void judge(CommandWorker.Answer ended, String what) throws IOException {
            assertThat(repository().ok("fsck")).as(what).contains("no damage");
            assertThat(List.of(history("a"), history("b")))
                    .as(what)
                    .isIn(
                            List.of("base1\n+a\n", "base1\n+a\n+b\n"),
                            List.of("base2\n+a\n", "base1\n+a\n+b\n"), // what passed is published, whatever failed
                            List.of("base2\n+a\n", UPDATED));
            if (ended.exit() != 0) {
                // One that was stopped goes on, and says again what failed before; that is made by the next.
                var unused = repository().run("update", "--continue", "--no-progress");
                Cli.Ran again = repository().run(words().toArray(String[]::new));
                assertThat(again.exit()).as("%s: %s", what, again).isZero();
            }
            assertThat(history("b")).as(what).isEqualTo(UPDATED);
            repository().ok("gc");
            assertThat(repository().ok("fsck")).as(what).contains("no damage");
            assertThat(repository().mgit().resolve("hooks/update")).as(what).doesNotExist();
        }
    }

    /** A version that a client of the Hub was told of is there, and the next push needs nobody's help. */
    private final class Served extends Job {
        private final TreeMap<String, String> pushed;

        Served() throws IOException {
            TestRepository repository = TestRepository.init(made().resolve("repo"));
            Path model = made().resolve("model");
            weights(model.resolve(ServedPush.WEIGHTS), 1, 5000);
            Files.writeString(model.resolve(ServedPush.CONFIGURATION), "{}");
            repository.ok("commit", "../model", "--model", ServedPush.MODEL);
            weights(model.resolve(ServedPush.WEIGHTS), 2, 50_000);
            Files.writeString(model.resolve(ServedPush.CONFIGURATION), "{\"a\":1}");
            pushed = contents(model);
        }

        @Override
        public List<String> words() {
            return ServedPush.WORDS;
        }

        @Override
        public void unharmed() throws IOException {
            requirePushed("with nothing failed");
        }

        @Override
        public void judge(CommandWorker.Answer ended, String what) throws IOException {
            assertThat(repository().ok("fsck")).as(what).contains("no damage");
            int versions = versions();
            if (ended.exit() == 0) {
                requirePushed(what);
            }
            assertThat(versions).as(what).isBetween(1, 2);
            Cli.Ran again = ServedPush.run(workingFolder());
            assertThat(again.exit()).as("%s: %s", what, again).isZero();
            requirePushed(what);
            repository().ok("gc");
            assertThat(repository().ok("fsck")).as(what).contains("no damage");
            requireNothingByHalf(what);
        }

        /** A whole upload may be left by a commit that could not remove it: it goes when it is a day old. */
        private void requireNothingByHalf(String what) throws IOException {
            Map<String, String> left = contents(repository().mgit().resolve("uploads"));
            left.remove("held");
            left.values().remove(pushed.get(ServedPush.WEIGHTS));
            assertThat(left).as(what).isEmpty();
        }

        private int versions() {
            return (int) repository()
                    .ok("log", ServedPush.MODEL, "--oneline")
                    .lines()
                    .count();
        }

        private void requirePushed(String what) throws IOException {
            assertThat(versions()).as(what).isEqualTo(2);
            Path out = below().resolve("out");
            repository().ok("checkout", ServedPush.MODEL, out.toString(), "--force");
            assertThat(contents(out)).as(what).isEqualTo(pushed);
        }
    }
}
