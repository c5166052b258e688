package dev.mgit.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mgit.delta.json.JsonObject;
import dev.mgit.fixtures.Await;
import dev.mgit.fixtures.Crash;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code mgit merge}, from plan to version; made models, real repository, real commands. */
class MergeTest {
    private static final List<String> JVM = List.of("-Xmx256m");

    @TempDir
    private Path folder;

    private TestRepository repository;

    /** Three children of base: a changes layer 0, b layer 3, c layers 0 and 1. */
    @BeforeEach
    void commitAFamily() throws IOException {
        repository = TestRepository.init(folder.resolve("repo"));
        commit("base", Map.of());
        commit("a", Map.of(0, 10), "--from", "base");
        commit("b", Map.of(3, 23), "--from", "base");
        commit("c", Map.of(0, 30, 1, 31), "--from", "base");
    }

    private Path commit(String model, Map<Integer, Integer> seeds, String... more) throws IOException {
        Path made = LayeredFamily.write(folder.resolve("made").resolve(model), seeds);
        List<String> command = new java.util.ArrayList<>(List.of("commit", made.toString(), "--model", model));
        command.addAll(List.of(more));
        repository.ok(command.toArray(String[]::new));
        return made;
    }

    @Test
    void layersChangedOnOneSideMergeCleanly() throws IOException {
        JsonObject merged = repository.json("merge", "a", "b", "--model", "ab", "-m", "Both", "--json");
        assertThat(merged.string("outcome")).isEqualTo("no-conflict");
        JsonObject version = repository.json("show", "ab", "--json");
        assertThat(version.string("message")).isEqualTo("Both");
        assertThat(version.objects("from"))
                .extracting(edge -> edge.string("kind") + " of " + edge.string("model"))
                .containsExactly("merge of a", "merge of b", "merge of base");
        repository.ok("checkout", "ab", "out");
        Path expected = LayeredFamily.write(folder.resolve("expected"), Map.of(0, 10, 3, 23));
        assertThat(repository.root().resolve("out/model.safetensors"))
                .hasSameBinaryContentAs(expected.resolve("model.safetensors"));
        assertThat(repository.mgit().resolve("merge")).doesNotExist();
        assertThat(repository.ok("fsck")).contains("no damage");
    }

    @Test
    void withoutANameTheResultIsOursNextVersion() {
        String before = repository.id("a");
        repository.ok("merge", "a", "b");
        assertThat(repository.json("show", "a", "--json").string("previous")).startsWith(before);
        assertThat(repository.ok("merge", "a", "b")).startsWith("Nothing to merge: a already contains the other");
        repository.ok("undo");
    }

    @Test
    void conflictsStopUntilAStrategyResolvesThem() throws IOException {
        Cli.Ran stopped = repository.run("merge", "a", "c", "--model", "ac");
        assertThat(stopped.exit()).isEqualTo(5);
        assertThat(stopped.out()).contains("conflict: l.0 (1 tensor)");
        assertThat(stopped.err())
                .contains("error: 1 conflict; no version was made", "hint: resolve with 'mgit merge --continue");
        repository.refuses(5, "a merge is already in progress", "merge", "a", "b");
        repository.ok("merge", "--continue", "-s", "l.0.*=theirs");
        repository.ok("checkout", "ac", "out");
        assertThat(repository.root().resolve("out/model.safetensors"))
                .hasSameBinaryContentAs(folder.resolve("made/c/model.safetensors"));
    }

    private void commitRun(String model, Map<Integer, Integer> seeds, String... more) throws IOException {
        Path made = folder.resolve("made").resolve(model);
        Files.createDirectories(made);
        Files.writeString(made.resolve("trainer_state.json"), "state of " + model);
        Files.writeString(made.resolve("training_args.bin"), "arguments of " + model);
        Files.writeString(made.resolve("train_results.json"), "results of " + model);
        LayeredFamily.write(made.resolve("moments"), seeds);
        Files.move(made.resolve("moments/model.safetensors"), made.resolve("optimizer.safetensors"));
        Files.delete(made.resolve("moments"));
        commit(model, seeds, more);
    }

