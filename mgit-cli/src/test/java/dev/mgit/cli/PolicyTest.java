package dev.mgit.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mgit.delta.json.Json;
import dev.mgit.fixtures.GitServers;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Each rule of a policy kept and broken, and every way in, with made models. */
class PolicyTest {
    private static final String COPY = "cp {parent1}/* {output}/; echo $MGIT_MODEL_NAME > {output}/name";

    @TempDir
    private Path folder;

    private TestRepository repository;

    @BeforeEach
    void aBase() throws IOException {
        repository = TestRepository.init(folder.resolve("repo"));
        commit("base", "--trailer", "License=apache-2.0", "--trailer", "Train-FLOPs=9e21");
        commit("private", "--trailer", "License=cc-by-nc-4.0");
    }

    private Cli.Ran commit(String model, String... options) throws IOException {
        Path files = folder.resolve("by-hand").resolve(model);
        TestRepository.weights(files.resolve("model.safetensors"), model.hashCode(), 16);
        List<String> words = new ArrayList<>(List.of("commit", files.toString(), "--model", model, "-m", model));
        words.addAll(List.of(options));
        return repository.run(words.toArray(new String[0]));
    }

    private Cli.Ran run(String model, String... parents) {
        List<String> words = new ArrayList<>(List.of("run", "--model", model));
        for (String parent : parents) {
            words.addAll(List.of("--from", parent));
        }
        words.addAll(List.of("--shell", "--no-progress", "--", COPY));
        return repository.run(words.toArray(new String[0]));
    }

    private void policy(String rules, String... keys) throws IOException {
        Path file = folder.resolve("policy.json");
        Files.writeString(
                file, "{\"schema\": 1, \"rules\": [" + rules + "], \"keys\": " + Json.text(List.of(keys)) + "}");
        repository.ok("policy", "init", file.toString(), "--force");
    }

    private void broken(String sentence, String... revisions) {
        List<String> words = new ArrayList<>(List.of("policy", "check"));
        words.addAll(List.of(revisions));
        Cli.Ran ran = repository.run(words.toArray(new String[0]));
        assertThat(ran.exit()).as("%s", ran).isEqualTo(4);
        assertThat(ran.out()).contains(sentence).contains("  to do: ");
    }

    @Test
    void aPolicyIsSetOnceShownAndExplained() throws IOException {
        assertThat(repository.run("policy", "check").exit()).isEqualTo(1);
        assertThat(repository.ok("policy", "init")).contains("The policy is set");
        repository.refuses(5, "there is already a policy", "policy", "init");
        assertThat(repository.ok("policy", "show")).contains("{\"rule\": \"recipe\"}");
        assertThat(repository.ok("policy", "explain", "base"))
                .contains("recipe: not concerned", "merges: not concerned");
        assertThat(repository.ok("op", "log")).contains("policy");
        Path bad = Files.writeString(folder.resolve("bad.json"), "{\"schema\": 1, \"rules\": [{\"rule\": \"luck\"}]}");
        repository.refuses(2, "there is no rule 'luck'", "policy", "init", bad.toString(), "--force");
        Files.writeString(bad, "{\"schema\": 1, \"rules\"");
        repository.refuses(2, "cannot be read", "policy", "init", bad.toString(), "--force");
    }

    @Test
    void whatIsDerivedNeedsARecipe() throws IOException {
        policy("{\"rule\": \"recipe\"}");
        assertThat(run("child", "base").exit()).isZero();
        Cli.Ran ran = commit("by-hand", "--from", "base=finetune");
        TestRepository.assertRefused(ran, 4, "rule 'recipe': by-hand@");
        assertThat(ran.err()).contains("was derived, and has no recipe", "hint: make it with 'mgit run'");
        repository.refuses(2, "unknown revision 'by-hand'", "show", "by-hand");
        repository.ok("policy", "check");
    }

    @Test
    void licencesAreAllowedByKindOfEdge() throws IOException {
        policy("{\"rule\": \"licences\", \"edges\": [\"finetune\"], \"allowed\": [\"Apache-2.0\", \"mit\"]}");
        assertThat(commit("good", "--from", "base=finetune", "--trailer", "License=mit")
                        .exit())
                .isZero();
        assertThat(commit("other-kind", "--from", "private=distill").exit()).isZero();
        TestRepository.assertRefused(
                commit("bad", "--from", "private=finetune"), 4, "which is under cc-by-nc-4.0, not Apache-2.0 or MIT");
        TestRepository.assertRefused(
                commit("unknown", "--from", "other-kind=finetune"), 4, "which is under no recorded licence");
        policy("{\"rule\": \"licences\", \"allowed\": [\"mit\"], \"models\": \"good\"}");
        repository.ok("policy", "check", "good", "private");
        policy("{\"rule\": \"licences\", \"allowed\": [\"mit\"], \"models\": \"p*\"}");
        broken("private@", "private");
    }

