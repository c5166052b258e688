package dev.mgit.cli;

import static dev.mgit.cli.TestRepository.contents;
import static dev.mgit.cli.TestRepository.holdsStaging;
import static dev.mgit.cli.TestRepository.weights;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Real processes, really killed: in the middle of reading and storing, around the moves that make a change visible, and
 * at seeded random changes of files. The weights are made.
 */
@Tag("slow")
class KilledCommandTest {
    private static final int FILES = 3;
    private static final int ELEMENTS = 1 << 20;
    private static final int RANDOM_KILLS = 4;

    @TempDir
    private Path folder;

    private TestRepository repository;
    private Path model;
    private final Random random = new Random(7);

    @BeforeEach
    void threeLargeFiles() throws IOException {
        repository = TestRepository.init(folder.resolve("repo"));
        repository.ok("config", "store.threads", "1");
        model = folder.resolve("model");
        for (int i = 0; i < FILES; i++) {
            weights(model.resolve("part" + i + ".safetensors"), i, ELEMENTS);
        }
        Files.writeString(model.resolve("config.json"), "{}");
    }

    /** What has come true when a command is killed, looked at just before each change it makes to a file. */
    private record Moment(String name, Callable<Boolean> come) {
        /** One of the first three quarters of so many changes, since no two runs make quite as many. */
        static Moment atRandom(Random random, int changes) {
            int[] left = {1 + random.nextInt(changes * 3 / 4)};
            return new Moment("change " + left[0], () -> left[0]-- == 0);
        }
    }

    private void kill(Moment moment, String... arguments) throws Exception {
        try (PausedCommand command = PausedCommand.start(repository.root(), arguments)) {
            assertThat(command.until(moment.name(), moment.come()).kill().killed())
                    .as(moment.name())
                    .isTrue();
        }
    }

    /** How often a command that nobody kills changes a file, for killing the next ones at random ones of them. */
    private int changesOf(String... arguments) throws Exception {
        try (PausedCommand command = PausedCommand.start(repository.root(), arguments)) {
            int changes = 0;
            while (command.step()) {
                changes++;
            }
            assertThat(command.finish().exit()).isZero();
            return changes;
        }
    }

    private static boolean anyFile(Path root, String glob) {
        try (Stream<Path> files = Files.walk(root)) {
            return files.anyMatch(file -> file.getFileName().toString().matches(glob));
        } catch (IOException | java.io.UncheckedIOException e) {
            return false; // a folder went away while it was listed
        }
    }

    private static long size(Path file) {
        return file.toFile().length();
    }

    private Moment momentOfACommit(int number, int changes) {
        Path operations = repository.mgit().resolve("operations");
        Path heads = repository.mgit().resolve("lineage.git/refs/heads");
        long logged = size(operations);
        long blobs = blobs();
        return switch (number) {
            case 0 -> new Moment("it has the lock", () -> size(repository.mgit().resolve("lock")) > 0);
            case 1 -> new Moment("blocks are there", () -> blobs() > blobs);
            case 2 -> new Moment("the operation is logged", () -> size(operations) > logged);
            case 3 -> new Moment("the head is about to move", () -> anyFile(heads, ".*\\.lock"));
            default -> Moment.atRandom(random, changes);
        };
    }

    private long blobs() {
        try (Stream<Path> files = Files.walk(repository.mgit().resolve("parameters"))) {
            return files.filter(file -> file.toString().endsWith(".blob")).count();
        } catch (IOException | java.io.UncheckedIOException e) {
            return 0; // a file went away while they were listed
        }
    }

    @Test
    void aKilledCommitLeavesTheOldStateOrTheNew() throws Exception {
        repository.ok("commit", model.toString(), "--model", "m");
        Map<String, TreeMap<String, String>> versions = new TreeMap<>();
        versions.put(repository.id("m"), contents(model));
        weights(model.resolve("part0.safetensors"), 99, ELEMENTS);
        int changes = changesOf("commit", model.toString(), "--model", "m");
        versions.put(repository.id("m"), contents(model));
        for (int i = 0; i < 4 + RANDOM_KILLS; i++) {
            String old = repository.id("m");
            weights(model.resolve("part" + i % FILES + ".safetensors"), 100 + i, ELEMENTS);
            Files.setLastModifiedTime(model.resolve("config.json"), FileTime.fromMillis(1_000_000_000_000L));
            TreeMap<String, String> input = contents(model);
            kill(momentOfACommit(i, changes), "commit", model.toString(), "--model", "m", "-m", "try " + i);

            String now = repository.id("m");
            repository.ok("checkout", "m", "out" + i);
            assertThat(contents(repository.root().resolve("out" + i)))
                    .isEqualTo(now.equals(old) ? versions.get(old) : input);
            Cli.Ran again = repository.run("commit", model.toString(), "--model", "m", "--wait", "0");
            assertThat(again.exit()).as("%s", again).isEqualTo(now.equals(old) ? 0 : 1);
            assertThat(now.equals(old) || again.err().contains("nothing to commit"))
                    .isTrue();
            assertThat(contents(model)).isEqualTo(input);
            assertThat(Files.getLastModifiedTime(model.resolve("config.json")).toMillis())
                    .isEqualTo(1_000_000_000_000L);
            versions.put(repository.id("m"), input);
        }
        assertEveryVersion(versions);
        assertThat(repository.ok("op", "log")).contains("commit m");
        assertThat(anyFile(repository.mgit(), ".*\\.lock")).isFalse();
    }

