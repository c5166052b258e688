package dev.mgit.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mgit.delta.json.JsonObject;
import dev.mgit.fixtures.Await;
import dev.mgit.fixtures.Trees;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code mgit hooks}, what happens by itself around commits, and trust after a real {@code git clone}. */
class HooksCommandTest {
    @TempDir
    private Path folder;

    private HookedRepository models;
    private TestRepository repository;

    @BeforeEach
    void aModelAndItsChild() throws IOException {
        models = HookedRepository.init(folder).derive("a", "base");
        repository = models.repository();
        models.ran();
    }

    @Test
    void hooksAreRegisteredShownAndRemoved() throws IOException {
        repository.ok("hooks", "add", "tell", "--event", "post-commit", "--on", "b*", "--", "echo", "$(id)");
        assertThat(repository.ok("hooks", "list")).contains("tell  post-commit  b*  echo '$(id)'");
        assertThat(repository
                        .json("hooks", "list", "--json")
                        .objects("hooks")
                        .get(0)
                        .flag("trusted"))
                .isTrue();
        assertThat(repository.json("hooks", "show", "tell", "--json").strings("command"))
                .containsExactly("echo", "$(id)");
        // No shell reads it.
        assertThat(models.commit("base", "base2").err()).contains("tell: $(id)");
        repository.ok("hooks", "rm", "tell");
        repository.refuses(2, "no hook 'tell'", "hooks", "show", "tell");
        repository.refuses(
                2, "unknown hook event 'pre-push'", "hooks", "add", "x", "--event", "pre-push", "--", "true");
        repository.refuses(2, "Missing required option: '--event=EVENT'", "hooks", "add", "x", "--", "true");
    }

    @Test
    void aPreCommitHookRefusesAVersionAndTheStoreStaysAsItWas() throws IOException {
        repository.ok(
                "hooks",
                "add",
                "strict",
                "--event",
                "pre-commit",
                "--on",
                "base",
                "--shell",
                "--",
                "grep -q bad $MGIT_MODEL/history.txt && { echo it is bad >&2; exit 1; }; :");
        Path bad = models.lay("base", "bad");
        TestRepository.weights(bad.resolve("more.safetensors"), 99, 64);
        TreeMap<String, String> before = repository.stored();
        Cli.Ran refused = repository.run("commit", bad.toString(), "--model", "base", "--no-progress");
        assertThat(refused.exit()).isEqualTo(4);
        assertThat(refused.out()).isEmpty();
        assertThat(refused.err()).isEqualTo("error: hook 'strict' refused the version: exit code 1\n  it is bad\n");
        assertThat(repository.stored()).isEqualTo(before);

        assertThat(models.commit("base", "good").exit()).isZero();
        Cli.Ran run = repository.run(
                "run",
                "--model",
                "base",
                "--no-progress",
                "--shell",
                "--",
                "cp ../by-hand/base/model.safetensors {output}/; echo bad > {output}/history.txt");
        assertThat(run.exit()).isEqualTo(4);
        assertThat(models.history("base")).isEqualTo("good\n");
    }

    @Test
    void theSettingSaysWhatHappensAfterACommit() throws IOException {
        models.test("lines", "base", "commit", "lines:lower:max=1", HookedRepository.COUNT);
        repository.ok("hooks", "add", "late", "--event", "post-update", "--on", "a", "--", "echo", "updated");
        assertThat(models.commit("base", "base2").err())
                .contains("made from an older base: a\nhint: 'mgit update base --plan' shows");
        repository.ok("config", "update.auto", "off");
        assertThat(models.commit("base", "base3").err()).isEmpty();
        assertThat(models.ran()).isEmpty();
        repository.ok("config", "update.auto", "test");
        assertThat(models.commit("base", "base4").err()).contains("test lines: passed", "made from an older base: a");
        assertThat(models.ran()).containsExactly("test base");
        repository.ok("config", "update.auto", "plan");
        assertThat(models.commit("base", "base5").out()).contains("1 command to run");
        repository.ok("config", "update.auto", "run");
        Cli.Ran bad = models.commit("base", "two\nlines");
        assertThat(bad.exit()).isZero();
        assertThat(bad.err()).contains("test lines: failed: lines 2 is above 1");
        models.ran();
        Cli.Ran good = models.commit("base", "base6");
        assertThat(good.out()).contains("done: 1 passed");
        assertThat(good.err()).contains("late: updated");
        assertThat(models.ran()).containsExactly("a", "test base");
        assertThat(models.history("a")).isEqualTo("base6\n+a\n");
        repository.refuses(2, "update.auto is 'maybe'", "config", "update.auto", "maybe");
    }

