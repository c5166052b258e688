package dev.mgit.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Every command that makes a version on this machine holds it against the policy, and leaves everything as it was if a rule
 * is broken. What is pushed, pulled and sent to a server is in {@link PolicyTest} and {@link ServeCommandTest}. Models are made.
 */
class PolicyWaysInTest {
    private static final String RULE = "rule 'licences': ";

    @TempDir
    private Path folder;

    private HookedRepository models;
    private TestRepository repository;
    private TreeMap<String, String> before;

    /** Models without a license, made before a policy asked for one. */
    @BeforeEach
    void aFamilyAndThenAPolicy() throws IOException {
        models = HookedRepository.init(folder).derive("a", "base");
        repository = models.repository();
        models.deriveBy(HookedRepository.TRAIN + "; echo other > {output}/other.txt", "b", "base");
        for (int seed = 2; seed < 4; seed++) {
            Path weights = folder.resolve("weights");
            TestRepository.weights(weights.resolve("model.safetensors"), seed, 64);
            repository.ok("commit", weights.toString(), "--model", "w" + seed);
        }
        models.commit("base", "base2");
        Path policy = Files.writeString(
                folder.resolve("policy.json"),
                "{\"schema\": 1, \"rules\": [{\"rule\": \"licences\", \"allowed\": [\"mit\"]}], \"keys\": []}");
        repository.ok(
                "export",
                "--sparse",
                "w2",
                "w3",
                folder.resolve("patch.safetensors").toString());
        repository.ok("policy", "init", policy.toString());
        before = versions();
    }

    /** Models and tags. What a refused command stored for itself is garbage, or goes with its --abort. */
    private TreeMap<String, String> versions() throws IOException {
        TreeMap<String, String> stored = repository.stored();
        stored.keySet()
                .removeIf(name ->
                        !name.startsWith("lineage.git/refs/heads/") && !name.startsWith("lineage.git/refs/tags/"));
        return stored;
    }

    private void requireRefused(String... words) throws IOException {
        Cli.Ran ran = repository.run(words);
        assertThat(ran.exit()).as("%s", ran).isEqualTo(4);
        assertThat(ran.out() + ran.err()).contains(RULE, "under no recorded licence");
        assertThat(versions()).isEqualTo(before);
    }

    @Test
    void commit() throws IOException {
        requireRefused("commit", models.lay("new", "new").toString(), "--model", "new");
        Files.writeString(models.lay("new", "new").resolve("README.md"), "---\nlicense: mit\n---\n");
        repository.ok("commit", folder.resolve("by-hand/new").toString(), "--model", "new");
    }

    @Test
    void sparseCommit() throws IOException {
        String patch = folder.resolve("patch.safetensors").toString();
        requireRefused("commit", "--sparse", patch, "--from", "w2", "--model", "new");
    }

    @Test
    void run() throws IOException {
        requireRefused(
                "run", "--model", "new", "--from", "a", "--shell", "--no-progress", "--", "cp {parent1}/* {output}/");
    }

    @Test
    void importOfAFolder() throws IOException {
        Path found = folder.resolve("found/one");
        TestRepository.weights(found.resolve("model.safetensors"), 11, 64);
        requireRefused("import", found.toString(), "--no-progress");
    }

    @Test
    void merge() throws IOException {
        requireRefused("merge", "a", "b", "-s", "history.txt=ours", "--model", "new", "--no-progress");
        repository.ok("merge", "--abort");
    }

    @Test
    void update() throws IOException {
        requireRefused("update", "base", "--no-progress");
        assertThat(models.history("a")).isEqualTo("base1\n+a\n");
    }

    @Test
    void watch() throws IOException {
        Path checkpoint = folder.resolve("train/checkpoint-5");
        TestRepository.weights(checkpoint.resolve("model.safetensors"), 12, 64);
        repository.ok("config", "watch.settle", "1s");
        requireRefused("watch", folder.resolve("train").toString(), "--model", "new", "--once");
    }
}
