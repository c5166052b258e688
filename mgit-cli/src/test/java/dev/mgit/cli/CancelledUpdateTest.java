package dev.mgit.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mgit.cli.console.Terminal;
import dev.mgit.fixtures.Await;
import dev.mgit.fixtures.Crash;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An update in a process of its own, watched, cancelled and killed from another. Made models, real commands. */
@Tag("slow")
class CancelledUpdateTest {
    private static final List<String> JVM = List.of("-Xmx256m");

    @TempDir
    private Path folder;

    private HookedRepository models;
    private TestRepository repository;
    private Path go;
    private Path started;

    @BeforeEach
    void aFamilyWhoseSecondModelWaits() throws IOException {
        models = HookedRepository.init(folder);
        repository = models.repository();
        go = folder.resolve("go");
        started = folder.resolve("started");
        Files.createFile(go);
        models.derive("a", "base")
                .deriveBy(
                        "echo training; touch " + started + "; " + Await.forFile(go) + "; " + HookedRepository.TRAIN,
                        "b",
                        "a");
        models.commit("base", "base2");
        models.ran();
        Files.delete(go);
        Files.delete(started);
    }

    private Crash update() throws Exception {
        Crash update = Crash.start(Main.class, models.root(), JVM, "update", "base", "--no-progress");
        Await.until("b is trained", () -> !update.isAlive() || Files.exists(started));
        return update;
    }

    @Test
    void itIsSeenToLiveAndEndsWhenToldAndCanGoOn() throws Exception {
        String before = repository.id("a");
        try (Crash update = update()) {
            String status = repository.ok("update", "--status");
            assertThat(status).contains("Running: pid ", " on ", ", since ");
            assertThat(repository.run("update", "--status").err()).contains("mgit update --cancel");
            assertThat(repository
                            .json("update", "--status", "--json")
                            .object("process")
                            .flag("alive"))
                    .isTrue();
            assertThat(repository.ok("update", "--logs", "b")).contains("training");
            repository.refuses(5, "an update is already in progress", "update", "a");
            repository.refuses(5, "an update is already in progress", "update", "--stale");
            repository.refuses(
                    5, "another process is running an update in this repository (pid ", "update", "--continue");

            Cli.Ran cancel = repository.run("update", "--cancel");
            assertThat(cancel.exit()).as("%s", cancel).isZero();
            assertThat(cancel.out()).contains("Update cancelled");
            Crash.Ended ended = update.finish();
            assertThat(ended.exit()).as(ended.output()).isEqualTo(1);
            assertThat(ended.output()).contains("cancelled by 'mgit update --cancel'");
        }
        assertThat(repository.id("a")).isEqualTo(before);
        assertThat(repository.ok("update", "--status")).contains("Not running: it was cancelled");
        Files.createFile(go);
        assertThat(models.ran()).as("b was ended, and is not trained unseen").containsExactly("a");
        assertThat(repository.ok("update", "--continue", "--no-progress")).contains("done: 2 passed");
        assertThat(models.ran()).containsExactly("b");
        assertThat(models.history("b")).isEqualTo("base2\n+a\n+b\n");
        repository.refuses(2, "no update in progress", "update", "--cancel");
        assertThat(repository.ok("update", "--logs", "b")).contains("training");
        repository.refuses(2, "the latest update does not make 'base'", "update", "--logs", "base");
    }

    @Test
    void afterAKillItIsSaidSoAndTheJobsCanBeEnded() throws Exception {
        try (Crash update = update()) {
            assertThat(update.kill().killed()).isTrue();
        }
        Cli.Ran status = repository.run("update", "--status");
        assertThat(status.out()).contains("Not running: its process (pid ", "was killed");
        assertThat(status.err()).contains("mgit update --continue");
        assertThat(repository
                        .json("update", "--status", "--json")
                        .object("process")
                        .flag("alive"))
                .isFalse();
        assertThat(repository.ok("update", "--cancel")).contains("Update cancelled");
        Files.createFile(go);
        repository.ok("update", "--abort");
        assertThat(models.ran()).containsExactly("a");
        Cli.Ran again = repository.run("update", "base", "--no-progress");
        assertThat(again.out()).contains("done: 2 passed (1 reused)");
        assertThat(models.ran()).containsExactly("b");
    }

    @Test
    void theGraphIsDrawnAgainUntilTheUpdateIsOver() throws Exception {
        var out = new ByteArrayOutputStream();
        var drawn = new ByteArrayOutputStream();
        Terminal terminal = new Terminal(
                Terminal.writer(out),
                Terminal.writer(drawn),
                true,
                true,
                60,
                models.root(),
                Cli.withOwnFolders(Map.of()));
        try (Crash update = update()) {
            Future<Integer> graph = CompletableFuture.supplyAsync(() -> Main.run(terminal, "graph", "--plan", "-f"));
            Await.until(
                    "b is drawn as running",
                    () -> graph.isDone()
                            || drawn.toString(StandardCharsets.UTF_8).contains("running"));
            assertThat(drawn.toString(StandardCharsets.UTF_8))
                    .contains("\u001b[33m*  b  ", "  running", "\u001b[32m", "*  a  ", "  passed");
            Files.createFile(go);
            assertThat(update.finish().exit()).isZero();
            assertThat(graph.get()).isZero();
        }
        assertThat(drawn.toString(StandardCharsets.UTF_8))
                .as("wiped at the end")
                .endsWith("\r\u001b[J");
        assertThat(out.toString(StandardCharsets.UTF_8))
                .contains("*  b  " + repository.id("b") + "  passed", "*  a  " + repository.id("a") + "  passed");
    }

    @Test
    void logsAreFollowedUntilTheCommandEnds() throws Exception {
        try (Crash update = update();
                Crash logs = Crash.start(Main.class, models.root(), JVM, "update", "--logs", "b", "-f")) {
            logs.awaitOutput("training");
            assertThat(logs.isAlive()).isTrue();
            Files.createFile(go);
            assertThat(logs.finish().exit()).isZero();
            assertThat(update.finish().exit()).isZero();
        }
    }
}
