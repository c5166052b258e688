package dev.mgit.cli;

import static dev.mgit.cli.TestRepository.contents;
import static dev.mgit.cli.TestRepository.holdsStaging;
import static dev.mgit.cli.TestRepository.weights;
import static org.assertj.core.api.Assertions.assertThat;

import dev.mgit.fixtures.Crash;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Real processes, really killed: in the middle of reading and storing, around the moves that make a change visible, and
 * at seeded random times. The weights are made.
 */
class KilledCommandTest {
    private static final int FILES = 3;
    private static final int ELEMENTS = 1 << 20;
    private static final int RANDOM_KILLS = 6;
    private static final List<String> JVM = List.of("-Xmx256m", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC");

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

    private Crash start(String... arguments) throws IOException {
        return Crash.start(Main.class, repository.root(), JVM, arguments);
    }

    /** Kills a child as soon as something has come true, or lets it end. */
    private static boolean killWhen(Crash child, BooleanSupplier moment) {
        try (child) {
            while (child.isAlive() && !moment.getAsBoolean()) {
                Thread.onSpinWait();
            }
            return child.killAfter(Duration.ZERO).killed();
        }
    }

    /** How long a command takes that nobody kills, for killing the next ones at random moments of it. */
    private long millisOf(String... arguments) throws IOException {
        long start = System.nanoTime();
        try (Crash child = start(arguments)) {
            Crash.Ended ended = child.finish();
            assertThat(ended.exit()).as(ended.output()).isZero();
        }
        return (System.nanoTime() - start) / 1_000_000;
    }

    private BooleanSupplier after(long millis) {
        long start = System.nanoTime();
        return () -> System.nanoTime() - start > millis * 1_000_000;
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

    private List<BooleanSupplier> momentsOfACommit(long millis) {
        Path operations = repository.mgit().resolve("operations");
        Path heads = repository.mgit().resolve("lineage.git/refs/heads");
        long logged = size(operations);
        List<BooleanSupplier> moments = new ArrayList<>(List.of(
                () -> size(repository.mgit().resolve("lock")) > 0,
                () -> anyFile(repository.mgit().resolve("parameters"), ".*\\.blob"),
                () -> size(operations) > logged,
                () -> anyFile(heads, ".*\\.lock")));
        for (int i = 0; i < RANDOM_KILLS; i++) {
            moments.add(after(millis / 5 + random.nextInt((int) millis)));
        }
        return moments;
    }

    @Test
    void aKilledCommitLeavesTheOldStateOrTheNew() throws IOException {
        long millis = millisOf("commit", model.toString(), "--model", "m");
        Map<String, TreeMap<String, String>> versions = new TreeMap<>();
        versions.put(repository.id("m"), contents(model));
        int killed = 0;
        int moments = momentsOfACommit(millis).size();
        for (int i = 0; i < moments; i++) {
            String old = repository.id("m");
            weights(model.resolve("part" + i % FILES + ".safetensors"), 100 + i, ELEMENTS);
            Files.setLastModifiedTime(model.resolve("config.json"), FileTime.fromMillis(1_000_000_000_000L));
            TreeMap<String, String> input = contents(model);
            Crash child = start("commit", model.toString(), "--model", "m", "-m", "try " + i);
            killed += killWhen(child, momentsOfACommit(millis).get(i)) ? 1 : 0;

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
        assertThat(killed).isPositive();
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

    private List<BooleanSupplier> momentsOfACheckout(Path out, long millis, FileTime[] before) {
        List<BooleanSupplier> moments = new ArrayList<>(List.of(
                () -> anyFile(out.getParent(), "\\.mgit-staging-.*"),
                () -> anyFile(out.getParent(), "part2.*") && anyFile(out, "\\.mgit-staging-.*"),
                () -> changed(out.resolve("part0.safetensors"), before[0]),
                () -> changed(out.resolve("part1.safetensors"), before[1])));
        for (int i = 0; i < RANDOM_KILLS; i++) {
            moments.add(after(millis / 5 + random.nextInt((int) millis)));
        }
        return moments;
    }

    private static boolean changed(Path file, FileTime before) {
        return !modified(file).equals(before);
    }

    private static FileTime modified(Path file) {
        try {
            return Files.getLastModifiedTime(file);
        } catch (IOException e) {
            return FileTime.fromMillis(0);
        }
    }

    @Test
    void aKilledCheckoutOverAFolderIsFinishedOrTakenBackByTheNextCommand() throws IOException {
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
        long millis = millisOf("checkout", "m~1", "work/out");
        int killed = 0;
        int moments = momentsOfACheckout(out, millis, new FileTime[2]).size();
        for (int i = 0; i < moments; i++) {
            String to = i % 2 == 0 ? "m" : "m~1";
            FileTime[] before = {modified(out.resolve("part0.safetensors")), modified(out.resolve("part1.safetensors"))
            };
            killed += killWhen(
                            start("checkout", to, "work/out"),
                            momentsOfACheckout(out, millis, before).get(i))
                    ? 1
                    : 0;
            repository.ok("status");
            assertThat(contents(out)).isIn(first, second);
            assertThat(holdsStaging(repository.root())).isFalse();
            repository.ok("checkout", to, "work/out");
            assertThat(contents(out)).isEqualTo(to.equals("m") ? second : first);
        }
        assertThat(killed).isPositive();
    }

    @Test
    void aKilledCheckoutIntoANewFolderLeavesTheWholeOrNothing() throws IOException {
        repository.ok("commit", model.toString(), "--model", "m");
        long millis = millisOf("checkout", "m", folder.resolve("out").toString());
        for (int i = 0; i < 4; i++) {
            Path out = folder.resolve("out" + i);
            Crash child = start("checkout", "m", out.toString());
            killWhen(
                    child,
                    i == 0
                            ? () -> anyFile(folder, "\\.mgit-staging-.*")
                            : after(millis / 3 + random.nextInt((int) millis)));
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
