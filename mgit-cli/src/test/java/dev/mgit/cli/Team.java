package dev.mgit.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mgit.cli.CommandScenarios.Scenario;
import dev.mgit.fixtures.GitServers;
import dev.mgit.fixtures.Trees;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;

/**
 * Two who share models by a bare Git repository and a store. Ada has something to push; Ben, who has it already, something else
 * that Ada can pull. All made.
 *
 * @param pushed files of the model that Ada has to push, by name
 */
record Team(Path folder, TestRepository ada, TestRepository ben, TreeMap<String, String> pushed) {
    private static final int ELEMENTS = 6000;

    static Team make(Path folder) throws IOException {
        GitServers.bare(Files.createDirectories(folder).resolve("models.git"));
        TestRepository ada = TestRepository.init(folder.resolve("ada"));
        commit(ada, "base", 1);
        ada.ok("remote", "add", "origin", "../models.git", "--store", "../store");
        ada.ok("push");
        Cli.run(folder, "clone", "models.git", "ben");
        TestRepository ben = new TestRepository(folder.resolve("ben"));
        commit(ben, "two", 2, "--from", "base");
        ben.ok("push");
        TreeMap<String, String> pushed = commit(ada, "one", 3, "--from", "base");
        ada.ok("edge", "add", "one", "base", "distill");
        Trees.copy(folder, kept(folder));
        return new Team(folder, ada, ben, pushed);
    }

    private static TreeMap<String, String> commit(TestRepository repository, String model, int seed, String... more)
            throws IOException {
        Path run = repository.root().resolve("run-" + model);
        TestRepository.weights(run.resolve("model.safetensors"), seed, ELEMENTS);
        Files.writeString(run.resolve("config.json"), "{\"seed\":" + seed + "}");
        var words = new ArrayList<>(List.of("commit", run.toString(), "--model", model));
        words.addAll(List.of(more));
        repository.ok(words.toArray(String[]::new));
        return TestRepository.contents(run);
    }

    /** As it was made; it stays where it is, since a lineage names its store in full. */
    void restore() throws IOException {
        Trees.delete(folder);
        Trees.copy(kept(folder), folder);
    }

    private static Path kept(Path folder) {
        return folder.resolveSibling(folder.getFileName() + "-as-made");
    }

    /** Requires that what Ada was told is true: her command did what its words say. */
    void requireDone(Scenario command, String what) throws IOException {
        String here = references(ada.mgit().resolve("lineage.git"));
        switch (command.words().get(0)) {
            case "push" ->
                assertThat(references(folder.resolve("models.git"))).as(what).contains("refs/heads/one");
            case "pull", "fetch" -> assertThat(here).as(what).contains("refs/remotes/origin/two");
            case "clone" ->
                assertThat(new TestRepository(folder.resolve("dan")).ok("show", "two"))
                        .as(what)
                        .contains("two");
            default ->
                assertThat(references(folder.resolve("models.git"))).as(what).contains("refs/heads/two");
        }
    }

    private static String references(Path git) throws IOException {
        return GitServers.run(git, "git", "for-each-ref");
    }

    /** Requires that both sides are sound, and that a pull and a push arrive, wherever a command was stopped before. */
    void requireSound(String what) throws IOException {
        try {
            requireSound();
        } catch (AssertionError | RuntimeException e) {
            throw new AssertionError(what + ": " + e.getMessage(), e);
        }
    }

    private void requireSound() throws IOException {
        assertThat(GitServers.run(folder.resolve("models.git"), "git", "fsck", "--strict"))
                .doesNotContain("error", "missing");
        assertThat(ada.ok("fsck")).contains("no damage");
        removeLocks();
        ada.ok("pull");
        ada.ok("push");
        TestRepository cat = new TestRepository(folder.resolve("cat"));
        assertThat(Cli.run(folder, "clone", "models.git", "cat").exit()).isZero();
        assertThat(cat.ok("fsck")).contains("no damage");
        assertThat(cat.ok("show", "one")).contains("distill of base");
        cat.ok("checkout", "one", "out");
        assertThat(TestRepository.contents(cat.root().resolve("out"))).isEqualTo(pushed);
        assertThat(ada.id("two")).isEqualTo(ben.id("two"));
        assertThat(ada.ok("fsck")).contains("no damage");
    }

    /** A bare repository in a folder is Git's: a writer that is killed there leaves its lock, as Git itself does. */
    private void removeLocks() throws IOException {
        GitServers.run(folder.resolve("models.git"), "find", ".", "-name", "*.lock", "-delete");
    }
}
