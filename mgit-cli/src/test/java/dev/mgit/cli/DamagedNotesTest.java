package dev.mgit.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mgit.delta.json.JsonObject;
import dev.mgit.fixtures.Await;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A note that cannot be read costs itself only. Real commands on made models. */
class DamagedNotesTest {
    @TempDir
    private Path folder;

    private TestRepository repository;

    @BeforeEach
    void twoTestedModels() throws IOException {
        repository = HookedRepository.init(folder)
                .derive("a", "base")
                .derive("b", "base")
                .repository();
        repository.ok(
                "test",
                "add",
                "lines",
                "--on",
                "all",
                "--metric",
                "lines:lower",
                "--",
                "sh",
                "-c",
                "echo '{\"lines\": 1}' > $MGIT_METRICS");
        repository.ok("test", "run", "--no-progress", "a", "b");
    }

    private String id(String revision) {
        return repository.id(revision);
    }

    private void git(String... words) throws Exception {
        List<String> command = new ArrayList<>(List.of(
                "git",
                "-c",
                "user.name=Ada",
                "-c",
                "user.email=ada@example.org",
                "--git-dir",
                repository.root() + "/.mgit/lineage.git"));
        command.addAll(List.of(words));
        assertThat(Await.exit(new ProcessBuilder(command).inheritIO().start())).isZero();
    }

    @ParameterizedTest
    @ValueSource(strings = {"{", "{\"schema\":1,\"results\":[{\"test\":\"lines\"}]}", "[1]", "\u00e9\u0000"})
    void aNoteOfResults(String content) throws Exception {
        Path file = folder.resolve("note");
        Files.writeString(file, content);
        git("notes", "--ref", "refs/notes/mgit/tests", "add", "-f", "-F", file.toString(), id("a"));

        assertPassedOver("test", "report", "a", "b");
        assertPassedOver("update", "--dry-run", "base");
        assertThat(repository.ok("show", "b")).contains("b");
        Cli.Ran fsck = repository.run("fsck");
        assertThat(fsck.exit()).isEqualTo(6);
        assertThat(fsck.out()).contains("damaged: note 'tests' on version " + id("a"));

        assertThat(repository.ok("fsck", "--repair")).contains("repaired: set the note 'tests'", "no damage");
        assertThat(repository.run("test", "report", "a", "b").err()).doesNotContain("warning");
        git("rev-parse", "--verify", "refs/notes/mgit/set-aside/tests");
        repository.ok("undo");
        assertThat(repository.run("fsck").exit()).isEqualTo(6);
    }

    private void assertPassedOver(String... command) {
        Cli.Ran ran = repository.run(command);
        assertThat(ran.exit()).as(ran.toString()).isLessThanOrEqualTo(3);
        assertThat(ran.err()).as(ran.toString()).doesNotContain("internal error");
        if (command[0].equals("test")) {
            assertThat(ran.err()).containsOnlyOnce("warning: the note 'tests' on version " + id("a"));
            assertThat(ran.out()).contains("b");
        }
    }

    @Test
    void aNoteOfARecipeOrOfEdges() throws Exception {
        for (String namespace : List.of("recipes", "edges")) {
            git("notes", "--ref", "refs/notes/mgit/" + namespace, "add", "-f", "-m", "{\"op\": 1", id("a"));
        }
        assertThat(repository.run("log").exit()).isZero();
        assertThat(repository.run("show", "a").exit()).isZero();
        assertThat(repository.run("gc", "--prune-older-than", "0").exit()).isZero();
        Cli.Ran plan = repository.run("update", "--dry-run", "base");
        assertThat(plan.exit()).as(plan.toString()).isLessThanOrEqualTo(3);
        JsonObject fsck = repository.run("fsck", "--json").json();
        assertThat(fsck.objects("damage"))
                .extracting(damage -> damage.string("what"))
                .hasSize(2);
        JsonObject repaired = repository.json("fsck", "--repair", "--json");
        assertThat(repaired.strings("repaired")).hasSize(2);
        assertThat(repaired.flag("clean")).isTrue();
        assertThat(repository.run("log").err()).isEmpty();
    }
}
