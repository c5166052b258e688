package dev.mgit.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mgit.delta.json.JsonObject;
import dev.mgit.fixtures.Await;
import dev.mgit.fixtures.Crash;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What {@code mgit gc} does with the folders of failed runs and the logs of updates and searches. */
class LeftoversTest {
    private static final List<String> JVM = List.of("-Xmx256m");

    @TempDir
    private Path folder;

    private HookedRepository models;
    private TestRepository repository;

    @BeforeEach
    void aModelAndItsChild() throws IOException {
        models = HookedRepository.init(folder).derive("a", "base");
        repository = models.repository();
    }

    private List<Path> left(String kind) throws IOException {
        Path parent = repository.mgit().resolve("hooks").resolve(kind);
        if (Files.notExists(parent)) {
            return List.of();
        }
        try (Stream<Path> folders = Files.list(parent)) {
            return folders.filter(Files::isDirectory).toList();
        }
    }

    private List<String> wouldGo(String age) {
        return repository.json("gc", "--dry-run", "--prune-older-than", age, "--json").objects("leftovers").stream()
                .map(leftover -> leftover.string("folder"))
                .toList();
    }

    private void failingRun() {
        assertThat(repository
                        .run("run", "--model", "x", "--no-progress", "--shell", "--", "echo why >&2; exit 4")
                        .exit())
                .isEqualTo(1);
    }

    private static void age(Path tree, Duration by) throws IOException {
        try (Stream<Path> files = Files.walk(tree)) {
            for (Path file : files.toList()) {
                Files.setLastModifiedTime(file, FileTime.from(Instant.now().minus(by)));
            }
        }
    }

    @Test
    void foldersOfFailedRunsGoWhenTheyAreOldEnough() throws IOException {
        failingRun();
        Path old = left("runs").get(0);
        age(old, Duration.ofDays(15));
        failingRun();
        Path young = left("runs").stream()
                .filter(run -> !run.equals(old))
                .findFirst()
                .orElseThrow();

        String said = repository.ok("gc", "--dry-run");
        assertThat(said)
                .contains(
                        "Would remove 1 folders of old runs and logs (",
                        old.getFileName().toString())
                .doesNotContain(young.getFileName().toString());
        assertThat(old).exists();
        assertThat(wouldGo("16d")).isEmpty();
        assertThat(repository.ok("gc")).contains("Removed 1 folders of old runs and logs (");
        assertThat(left("runs")).containsExactly(young);
        assertThat(repository.ok("gc")).doesNotContain("folders of old runs");
    }

    @Test
    void logsOfUpdatesGoButNotThoseOfTheOneUnderWay() throws IOException {
        models.commit("base", "base2");
        repository.ok("update", "base");
        Path past = left("logs").get(0);
        models.deriveBy("test ! -e ../broken || exit 1; cp $MGIT_PARENT_1/* {output}/", "z", "base");
        Files.writeString(folder.resolve("broken"), "");
        models.commit("base", "base3");
        assertThat(repository.run("update", "base", "--no-keep-going").exit()).isEqualTo(1);
        JsonObject stopped = repository.json("update", "--status", "--json");
        // As if it had died while it moved its logs there.
        Path present = Files.createDirectory(Path.of(stopped.string("logs")));

        assertThat(left("outputs"))
                .as("what commands made, for updates to reuse")
                .hasSize(2);
        assertThat(repository.ok("gc", "--prune-older-than", "0")).contains("Removed 3 folders");
        assertThat(left("outputs")).isEmpty();
        assertThat(past).doesNotExist();
        assertThat(present).exists();
        Files.delete(folder.resolve("broken"));
        repository.ok("update", "--continue");
        assertThat(models.history("z")).isEqualTo("base3\n");
        repository.ok("gc", "--prune-older-than", "0");
        assertThat(present).doesNotExist();
    }

    @Test
    void logsOfASearchGoOnceItIsOver() throws IOException {
        models.commit("base", "base2");
        models.commit("base", "base3");
        repository.ok("bisect", "start", "base", "base~2");
        assertThat(repository
                        .run("bisect", "run", "--", "sh", "-c", "kill -9 $$")
                        .exit())
                .isEqualTo(1);
        assertThat(left("bisect")).hasSize(1);
        assertThat(wouldGo("0")).isEmpty();
        assertThat(repository.ok("bisect", "run", "--", "false")).contains("is the first bad version");
        assertThat(wouldGo("0"))
                .containsExactly(".mgit/hooks/bisect/" + left("bisect").get(0).getFileName());
        repository.ok("gc", "--prune-older-than", "0");
        assertThat(left("bisect")).isEmpty();
        assertThat(repository.ok("bisect", "log")).contains("is the first bad version");
    }

    @Test
    void whatACommandWorksWithStaysAndSoDoesWhatOutlivedItsMgit() throws Exception {
        Path go = folder.resolve("go");
        String line = Await.forFile(go)
                + "; cp ../by-hand/base/model.safetensors {output}/; echo made > {output}/history.txt";
        String[] run = {"run", "--model", "x", "--no-progress", "--shell", "--", line};
        try (Crash finishes = Crash.start(Main.class, models.root(), JVM, run);
                Crash dies = Crash.start(Main.class, models.root(), JVM, run)) {
            Await.until("both commands run", () -> started() == 2);
            dies.kill();
            assertThat(wouldGo("0")).isEmpty();
            Files.writeString(go, "");
            Crash.Ended ended = finishes.finish();
            assertThat(ended.exit()).as(ended.output()).isZero();
        }
        assertThat(models.history("x")).isEqualTo("made\n");
        Path left = left("runs").get(0);
        // The command that outlived its mgit ends, too, and then its script.
        Await.until("it may be removed", () -> !wouldGo("0").isEmpty());
        assertThat(left.resolve("job/exit")).hasContent("0");
        repository.ok("gc", "--prune-older-than", "0");
        assertThat(left("runs")).isEmpty();
    }

    private long started() throws IOException {
        return left("runs").stream()
                .filter(run -> Files.exists(run.resolve("job/pid")))
                .count();
    }
}
