package dev.mgit.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mgit.fixtures.Await;
import dev.mgit.fixtures.Crash;
import dev.mgit.fixtures.GitServers;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Updates whose commands run on machines that share no files with the repository. Made models, real commands. */
@Tag("slow")
class FarNodesTest {
    @TempDir
    private Path folder;

    private HookedRepository models;
    private TestRepository repository;
    private FarNodes nodes;

    @BeforeEach
    void aFamilyOfThree() throws IOException {
        models = HookedRepository.init(folder);
        repository = models.repository();
        Files.createDirectories(models.root().resolve("code"));
        Files.writeString(models.root().resolve("code/words.sh"), "word=trained\n");
        Path script = models.root().resolve("code/train.sh");
        Files.writeString(
                script,
                "#!/bin/sh\n. code/words.sh\n"
                        + HookedRepository.TRAIN
                                .replace("{output}", "$MGIT_OUTPUT")
                                .replace("{model}", "$MGIT_MODEL_NAME")
                        + "\necho $word from $(cat $1) >> $MGIT_OUTPUT/history.txt\n");
        assertThat(script.toFile().setExecutable(true)).isTrue();
        Files.writeString(models.root().resolve("data.txt"), "good data\n");
        repository.ok(
                "run",
                "--model",
                "a",
                "--env",
                "RUNS=../runs",
                "--input",
                "data=data.txt",
                "--from",
                "base",
                "--no-progress",
                "--",
                "./code/train.sh",
                "{input:data}");
        models.derive("b", "a");
        nodes = FarNodes.of(repository, folder);
        models.ran();
    }

    private Cli.Ran update(String... more) {
        var arguments = new java.util.ArrayList<>(List.of("update", "base", "--no-progress"));
        arguments.addAll(List.of(more));
        return repository.run(arguments.toArray(String[]::new));
    }

    @Test
    void modelsAreMadeWhereNothingOfTheRepositoryIsSeen() throws IOException {
        models.commit("base", "base2");
        models.test("lines", "*", "update", "lines:higher:min=1", HookedRepository.COUNT);
        Cli.Ran updated = update();
        assertThat(updated.exit()).as("%s", updated).isZero();
        assertThat(updated.out()).contains("done: 2 passed");

        assertThat(models.history("b")).isEqualTo("base2\n+a\ntrained from good data\n+b\n");
        assertThat(nodes.ran()).as("trained there").containsExactly("a", "b");
        assertThat(models.ran()).as("tested here").containsExactly("test a", "test b", "test base");
        assertThat(nodes.jobs())
                .hasSize(2)
                .allSatisfy(job -> assertThat(nodes.script(job))
                        .doesNotContain(repository.root().toString())
                        .contains("'node'", nodes.hub().toString()));
        assertThat(nodes.runs()).as("references of runs that are over").isEmpty();
        assertThat(nodes.left()).as("folders of runs that are over").isEmpty();
        assertThat(repository.ok("recipe", "show", "a")).containsPattern("Machine: .*, node ");
        assertThat(repository.ok("status", "--why")).doesNotContain("stale");
        assertThat(repository.ok("fsck")).contains("no damage");
        assertThat(GitServers.run(nodes.hub(), "git", "for-each-ref", "refs/heads"))
                .as("models are pushed by 'mgit push' alone")
                .isEmpty();
        repository.ok("push", "hub");
    }

    @Test
    void onlyTheParentsParametersTravelAndTheyNeedNotBeHere() throws IOException {
        Path other = folder.resolve("other");
        TestRepository.weights(other.resolve("model.safetensors"), 2, 5000);
        repository.ok("commit", other.toString(), "--model", "other", "-m", "of no concern");
        repository.ok("push", "hub");
        Cli.Ran cloned = Cli.run(
                folder,
                "clone",
                nodes.hub().toString(),
                "lean",
                "--store",
                folder.resolve("store").toString(),
                "--lineage-only",
                "-o",
                "hub");
        assertThat(cloned.exit()).as("%s", cloned).isZero();
        var lean = new TestRepository(folder.resolve("lean"));
        lean.ok("hooks", "trust", "--all");
        lean.ok("config", "user.name", "Ben");
        Files.createDirectories(lean.root().resolve("code"));
        for (String file : List.of("code/train.sh", "code/words.sh", "data.txt")) {
            Files.copy(
                    models.root().resolve(file),
                    lean.root().resolve(file),
                    java.nio.file.StandardCopyOption.COPY_ATTRIBUTES);
        }
        for (String key : List.of("submit", "look", "find", "end", "interval", "remote")) {
            lean.ok(
                    "config",
                    "executor.command." + key,
                    repository.ok("config", "executor.command." + key).strip());
        }
        lean.ok("config", "executor.name", "command");
        assertThat(lean.ok("update", "--force", "a", "--no-progress")).contains("done: 2 passed");
        assertThat(nodes.ran()).containsExactly("a", "b");
        assertThat(repository.stored()).containsValue("20000");
        assertThat(lean.stored()).as("what is of no concern").doesNotContainValue("20000");
    }