    @Test
    void afterAnUpdateItsHooksRun() throws IOException {
        repository.ok(
                "hooks", "add", "late", "--event", "post-update", "--", "sh", "-c", "echo $MGIT_HOOK $MGIT_MODEL_NAME");
        models.commit("base", "base2");
        assertThat(repository.run("update", "base").err()).contains("late: post-update a");
    }

    /** A second repository with the lineage as plain Git clones it, and the parameters beside it. */
    private TestRepository cloned() throws IOException, InterruptedException {
        TestRepository clone = TestRepository.init(folder.resolve("clone"));
        Path lineage = clone.mgit().resolve("lineage.git");
        Trees.delete(lineage);
        Process git = new ProcessBuilder(
                        "git",
                        "clone",
                        "-q",
                        "--mirror",
                        repository.mgit().resolve("lineage.git").toString(),
                        lineage.toString())
                .inheritIO()
                .start();
        assertThat(Await.exit(git)).isZero();
        Trees.delete(clone.mgit().resolve("parameters"));
        Trees.copy(repository.mgit().resolve("parameters"), clone.mgit().resolve("parameters"));
        return clone;
    }

    @Test
    void whatCameWithACloneIsInertUntilItWasShownAndAccepted() throws Exception {
        models.test("lines", "all", "commit", "lines:lower", HookedRepository.COUNT);
        repository.ok("hooks", "add", "late", "--event", "post-commit", "--shell", "--", "echo hook >> ../runs");
        TestRepository clone = cloned();
        var there = new HookedRepository(clone);

        clone.ok("config", "update.auto", "run");
        there.commit("base", "base2");
        assertThat(there.ran()).isEmpty();
        assertThat(clone.ok("test", "list")).contains("lines (not trusted)");
        assertThat(clone.ok("hooks", "list")).contains("late (not trusted)");
        assertThat(clone.ok("update", "base", "--plan")).contains("untrusted", "Nothing to run");
        TestRepository.assertRefused(
                clone.run("test", "run", "--test", "lines"), 1, "test 'lines' came from elsewhere");
        TestRepository.assertRefused(clone.run("rerun", "a"), 1, "the recipe of 'a' came from elsewhere");

        Cli.Ran shown = clone.run("hooks", "trust");
        assertThat(shown.out()).contains("tests/lines.json", "hooks/late.json", "recipe of a", "echo hook >> ../runs");
        assertThat(shown.err()).contains("hint: approve what you have reviewed with 'mgit hooks trust ID...'");
        List<JsonObject> pending = clone.json("hooks", "trust", "--json").objects("pending");
        assertThat(pending).hasSize(3);
        clone.refuses(2, "nothing that waits has the id 'tests/lines.json'", "hooks", "trust", "tests/lines.json");
        clone.ok("hooks", "trust", pending.get(0).string("id").substring(0, 12));
        assertThat(clone.json("hooks", "trust", "--json").objects("pending")).hasSize(2);
        clone.ok("hooks", "trust", "--all");
        assertThat(clone.ok("hooks", "trust")).contains("Everything here is trusted");
        there.commit("base", "base3");
        assertThat(there.ran()).contains("hook", "test base", "a");
        assertThat(clone.ok("hooks", "trust", "--withdraw", "hooks/late.json")).contains("No longer trusted");
        there.commit("base", "base4");
        assertThat(there.ran()).doesNotContain("hook");
    }

    @Test
    void whatIsShownCannotSteerTheTerminalOrHide() throws Exception {
        repository.ok("hooks", "add", "sly", "--event", "post-commit", "--", "echo", "\u202egnp.exe\u009b2J");
        assertThat(cloned().ok("hooks", "trust")).contains("\\u202egnp.exe\\x9b2J");
    }
}