    private void assertEveryVersion(Map<String, TreeMap<String, String>> versions) throws IOException {
        assertThat(repository.ok("log", "--oneline").lines().count()).isEqualTo(versions.size());
        for (Map.Entry<String, TreeMap<String, String>> version : versions.entrySet()) {
            repository.ok("checkout", version.getKey(), "any");
            assertThat(contents(repository.root().resolve("any"))).isEqualTo(version.getValue());
        }
    }

    private Moment momentOfACheckout(int number, Path out, int changes) {
        Path first = out.resolve("part0.safetensors");
        Path second = out.resolve("part1.safetensors");
        Object[] before = {identity(first), identity(second)};
        return switch (number) {
            case 0 -> new Moment("files are staged", () -> anyFile(out.getParent(), "\\.mgit-staging-.*"));
            case 1 -> new Moment("all of them are", () -> anyFile(out, "\\.mgit-staging-.*"));
            case 2 -> new Moment("the first is in place", () -> !identity(first).equals(before[0]));
            case 3 -> new Moment("the second is, too", () -> !identity(second).equals(before[1]));
            default -> Moment.atRandom(random, changes);
        };
    }

    /** Another one once another file is there under the same name. */
    private static Object identity(Path file) {
        try {
            return Files.getAttribute(file, "unix:ino");
        } catch (IOException e) {
            return "none";
        }
    }

    @Test
    void aKilledCheckoutOverAFolderIsFinishedOrTakenBackByTheNextCommand() throws Exception {
        repository.ok("commit", model.toString(), "--model", "m");
        TreeMap<String, String> first = contents(model);
        for (int i = 0; i < FILES; i++) {
            weights(model.resolve("part" + i + ".safetensors"), 50 + i, ELEMENTS);
        }
        Files.delete(model.resolve("config.json"));
        Files.writeString(model.resolve("tokenizer.json"), "[]");
        repository.ok("commit", model.toString(), "--model", "m");
        TreeMap<String, String> second = contents(model);

        Path out = repository.root().resolve("work/out");
        repository.ok("checkout", "m", "work/out");
        int changes = changesOf("checkout", "m~1", "work/out");
        for (int i = 0; i < 4 + RANDOM_KILLS; i++) {
            String to = i % 2 == 0 ? "m" : "m~1";
            kill(momentOfACheckout(i, out, changes), "checkout", to, "work/out");
            repository.ok("status");
            assertThat(contents(out)).isIn(first, second);
            assertThat(holdsStaging(repository.root())).isFalse();
            repository.ok("checkout", to, "work/out");
            assertThat(contents(out)).isEqualTo(to.equals("m") ? second : first);
        }
    }

    @Test
    void aKilledCheckoutIntoANewFolderLeavesTheWholeOrNothing() throws Exception {
        repository.ok("commit", model.toString(), "--model", "m");
        int changes = changesOf("checkout", "m", folder.resolve("out").toString());
        for (int i = 0; i < 4; i++) {
            Path out = folder.resolve("out" + i);
            Moment moment = i == 0
                    ? new Moment("files are staged", () -> anyFile(folder, "\\.mgit-staging-.*"))
                    : Moment.atRandom(random, changes);
            kill(moment, "checkout", "m", out.toString());
            repository.ok("status");
            assertThat(holdsStaging(folder)).isFalse();
            if (Files.exists(out)) {
                assertThat(contents(out)).isEqualTo(contents(model));
            }
            repository.ok("checkout", "m", out.toString());
            assertThat(contents(out)).isEqualTo(contents(model));
        }
    }
}
