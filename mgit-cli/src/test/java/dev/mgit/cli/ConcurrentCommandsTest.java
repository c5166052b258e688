package dev.mgit.cli;

import static dev.mgit.cli.TestRepository.contents;
import static dev.mgit.cli.TestRepository.weights;
import static org.assertj.core.api.Assertions.assertThat;

import dev.mgit.fixtures.Crash;
import dev.mgit.lineage.repository.Repository;
import dev.mgit.lineage.repository.WriterLock;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Several real processes at one repository. The weights are made. */
class ConcurrentCommandsTest {
    private static final List<String> JVM = List.of("-Xmx256m");

    @TempDir
    private Path folder;

    private TestRepository repository;
    private Path model;

    @BeforeEach
    void oneModel() throws IOException {
        repository = TestRepository.init(folder.resolve("repo"));
        model = weights(folder.resolve("model/model.safetensors"), 1, 1 << 20).getParent();
        repository.ok("commit", model.toString(), "--model", "first");
    }

    private Crash start(String... arguments) throws IOException {
        return Crash.start(Main.class, repository.root(), JVM, arguments);
    }

    @Test
    void commitsAtOnceAllHappen() throws IOException {
        List<Crash> children = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            children.add(start("commit", model.toString(), "--model", "copy" + i));
        }
        for (Crash child : children) {
            Crash.Ended ended = child.finish();
            assertThat(ended.exit()).as(ended.output()).isZero();
            assertThat(ended.output()).doesNotContain("error");
        }
        assertThat(repository.ok("branch")).contains("first", "copy0", "copy1", "copy2");
        repository.ok("checkout", "copy2", "out");
        assertThat(contents(repository.root().resolve("out"))).isEqualTo(contents(model));
    }

    @Test
    void aReferenceThatAnotherGitHasLockedIsNotMoved() throws IOException {
        Path lock = repository.root().resolve(".mgit/lineage.git/refs/heads/first.lock");
        Files.createFile(lock);
        Cli.Ran ran = Cli.run(repository.root(), "rm", "first");
        assertThat(ran.exit()).isEqualTo(1);
        assertThat(ran.err()).contains("error: ", "'first'", "another Git has it locked");
        Files.delete(lock);
        repository.ok("fsck");
        repository.ok("rm", "first");
    }

    @Test
    void whoWaitsSaysForWhomAndGivesUpWhenToldTo() throws Exception {
        try (Repository held = Repository.open(repository.root());
                WriterLock lock = held.lock("mgit commit", Duration.ZERO, notice -> {})) {
            assertThat(lock).isNotNull();
            for (String seconds : new String[] {"0", "1"}) {
                Crash.Ended ended = start("commit", model.toString(), "--model", "x", "--wait", seconds)
                        .finish();
                assertThat(ended.exit()).isEqualTo(5);
                assertThat(ended.output())
                        .matches("waiting for process \\d+ \\(mgit commit\\) to finish\n"
                                + "error: the repository is busy: process \\d+ \\(mgit commit\\) has not finished "
                                + "within " + seconds + " s\nhint: wait longer with --wait SECONDS\n");
            }
            String[][] writers = {{"tag", "v1", "first"}, {"rm", "first"}, {"mv", "first", "x"}, {"undo"}};
            for (String[] writer : writers) {
                List<String> arguments = new ArrayList<>(List.of(writer));
                arguments.add("--wait=0");
                assertThat(repository.run(arguments.toArray(String[]::new)).exit())
                        .isEqualTo(5);
            }
            repository.ok("log");
            repository.ok("status");
            repository.ok("checkout", "first", "out");
        }
    }

    @Test
    void whoWaitsGoesOnOnceTheOtherIsDone() throws Exception {
        try (Repository held = Repository.open(repository.root());
                WriterLock lock = held.lock("mgit commit", Duration.ZERO, notice -> {});
                Crash waiting = start("commit", model.toString(), "--model", "second", "--wait", "3600")) {
            waiting.awaitOutput("(mgit commit) to finish");
            assertThat(repository.ok("branch")).doesNotContain("second");
            lock.close();
            Crash.Ended ended = waiting.finish();
            assertThat(ended.exit()).as(ended.output()).isZero();
            assertThat(ended.output())
                    .startsWith("waiting for process " + ProcessHandle.current().pid() + " ");
        }
        assertThat(repository.ok("branch")).contains("second");
    }

    @Test
    void readersAreNeverInTheWayOfACommitNorItOfThem() throws Exception {
        Path next = folder.resolve("next");
        for (int i = 0; i < 4; i++) {
            weights(next.resolve("part" + i + ".safetensors"), 10 + i, 1 << 20);
        }
        Path operations = repository.mgit().resolve("operations");
        long logged = Files.size(operations);
        try (PausedCommand commit = PausedCommand.start(repository.root(), "commit", next.toString(), "-m", "second")) {
            commit.until("it has the lock", () -> Files.size(repository.mgit().resolve("lock")) > 0);
            readAll("locked");
            for (int step = 0; step < 3; step++) {
                assertThat(commit.step()).isTrue();
                readAll("step" + step);
            }
            commit.until("the operation is logged", () -> Files.size(operations) > logged);
            readAll("logged");
            Crash.Ended ended = commit.finish();
            assertThat(ended.exit()).as(ended.output()).isZero();
        }
        readAll("done");
        repository.ok("checkout", "next", "second");
        assertThat(contents(repository.root().resolve("second"))).isEqualTo(contents(next));
    }

    private void readAll(String out) throws IOException {
        assertThat(repository.ok("log", "first")).contains("Add first");
        assertThat(repository.ok("show", "first")).contains("model.safetensors");
        repository.ok("checkout", "first", out);
        assertThat(contents(repository.root().resolve(out))).isEqualTo(contents(model));
    }
}