    @Test
    void aCommandThatFailsIsShownWithWhatItPrinted() throws IOException {
        Files.writeString(models.root().resolve("code/words.sh"), "echo no such word >&2; exit 9\n");
        models.commit("base", "base2");
        String before = repository.id("a");
        Cli.Ran updated = update();
        assertThat(updated.exit()).as("%s", updated).isEqualTo(1);
        assertThat(updated.out()).contains("1 failed", "exit code 9", "no such word");
        assertThat(repository.ok("update", "--logs", "a")).contains("no such word");
        assertThat(repository.id("a")).isEqualTo(before);
        assertThat(nodes.runs()).isEmpty();

        Files.writeString(models.root().resolve("code/words.sh"), "word=again\n");
        Cli.Ran again = update();
        assertThat(again.exit()).as("%s", again).isZero();
        assertThat(models.history("b")).isEqualTo("base2\n+a\nagain from good data\n+b\n");
    }

    @Test
    void aMachineThatDiesLeavesNothingAndItsModelIsMadeAgain() throws Exception {
        nodes.when("before-job", "touch '" + folder.resolve("up") + "'; sleep 600");
        models.commit("base", "base2");
        String before = repository.id("a");
        try (Crash update = FarNodes.start(repository, "update", "base", "--no-progress")) {
            Await.until("a machine is up", () -> !update.isAlive() || Files.exists(folder.resolve("up")));
            nodes.asUsual();
            nodes.kill(nodes.jobs().get(0));
            Crash.Ended ended = update.finish();
            assertThat(ended.exit()).as(ended.output()).isEqualTo(1);
            assertThat(ended.output()).contains("the job ended without leaving a result");
        }
        assertThat(repository.id("a")).isEqualTo(before);
        assertThat(nodes.runs()).isEmpty();
        assertThat(update().exit()).isZero();
        assertThat(models.history("b")).isEqualTo("base2\n+a\ntrained from good data\n+b\n");
    }

    @Test
    void whatAMachineMadeIsTakenByWhoeverContinues() throws Exception {
        Path go = folder.resolve("go");
        nodes.when("before-job", "touch '" + folder.resolve("up") + "'; " + Await.forFile(go));
        models.commit("base", "base2");
        try (Crash update = FarNodes.start(repository, "update", "base", "--no-progress")) {
            Await.until("a machine is up", () -> !update.isAlive() || Files.exists(folder.resolve("up")));
            assertThat(update.kill().killed()).isTrue();
        }
        assertThat(nodes.runs().lines()).hasSize(1);
        Files.createFile(go);
        long pid = nodes.pid(nodes.jobs().get(0));
        Await.until(
                "the machine is done",
                () -> ProcessHandle.of(pid).filter(ProcessHandle::isAlive).isEmpty());
        Cli.Ran continued = repository.run("update", "--continue", "--no-progress");
        assertThat(continued.exit()).as("%s", continued).isZero();
        assertThat(nodes.ran()).as("each once").containsExactly("a", "b");
        assertThat(models.history("b")).isEqualTo("base2\n+a\ntrained from good data\n+b\n");
        assertThat(nodes.runs()).isEmpty();
    }

    @Test
    void anUpdateThatIsAbortedLeavesNoOrderBehind() throws Exception {
        nodes.when("before-job", "touch '" + folder.resolve("up") + "'; sleep 600");
        models.commit("base", "base2");
        try (Crash update = FarNodes.start(repository, "update", "base", "--no-progress")) {
            Await.until("a machine is up", () -> !update.isAlive() || Files.exists(folder.resolve("up")));
            assertThat(update.kill().killed()).isTrue();
        }
        nodes.asUsual();
        String job = nodes.jobs().get(0);
        repository.ok("update", "--abort");
        assertThat(nodes.runs()).isEmpty();
        String[] words =
                nodes.script(job).lines().toList().get(2).replace("'", "").split(" ");
        Cli.Ran late = Cli.run(folder, java.util.Arrays.copyOfRange(words, 2, words.length));
        assertThat(late.exit()).as("%s", late).isEqualTo(5);
        assertThat(late.err()).contains("has been withdrawn");
        assertThat(nodes.ran()).isEmpty();
    }

