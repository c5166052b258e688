package dev.mgit.cli;

import static dev.mgit.cli.TestRepository.contents;
import static dev.mgit.cli.TestRepository.weights;
import static org.assertj.core.api.Assertions.assertThat;

import dev.mgit.delta.json.Json;
import dev.mgit.delta.json.JsonObject;
import dev.mgit.fixtures.Crash;
import dev.mgit.fixtures.Trees;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code mgit watch} as a process that is waited for, interrupted and killed. The weights are made. */
@Tag("slow")
class WatchCommandTest {
    private static final List<String> JVM = List.of("-Xmx256m");
    private static final int KILLS = 5;

    @TempDir
    private Path dir;

    private TestRepository repository;
    private Path run;

    @BeforeEach
    void aRun() throws IOException {
        repository = TestRepository.init(dir.resolve("repository"));
        repository.ok("config", "watch.settle", "1s");
        run = Files.createDirectories(dir.resolve("run"));
    }

    /** One as a trainer leaves it: it appears file by file, the state last. */
    private void save(int step) throws IOException {
        Path checkpoint = run.resolve("checkpoint-" + step);
        weights(checkpoint.resolve("model.safetensors"), step, 5000);
        Files.writeString(checkpoint.resolve("training_args.bin"), "x");
        Files.writeString(checkpoint.resolve("optimizer.pt"), "moments " + step);
        Files.writeString(
                checkpoint.resolve("trainer_state.json"),
                "{\"global_step\": " + step + ", \"log_history\": [{\"step\": " + step + ", \"f1\": 0." + step + "}]}");
    }

    private Crash watch(String... options) throws IOException {
        String[] words = {"watch", "../run", "--model", "squad"};
        String[] all = new String[words.length + options.length];
        System.arraycopy(words, 0, all, 0, words.length);
        System.arraycopy(options, 0, all, words.length, options.length);
        return Crash.start(Main.class, repository.root(), JVM, all);
    }

    @Test
    void checkpointsAreCommittedAsTheyAppearAndAnInterruptEndsIt() throws Exception {
        try (Crash watch = watch("--keep", "last:1")) {
            watch.awaitOutput("Watching " + run.toRealPath() + " for checkpoints of squad; keeps last:1");
            save(10);
            watch.awaitOutput("checkpoint-10: committed as squad@");
            Files.createDirectories(run.resolve("checkpoint-30"));
            weights(run.resolve("checkpoint-30/model.safetensors"), 30, 500);
            Files.writeString(run.resolve("checkpoint-30/training_args.bin"), "x");
            save(20);
            watch.awaitOutput("checkpoint-10: removed, ");
            watch.awaitOutput("checkpoint-30: not finished: trainer_state.json is not written yet");
            Crash.Ended second = watch().finish();
            assertThat(second.exit()).isEqualTo(5);
            assertThat(second.output()).contains("another mgit watch is at work on");
            watch.terminate();
            Crash.Ended ended = watch.finish();
            assertThat(ended.output()).contains("Stopped watching").doesNotContain("Exception", "error:");
            assertThat(ended.exit()).isEqualTo(143);
        }
        assertThat(repository.ok("log", "--oneline"))
                .contains("Step 10", "Step 20")
                .doesNotContain("Step 30");
        repository.ok("checkout", "squad~1", "out");
        assertThat(Files.readString(repository.root().resolve("out/optimizer.pt")))
                .isEqualTo("moments 10");
    }

