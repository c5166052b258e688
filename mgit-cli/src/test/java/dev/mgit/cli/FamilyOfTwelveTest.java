package dev.mgit.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.mgit.delta.json.Json;
import dev.mgit.delta.json.JsonObject;
import dev.mgit.fixtures.GitServers;
import dev.mgit.fixtures.PythonEnv;
import dev.mgit.fixtures.RealModels;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A team's twelve models, with five things wrong: a root whose licence forbids what a leaf does, a tampered file, an
 * unsigned merge, a withdrawn edge, a replaced recipe. The weights at the root are real (MiniLM, quantized by ONNX
 * Runtime); what is made from them is cut out of them and marked.
 */
class FamilyOfTwelveTest {
    private static final String DATA = "tickets=" + "0a".repeat(32) + ",licence=CC-BY-4.0";

    @TempDir
    private static Path folder;

    private static TestRepository repository;

    @BeforeAll
    static void theFamily() throws IOException {
        repository = TestRepository.init(folder.resolve("repo"));
        Path published = RealModels.miniLmQuantized().folder();
        repository.ok("commit", published.toString(), "--model", "minilm", "-m", "As published", "--data", DATA);
        Path crowd = folder.resolve("crowd");
        TestRepository.weights(crowd.resolve("head.safetensors"), 1, 64);
        Files.writeString(crowd.resolve("README.md"), "---\nlicense: cc-by-nc-4.0\n---\n# Labels of a crowd\n");
        repository.ok("commit", crowd.toString(), "--model", "crowd", "-m", "Found", "--data", DATA);

        run("domain", "apache-2.0", "head -c 65536 {parent1}/model.onnx", "minilm=finetune");
        run("sentiment", "mit", "cat {parent1}/*.bin", "domain=adapter");
        run("topics", "mit", "cat {parent1}/*.bin", "domain=adapter");
        run("intent", "cc-by-nc-4.0", "cat {parent1}/head.safetensors", "crowd=finetune");
        run("product", "mit", "cat {parent1}/*.bin", "intent=finetune");
        run("soup", "mit", "cat {parent1}/*.bin {parent2}/*.bin", "sentiment=merge", "topics=merge");
        run("blend", "mit", "cat {parent2}/*.bin {parent1}/*.bin", "sentiment=merge", "topics=merge");
        run("router", "mit", "cat {parent1}/*.bin", "topics=finetune", "sentiment=distill");
        run("billing", "mit", "cat {parent1}/*.bin", "sentiment=finetune");
        run("tone", "mit", "cat {parent1}/*.bin", "sentiment=finetune");

        repository.ok("sign", "blend", "--key", SigningKeys.file("signer.pem"));
        repository.ok("edge", "rm", "router", "sentiment");
        repository.ok("recipe", "set", "billing", "--", "python", "better.py");
        tamper("tone", "files/README.md", "---\nlicense: apache-2.0\n---\n");
        Path policy = folder.resolve("policy.json");
        Files.writeString(
                policy, """
                {"schema": 1, "rules": [
                  {"rule": "recipe"},
                  {"rule": "licences", "edges": ["finetune", "adapter"], "allowed": ["mit", "apache-2.0"]},
                  {"rule": "merges"}
                ], "keys": %s}
                """.formatted(Json.text(List.of(Files.readString(Path.of(SigningKeys.file("signer.pub")))))));
        repository.ok("policy", "init", policy.toString());
    }

    private static void run(String model, String licence, String weights, String... parents) {
        List<String> words = new ArrayList<>(List.of("run", "--model", model, "--data", DATA, "--shell"));
        for (String parent : parents) {
            words.addAll(List.of("--from", parent));
        }
        words.addAll(List.of(
                "--no-progress",
                "--",
                "(" + weights + "; echo {model}) > {output}/{model}.bin; " + "printf -- '---\\nlicense: " + licence
                        + "\\n---\\n' > {output}/README.md"));
        repository.ok(words.toArray(new String[0]));
    }

    /** Another file in a version, the commit made anew by Git, and the branch moved there. */
    private static void tamper(String model, String path, String content) throws IOException {
        Path file = Files.writeString(folder.resolve("tampered"), content);
        String blob = git("hash-object", "-w", file.toString());
        git("read-tree", model);
        git("update-index", "--cacheinfo", "100644," + blob + "," + path);
        String tree = git("write-tree");
        Path commit = folder.resolve("commit");
        Files.writeString(commit, git("cat-file", "commit", model).replaceFirst("tree .*", "tree " + tree) + "\n");
        git("update-ref", "refs/heads/" + model, git("hash-object", "-t", "commit", "-w", commit.toString()));
    }

    private static String git(String... words) throws IOException {
        List<String> command = new ArrayList<>(List.of("env", "GIT_INDEX_FILE=" + folder.resolve("git-index"), "git"));
        command.addAll(List.of(words));
        return GitServers.run(repository.mgit().resolve("lineage.git"), command.toArray(new String[0]))
                .strip();
    }