    @Test
    void aSingleRunAndAGroupAreMadeThereToo() throws IOException {
        String line = "for m in one two; do cp {parent1}/model.safetensors {output}/$m/;"
                + " cp {parent1}/history.txt {output}/$m/; echo +$m >> {output}/$m/history.txt; done";
        Cli.Ran ran = repository.run(
                "run", "--model", "one", "--model", "two", "--from", "base", "--shell", "--no-progress", "--", line);
        assertThat(ran.exit()).as("%s", ran).isZero();
        assertThat(models.history("two")).isEqualTo("base1\n+two\n");
        assertThat(nodes.jobs()).hasSize(1);
        models.commit("base", "base2");
        Cli.Ran updated = update("--only", "one", "--only", "two");
        assertThat(updated.exit()).as("%s", updated).isZero();
        assertThat(models.history("one")).isEqualTo("base2\n+one\n");
        assertThat(repository.ok("rerun", "one", "--check")).contains("identical");
        assertThat(nodes.runs()).isEmpty();
    }

    @Test
    void dataTooLargeToTravelIsLookedForThere() throws IOException {
        Path large = models.root().resolve("large.bin");
        try (var file = new java.io.RandomAccessFile(large.toFile(), "rw")) {
            file.setLength((64L << 20) + 1);
        }
        String[] run = {
            "run",
            "--model",
            "c",
            "--from",
            "base",
            "--input",
            "large=large.bin",
            "--shell",
            "--no-progress",
            "--",
            "cp {parent1}/* {output}/; wc -c < {input:large} >> {output}/history.txt"
        };
        Cli.Ran without = repository.run(run);
        assertThat(without.exit()).as("%s", without).isEqualTo(1);
        assertThat(without.err()).contains("this machine has no ", "large.bin", "SHA-256");

        Path there = folder.resolve("queue/far/large.bin");
        Files.write(there, new byte[] {1});
        assertThat(repository.run(run).err()).contains("large.bin has SHA-256");
        Files.copy(large, there, java.nio.file.StandardCopyOption.REPLACE_EXISTING);
        Cli.Ran with = repository.run(run);
        assertThat(with.exit()).as("%s", with).isZero();
        assertThat(models.history("c")).isEqualTo("base1\n" + ((64L << 20) + 1) + "\n");
    }

    @Test
    void whatElseLiesInTheRunsPlaceIsRefused() throws IOException {
        String ref = "$(git -C '" + nodes.hub() + "' for-each-ref --format='%(refname)' refs/mgit/runs)";
        // Keeps what the first job made, and gives it for what the second was to make.
        nodes.when("before-job", "true");
        models.commit("base", "base2");
        nodes.when(
                "instead-of-job",
                "sh -s < \"$q/$1.sh\"; git -C '" + nodes.hub() + "' update-ref refs/kept " + ref + "; exit 1");
        Cli.Ran first = update("--only", "a");
        assertThat(first.exit()).as("%s", first).isZero();
        assertThat(nodes.ran()).containsExactly("a");

        models.commit("base", "base3");
        String before = repository.id("a");
        nodes.when("instead-of-job", "git -C '" + nodes.hub() + "' update-ref " + ref + " refs/kept");
        Cli.Ran replayed = update("--only", "a");
        assertThat(replayed.exit()).as("%s", replayed).isEqualTo(1);
        assertThat(replayed.out()).contains("is not the result of this run: it is of run ");
        assertThat(repository.id("a")).isEqualTo(before);

        nodes.when(
                "instead-of-job",
                "git -C '" + nodes.hub() + "' update-ref " + ref + " $(git -C '" + nodes.hub()
                        + "' -c user.name=x -c user.email=x@y commit-tree -m x "
                        + "$(git -C '" + nodes.hub() + "' mktree < /dev/null))");
        Cli.Ran empty = update("--only", "a");
        assertThat(empty.exit()).as("%s", empty).isEqualTo(1);
        assertThat(empty.out()).contains("it says nothing of what was done");
        assertThat(nodes.runs()).isEmpty();
        nodes.asUsual();
        assertThat(update().exit()).isZero();
        assertThat(repository.ok("fsck")).contains("no damage");
    }
}