    @Test
    void licencesAreComparedAsExpressions() throws IOException {
        policy("{\"rule\": \"licences\", \"allowed\": [\"MIT\", \"Apache-2.0\", \"gpl-2.0\"]}");
        for (String kept : List.of("mit OR cc-by-nc-4.0", "mit AND apache-2.0", "(mit AND apache-2.0) OR gpl-3.0")) {
            assertThat(commit("kept-" + kept.hashCode(), "--trailer", "License=" + kept)
                            .exit())
                    .as(kept)
                    .isZero();
        }
        for (String broken : List.of("mit AND cc-by-nc-4.0", "gpl-3.0 OR cc-by-nc-4.0", "mitx")) {
            TestRepository.assertRefused(
                    commit("broken-" + broken.hashCode(), "--trailer", "License=" + broken),
                    4,
                    "is under " + broken + ", not MIT or Apache-2.0 or");
        }
    }

    @Test
    void aLicenceBindsWhatIsMadeFromWhatWasMade() throws IOException {
        commit("middle", "--from", "private=finetune", "--trailer", "License=mit");
        policy("{\"rule\": \"licences\", \"edges\": [\"quantize\"], \"allowed\": [\"mit\"]}");
        TestRepository.assertRefused(
                commit("leaf", "--from", "middle=quantize"), 4, "is a quantize of what was made from private@");
    }

    @Test
    void rootsAreThoseAllowed() throws IOException {
        policy("{\"rule\": \"roots\", \"allowed\": [\"base\"]}");
        assertThat(run("child", "base").exit()).isZero();
        TestRepository.assertRefused(run("stray", "private"), 4, "which is no allowed root");
        TestRepository.assertRefused(commit("new"), 4, "is a root, which is no allowed root");
    }

    @Test
    void aFineTuneThatTookAThirdOfItsParentsComputeIsFlagged() throws IOException {
        policy("{\"rule\": \"compute\"}");
        assertThat(commit("small", "--from", "base=finetune", "--trailer", "Train-FLOPs=2.9e21")
                        .exit())
                .isZero();
        assertThat(commit("silent", "--from", "base=finetune").exit()).isZero();
        TestRepository.assertRefused(
                commit("large", "--from", "base=finetune", "--trailer", "Train-FLOPs=4.5e21"),
                4,
                "took 50% of the training compute of its parent base@");
    }

    @Test
    void testsAndAgeBindWhatIsPublished() throws IOException {
        repository.ok(
                "test",
                "add",
                "size",
                "--on",
                "base",
                "--event",
                "manual",
                "--metric",
                "n:higher:min=2",
                "--shell",
                "--",
                "echo \"{\\\"n\\\": $(wc -l < ../n)}\" > $MGIT_METRICS");
        policy("{\"rule\": \"tests\", \"names\": [\"size\"], \"models\": \"base\"}");
        broken("was not tested by 'size'");
        Files.writeString(folder.resolve("n"), "\n");
        repository.run("test", "run", "base", "--no-progress");
        broken("failed test 'size'");
        Files.writeString(folder.resolve("n"), "\n\n\n");
        repository.ok("test", "run", "base", "--no-progress", "--fresh");
        repository.ok("policy", "check");

        policy("{\"rule\": \"age\", \"days\": 1}");
        repository.ok("policy", "check");
    }

    @Test
    void whatIsPushedMustBeSigned() throws IOException {
        String key = Files.readString(Path.of(SigningKeys.file("signer.pub")), StandardCharsets.US_ASCII);
        policy(
                "{\"rule\": \"signatures\", \"attest\": [\"provenance\"], \"models\": \"base\"}, {\"rule\": \"merges\"}",
                key);
        GitServers.bare(folder.resolve("hub.git"));
        repository.ok("remote", "add", "origin", folder.resolve("hub.git").toString());
        repository.refuses(4, "rule 'signatures': base@", "push", "--lineage-only");
        repository.ok("sign", "base", "--key", SigningKeys.file("other.pem"), "--attest", "provenance");
        broken("is not signed by a key or certificate that counts");
        repository.ok("sign", "base", "--key", SigningKeys.file("signer.pem"));
        broken("its provenance are not");
        repository.ok("sign", "base", "--key", SigningKeys.file("signer.pem"), "--attest", "provenance");
        assertThat(repository.ok("policy", "explain", "base")).contains("signatures: kept");
        repository.ok("verify", "base"); // by the key that the policy lists
        repository.ok("push", "--lineage-only");

        assertThat(Cli.run(folder, "clone", "hub.git", "ben", "--lineage-only").exit())
                .isZero();
        TestRepository ben = new TestRepository(folder.resolve("ben"));
        assertThat(ben.ok("policy", "check")).contains("The policy is kept");
        ben.ok("policy", "init", "--force");
    }

    @Test
    void aMergeThatNobodySignedDoesNotLeaveNorComeIn() throws IOException {
        GitServers.bare(folder.resolve("hub.git"));
        repository.ok("remote", "add", "origin", folder.resolve("hub.git").toString());
        repository.ok("push", "--lineage-only");
        assertThat(Cli.run(folder, "clone", "hub.git", "ben", "--lineage-only").exit())
                .isZero();
        commit("merged", "--from", "base=merge", "--from", "private=merge");
        repository.ok("push", "--lineage-only");
        TestRepository ben = new TestRepository(folder.resolve("ben"));
        ben.ok("policy", "init");
        TestRepository.assertRefused(ben.run("pull"), 4, "is a merge and is not signed");
        assertThat(ben.run("show", "merged").exit()).isEqualTo(2);

        policy("{\"rule\": \"merges\"}");
        broken("rule 'merges': merged@", "merged");
    }
}