    @Test
    void filesThatDescribeRunsFollowOursAndMomentsAreNotMixed() throws IOException {
        commitRun("one", Map.of(0, 10), "--from", "base");
        commitRun("two", Map.of(3, 23), "--from", "base");
        String runFiles = "optimizer.safetensors, train_results.json, trainer_state.json, training_args.bin";
        assertThat(repository.ok("merge", "one", "two", "--model", "both"))
                .contains("Outcome: no conflict", "Taken from ours, as they describe a run: " + runFiles);
        repository.ok("checkout", "both", "out");
        for (String path : runFiles.split(", ")) {
            assertThat(repository.root().resolve("out").resolve(path))
                    .hasSameBinaryContentAs(folder.resolve("made/one").resolve(path));
        }
        Path expected = LayeredFamily.write(folder.resolve("expected"), Map.of(0, 10, 3, 23));
        assertThat(repository.root().resolve("out/model.safetensors"))
                .hasSameBinaryContentAs(expected.resolve("model.safetensors"));
        assertThat(repository
                        .json("merge", "one", "two", "--plan", "--json", "-s", "trainer_state.json=theirs")
                        .strings("run_files"))
                .containsExactly("optimizer.safetensors", "train_results.json", "training_args.bin");
    }

    @Test
    void aResolvedConflictIsNotCalledOne() {
        assertThat(repository.ok("merge", "a", "c", "--model", "ac", "-s", "average"))
                .contains("Outcome: resolved by --strategy")
                .doesNotContain("Outcome: conflict");
    }

    @Test
    void abortLeavesNothing() throws IOException {
        var before = repository.stored();
        assertThat(repository.run("merge", "a", "c").exit()).isEqualTo(5);
        assertThat(repository.ok("merge", "--abort")).contains("Merge aborted");
        assertThat(repository.stored()).isEqualTo(before);
        assertThat(repository.ok("merge", "--abort")).contains("No merge in progress");
    }

    @Test
    void aPlanChangesNothing() throws IOException {
        var before = repository.stored();
        assertThat(repository.ok("merge", "a", "b", "--plan"))
                .contains("Outcome: no conflict", "Would make a version of a");
        assertThat(repository.run("merge", "a", "c", "--dry-run", "--json").exit())
                .isEqualTo(5);
        assertThat(repository.stored()).isEqualTo(before);
    }

    private void testThatFinds(double accuracy) {
        String line = "echo '{\"accuracy\":" + accuracy + "}' >$MGIT_METRICS";
        repository.ok(
                "test", "add", "good", "--on", "ad", "--metric", "accuracy:higher:min=0.5", "--shell", "--", line);
    }

    @Test
    void testsDecideOnWhatMayNotFitTogether() throws IOException {
        commit("d", Map.of(1, 41), "--from", "base");
        testThatFinds(0.4);
        var before = repository.ok("log", "--oneline");
        Cli.Ran held = repository.run("merge", "a", "d", "--model", "ad");
        assertThat(held.exit()).as("%s", held).isEqualTo(4);
        assertThat(held.out())
                .contains("Outcome: possible conflict", "may depend on each other: l.0 (ours), l.1 (theirs)");
        assertThat(held.err()).contains("the test 'good' failed, so the merge stopped; no version was made");
        assertThat(repository.ok("log", "--oneline")).isEqualTo(before);
        assertThat(Files.exists(repository.mgit().resolve("lineage.git/refs/mgit/merge/candidate")))
                .isFalse();

        testThatFinds(0.6);
        assertThat(repository.ok("merge", "--continue")).contains("[ad ", "test good: ");
        assertThat(repository.ok("find", "--metric", "accuracy>0.5")).contains("(ad)");
    }

    @Test
    void aKilledMergeGoesOnOrIsGivenUp() throws Exception {
        Path started = folder.resolve("started");
        Path go = folder.resolve("go");
        repository.ok(
                "test",
                "add",
                "slow",
                "--on",
                "all",
                "--metric",
                "x:higher",
                "--",
                "sh",
                "-c",
                "touch " + started + "; " + Await.forFile(go) + "; echo '{\"x\":1}' >$MGIT_METRICS");
        for (String way : List.of("--continue", "--abort")) {
            Files.deleteIfExists(started);
            Files.deleteIfExists(go);
            String model = "killed" + way;
            try (Crash child = Crash.start(
                    Main.class, repository.root(), JVM, "merge", "a", "c", "--model", model, "-s", "average")) {
                Await.until("the test runs", () -> !child.isAlive() || Files.exists(started));
                assertThat(child.kill().killed()).isTrue();
            }
            Files.createFile(go);
            assertThat(repository.ok("branch")).doesNotContain(model);
            repository.ok("merge", way);
            assertThat(repository.ok("branch").contains(model)).isEqualTo(way.equals("--continue"));
            assertThat(repository.mgit().resolve("merge")).doesNotExist();
            assertThat(repository.ok("fsck")).contains("no damage");
        }
    }