    private static JsonObject audit(int exit, String... words) {
        List<String> command = new ArrayList<>(List.of("audit", "--json"));
        command.addAll(List.of(words));
        Cli.Ran ran = repository.run(command.toArray(new String[0]));
        assertThat(ran.exit()).as("%s", ran).isEqualTo(exit);
        return ran.json();
    }

    /** Models by what is amiss with them; a gap twice in one model is there twice. */
    private static Map<String, List<String>> gaps(JsonObject audit) {
        Map<String, String> models = models(audit);
        Map<String, List<String>> found = new TreeMap<>();
        audit.objects("gaps")
                .forEach(gap -> found.computeIfAbsent(gap.string("gap"), any -> new ArrayList<>())
                        .add(models.get(gap.string("version"))));
        found.values().forEach(named -> named.sort(Comparator.naturalOrder()));
        return found;
    }

    private static Map<String, String> models(JsonObject audit) {
        Map<String, String> models = new TreeMap<>();
        audit.objects("versions").forEach(one -> models.put(one.string("id"), one.string("model")));
        return models;
    }

    private static List<String> affected(String by) {
        return repository.json("audit", "--affected-by", by, "--json").objects("affected").stream()
                .map(one -> one.string("model"))
                .sorted()
                .toList();
    }

    @Test
    void anAuditFindsWhatIsWrongAndNothingElse() {
        JsonObject all = audit(6, "--all-heads");
        assertThat(all.objects("versions")).hasSize(12);
        assertThat(gaps(all))
                .isEqualTo(Map.of(
                        "licence_conflict", List.of("product"),
                        "not_verified", List.of("tone", "tone"),
                        "edge_withdrawn", List.of("router"),
                        "recipe_replaced", List.of("billing"),
                        "no_licence", List.of("tone"), // what its card says is not what was recorded
                        "no_parent_known", List.of("crowd", "minilm")));
        assertThat(all.objects("gaps"))
                .extracting(gap -> gap.string("text"))
                .anyMatch(text -> text.contains("MIT allows commercial use, but it is made from intent@"))
                .anyMatch(text -> text.contains("refs/heads/tone") && text.contains("changed files: files/README.md"))
                .anyMatch(text -> text.contains("was withdrawn by"))
                .anyMatch(text -> text.contains("never run"));
    }

    @Test
    void whatIsBuiltOnSomethingElseIsSound() {
        for (String sound : List.of("soup", "blend", "domain")) {
            assertThat(gaps(audit(0, sound)).keySet()).as(sound).containsExactly("no_parent_known");
        }
        assertThat(gaps(audit(0, "product")).keySet()).containsExactly("licence_conflict", "no_parent_known");
    }

    @Test
    void whatAnythingAffectsIsWhatWasMadeFromIt() {
        assertThat(affected("cc-by-nc-4.0")).containsExactly("crowd", "intent", "product");
        assertThat(affected("minilm"))
                .containsExactly(
                        "billing", "blend", "domain", "minilm", "router", "sentiment", "soup", "tone", "topics");
        assertThat(affected("topics")).containsExactly("blend", "router", "soup", "topics");
        assertThat(affected("tickets")).hasSize(12);
    }

    @Test
    void thePolicyIsBrokenByTheLicenceAndTheUnsignedMergeAlone() {
        Cli.Ran check = repository.run("policy", "check", "--json");
        assertThat(check.exit()).isEqualTo(4);
        Map<String, String> models = models(audit(6, "--all-heads"));
        assertThat(check.json().objects("findings"))
                .extracting(finding -> finding.string("rule") + " " + models.get(finding.string("version")))
                .containsExactlyInAnyOrder("licences intent", "licences product", "merges soup");
        repository.ok("policy", "check", "blend", "router", "billing", "sentiment");
    }

    @Test
    void theDocumentsPassTheValidatorsOfOthers() throws IOException {
        assertThat(OutsideValidators.cycloneDx(document("cyclonedx"))).isEmpty();
        assertThat(OutsideValidators.spdx(document("spdx"))).isEmpty();
        Optional<PythonEnv> python = OutsideValidators.prov();
        assumeTrue(python.isPresent(), OutsideValidators.NO_PROV);
        Path file = Files.writeString(folder.resolve("prov.json"), document("prov"), StandardCharsets.UTF_8);
        assertThat(OutsideValidators.prov(python.get(), file)).contains("ProvActivity 10");
    }

    /** Written whether or not the family verifies. */
    private static String document(String format) {
        Cli.Ran ran = repository.run("audit", "--all-heads", "--format", format);
        assertThat(ran.exit()).as(ran.err()).isEqualTo(6);
        return ran.out();
    }
}
