package dev.mgit.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mgit.delta.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Every command that brings versions in asks the same pre-commit hooks, and leaves everything as it was if one says no. */
class WaysInTest {
    private static final String REFUSAL = "hook 'strict' refused the version: exit code 1";

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

    /** Refuses what has "bad" in its history. */
    private void strict(String on) {
        repository.ok(
                "hooks",
                "add",
                "strict",
                "--event",
                "pre-commit",
                "--on",
                on,
                "--shell",
                "--",
                "echo $MGIT_MODEL_NAME >> ../asked; "
                        + "if grep -q bad $MGIT_MODEL/history.txt; then echo it is bad >&2; exit 1; fi");
    }

    /** Lineage and parameters, without the logs and states of commands. */
    private TreeMap<String, String> models() throws IOException {
        TreeMap<String, String> stored = repository.stored();
        stored.keySet().removeIf(name -> name.startsWith("hooks/") || name.startsWith("merge/"));
        return stored;
    }

    private void assertRefused(Cli.Ran ran, TreeMap<String, String> before) throws IOException {
        assertThat(ran.exit()).as(ran.err()).isEqualTo(4);
        assertThat(ran.out() + ran.err()).contains(REFUSAL, "it is bad");
        assertThat(models()).isEqualTo(before);
    }

    private Path checkpoint(String name, String history, int seed) throws IOException {
        Path checkpoint = folder.resolve("found").resolve(name);
        TestRepository.weights(checkpoint.resolve("model.safetensors"), seed, 64);
        Files.writeString(checkpoint.resolve("history.txt"), history + "\n");
        return checkpoint;
    }

    @Test
    void aRefusedCommitLeavesEverythingAsItWas() throws IOException {
        strict("all");
        TreeMap<String, String> before = models();
        assertRefused(models.commit("base", "bad"), before);
    }

    @Test
    void aRefusedRunLeavesEverythingAsItWas() throws IOException {
        strict("all");
        TreeMap<String, String> before = models();
        Cli.Ran ran = repository.run(
                "run",
                "--model",
                "new",
                "--no-progress",
                "--shell",
                "--",
                "cp ../by-hand/base/model.safetensors {output}/; echo bad > {output}/history.txt");
        assertRefused(ran, before);
    }

    @Test
    void aRefusedMergeLeavesEverythingAsItWas() throws IOException {
        models.deriveBy(HookedRepository.TRAIN + "; echo bad >> {output}/history.txt", "b", "base");
        strict("a");
        TreeMap<String, String> before = models();
        assertRefused(
                repository.run("merge", "a", "b", "-s", "history.txt=theirs", "-s", "average", "--no-progress"),
                before);
        repository.ok("merge", "--abort");
    }

    @Test
    void aRefusedCheckpointIsLeftOutOfAnImportAndTheOthersGoOn() throws IOException {
        strict("all");
        checkpoint("one", "bad", 11);
        checkpoint("two", "good", 12);
        Cli.Ran ran = repository.run("import", folder.resolve("found").toString(), "--no-progress");
        assertThat(ran.exit()).isEqualTo(4);
        assertThat(ran.err()).contains("one: " + REFUSAL + "\n  it is bad");
        assertThat(ran.out()).contains("[two ", "imported 1 version (0 already here, 1 left out)");
        assertThat(repository.ok("log", "--all")).contains("Import two").doesNotContain("Import one");

        // What is here already is not asked about again, and the refused one may come in once it is better.
        Files.writeString(folder.resolve("found/one/history.txt"), "good\n");
        Files.delete(folder.resolve("asked"));
        repository.ok("import", folder.resolve("found").toString());
        assertThat(folder.resolve("asked")).hasContent("one");
    }

    @Test
    void anImportOfWhatIsAllRefusedLeavesEverythingAsItWas() throws IOException {
        strict("all");
        repository.run("import", checkpoint("one", "bad", 11).toString(), "--dry-run");
        TreeMap<String, String> before = models();
        assertRefused(repository.run("import", folder.resolve("found/one").toString(), "--no-progress"), before);
        JsonObject json = repository
                .run("import", folder.resolve("found/one").toString(), "--json", "--no-progress")
                .json();
        assertThat(json.objects("skipped").get(0).string("reason")).startsWith(REFUSAL);
    }

    @Test
    void aRefusedUnitOfAnUpdateIsNotPublishedNorWhatIsBelowIt() throws IOException {
        models.derive("below", "a");
        strict("a");
        models.commit("base", "bad");
        TreeMap<String, String> before = models();
        Cli.Ran ran = repository.run("update", "base", "--no-progress");
        assertRefused(ran, before);
        assertThat(ran.out()).contains("'a' failed");
        assertThat(models.history("a")).isEqualTo("base1\n+a\n");
        assertThat(models.history("below")).isEqualTo("base1\n+a\n+below\n");
    }

    @Test
    void hooksAfterACommitFollowAnImportToo() throws IOException {
        repository.ok(
                "hooks",
                "add",
                "late",
                "--event",
                "post-commit",
                "--",
                "sh",
                "-c",
                "echo in: $MGIT_MODEL_NAME; exit 3");
        Cli.Ran ran = repository.run("import", checkpoint("one", "good", 11).toString(), "--no-progress");
        assertThat(ran.exit()).isZero();
        assertThat(ran.err()).contains("late: in: one", "hook 'late' failed on one");
    }

    @Test
    void theRepositoryIsFreeWhileAHookDecidesAboutAnImport() throws IOException {
        repository.ok(
                "hooks",
                "add",
                "writer",
                "--event",
                "pre-commit",
                "--on",
                "one",
                "--shell",
                "--",
                "test ! -s .mgit/lock");
        assertThat(repository
                        .run("import", checkpoint("one", "good", 11).toString(), "--no-progress")
                        .exit())
                .isZero();
    }
}