    @Test
    void theRecipeMakesTheMergeAgain() throws IOException {
        repository.ok("merge", "a", "c", "--model", "ac", "-s", "ties:density=0.5", "-s", "dare:density=0.3,seed=4");
        repository.ok("checkout", "ac", "stored");
        String recipe = repository.ok("recipe", "show", "ac");
        assertThat(recipe).contains("mgit merge {parent1} {parent2} --base {parent3} --output {output}");
        Path made = folder.resolve("made");
        Cli.Ran again = Cli.run(
                folder,
                "merge",
                made.resolve("a").toString(),
                made.resolve("c").toString(),
                "--base",
                made.resolve("base").toString(),
                "--output",
                folder.resolve("again").toString(),
                "--strategy",
                "ties:density=0.5",
                "--strategy",
                "dare:density=0.3,seed=4");
        assertThat(again.exit()).as("%s", again).isZero();
        assertThat(folder.resolve("again/model.safetensors"))
                .hasSameBinaryContentAs(repository.root().resolve("stored/model.safetensors"));
    }

    @Test
    void noCommonAncestorAndCrissCrossAreSaid() throws IOException {
        commit("lone", Map.of(2, 99));
        repository.refuses(2, "'a' and 'lone' have no common ancestor", "merge", "a", "lone");
        assertThat(repository.ok("merge", "a", "lone", "--model", "soup", "-s", "average"))
                .contains("2 average");

        repository.ok("branch", "x", "a");
        repository.ok("branch", "y", "b");
        repository.ok("merge", "x", "b");
        repository.ok("merge", "y", "a");
        repository.refuses(2, "there are 2 nearest common ancestors", "merge", "x", "y", "--model", "xy");
    }

    @Test
    void misfitsAreFoundBeforeAnyWork() throws IOException {
        Path other = LayeredFamily.write(folder.resolve("other"), Map.of(0, 77));
        Files.writeString(other.resolve("tokenizer.json"), "{\"model\":1}");
        repository.ok("commit", other.toString(), "--model", "t1", "--from", "base");
        Files.writeString(other.resolve("tokenizer.json"), "{\"model\":2}");
        LayeredFamily.write(other, Map.of(3, 78));
        repository.ok("commit", other.toString(), "--model", "t2", "--from", "base");
        Cli.Ran ran = repository.run("merge", "t1", "t2", "--model", "t");
        assertThat(ran.exit()).isEqualTo(5);
        assertThat(ran.out()).contains("tokenizer: 'tokenizer.json' differs");
        assertThat(repository.ok("merge", "--continue", "-s", "tokenizer.json=ours"))
                .contains("[t ");
    }

    @Test
    void wrongUsageIsRefused() throws IOException {
        repository.refuses(2, "a merge needs two versions, not 1", "merge", "a");
        repository.refuses(2, "unknown revision 'nowhere'", "merge", "a", "nowhere");
        repository.refuses(2, "are the same version", "merge", "a", "a");
        repository.refuses(2, "unknown strategy 'blend'", "merge", "a", "b", "-s", "blend");
        repository.refuses(2, "not of the form key=value", "merge", "a", "b", "-s", "linear:1,2,3");
        repository.refuses(2, "density must be above 0", "merge", "a", "b", "-s", "ties:density=2");
        repository.refuses(2, "no merge in progress", "merge", "--continue");
        repository.refuses(2, "cannot be combined", "merge", "--continue", "--abort");
        repository.refuses(2, "not a model", "merge", repository.id("a"), "b");
        repository.refuses(2, "is not a valid name", "merge", "a", "b", "--model", "..");
        Files.createDirectories(repository.mgit().resolve("merge"));
        Files.writeString(repository.mgit().resolve("merge/state.json"), "{}");
        repository.refuses(1, "the merge state cannot be read", "merge", "--continue");
        repository.ok("merge", "--abort");
    }
}