    @Test
    void killedAnywhereItLosesNothingAndTheNextOneFinishes() throws Exception {
        String[] words = {"watch", "../run", "--model", "squad", "--once", "--keep", "last:1"};
        save(1);
        save(2);
        save(3);
        Map<String, String> saved = new TreeMap<>(contents(run));
        Path start = Files.createDirectories(dir.resolve("start"));
        Trees.copy(run, start.resolve("run"));
        Trees.copy(repository.root(), start.resolve("repository"));
        int changes = 0;
        try (PausedCommand command = PausedCommand.start(repository.root(), words)) {
            while (command.step()) {
                changes++;
            }
            assertThat(command.finish().exit()).isZero();
        }
        assertThat(Files.exists(run.resolve("checkpoint-3"))).isTrue();
        var random = new Random(11);
        for (int kill = 0; kill < KILLS; kill++) {
            Trees.delete(run);
            Trees.delete(repository.root());
            Trees.copy(start.resolve("run"), run);
            Trees.copy(start.resolve("repository"), repository.root());
            int[] left = {1 + random.nextInt(changes - 5)};
            try (PausedCommand command = PausedCommand.start(repository.root(), words)) {
                var ended =
                        command.until("change " + left[0], () -> left[0]-- == 0).kill();
                assertThat(ended.killed()).isTrue();
            }
            repository.ok(words);
            assertThat(run.toFile().list()).as("kill %d", kill).containsExactly("checkpoint-3");
            Map<String, String> found = new TreeMap<>();
            for (int step = 1; step <= 3; step++) {
                repository.ok("checkout", "squad~" + (3 - step), "out" + step);
                for (var file :
                        contents(repository.root().resolve("out" + step)).entrySet()) {
                    found.put("checkpoint-" + step + "/" + file.getKey(), file.getValue());
                }
            }
            assertThat(found).as("kill %d", kill).isEqualTo(saved);
            assertThat(repository.ok("log", "--oneline").lines()).hasSize(3);
        }
    }

    @Test
    void onceTellsInJsonAndByItsExitCode() throws IOException {
        save(1);
        repository.ok(
                "hooks", "add", "no", "--event=pre-commit", "--", "sh", "-c", "! grep -q 'moments 2' $MGIT_MODEL/*.pt");
        save(2);
        Files.createDirectories(run.resolve("checkpoint-3"));
        Files.writeString(run.resolve("checkpoint-3/evil\n\u001b[31mname.bin"), "x");
        Cli.Ran ran = repository.run("watch", "../run", "--model", "squad", "--once", "--json");
        assertThat(ran.exit()).as("%s", ran).isEqualTo(4);
        List<JsonObject> lines = ran.out()
                .lines()
                .map(line -> Json.parseObject(line.getBytes(StandardCharsets.UTF_8)))
                .toList();
        assertThat(lines)
                .extracting(line -> line.string("event") + " " + line.string("folder"))
                .containsExactlyInAnyOrder("committed checkpoint-1", "failed checkpoint-2", "waiting checkpoint-3");
        assertThat(lines).allSatisfy(line -> assertThat(line.number("schema")).isEqualTo(1));
        assertThat(lines.get(0).string("id")).hasSize(40);
        Cli.Ran text = repository.run("watch", "../run", "--model", "squad", "--once");
        assertThat(text.out()).contains("checkpoint-1: is squad@").doesNotContain("\u001b");
    }

    @Test
    void whatMakesNoSenseIsRefused() throws IOException {
        repository.refuses(2, "there is no folder", "watch", "../nope", "--model", "squad");
        repository.refuses(2, "needs a metric", "watch", "../run", "--model", "squad", "--keep", "best:1");
        repository.refuses(2, "--metric is for", "watch", "../run", "--model", "squad", "--metric", "f1:higher");
        repository.refuses(2, "'..'", "watch", "../run", "--model", "..");
        repository.refuses(2, "own folder", "watch", ".mgit/lineage.git", "--model", "squad");
        assertThat(repository.run("config", "watch.minFree", "lots").exit()).isEqualTo(2);
    }

    @Test
    void aNearlyFullDiskIsSaidAndNothingIsCommitted() throws IOException {
        save(1);
        repository.ok("config", "watch.minFree", "1000000t");
        Cli.Ran ran = repository.run("watch", "../run", "--model", "squad", "--once");
        assertThat(ran.exit()).as("%s", ran).isEqualTo(1);
        assertThat(ran.out())
                .contains("paused: the disk of the repository is nearly full")
                .doesNotContain("committed");
    }

    @Test
    void theFirstVersionHasTheParentsNamed() throws IOException {
        weights(dir.resolve("base/model.safetensors"), 1, 5000);
        repository.ok("commit", "../base", "--model", "base");
        save(1);
        save(2);
        repository.ok("watch", "../run", "--model", "squad", "--once", "--from", "base=finetune");
        assertThat(repository.ok("show", "squad~1")).contains("finetune of base@");
        assertThat(repository.ok("show", "squad")).doesNotContain("finetune of base@");
    }
}
