package dev.mgit.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mgit.delta.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which models saw this data, ran this code, are under this licence; made models, a real repository. */
class ProvenanceQueriesTest {
    private static final String DIGEST = "ab".repeat(32);

    @TempDir
    private Path folder;

    private TestRepository repository;

    /** base (cc-by-nc, data by digest) → tuned (by a recipe that reads data.csv) → small; other stands alone. */
    @BeforeEach
    void commitAFamily() throws IOException {
        repository = TestRepository.init(folder.resolve("repo"));
        Files.writeString(repository.root().resolve("data.csv"), "a,b\n1,2\n");
        Path weights = LayeredFamily.write(folder.resolve("made/tuned"), Map.of(3, 30));
        commit(
                "base",
                Map.of(),
                "--data",
                "corpus=sha256:" + DIGEST + ",licence=cc-by-sa-4.0",
                "--trailer",
                "License=cc-by-nc-4.0");
        repository.ok(
                "run",
                "--model",
                "tuned",
                "--from",
                "base",
                "--input",
                "data.csv",
                "--data",
                "extra=data.csv,licence=MIT OR Apache-2.0",
                "--",
                "cp",
                weights + "/model.safetensors",
                "{output}/");
        commit("small", Map.of(0, 10), "--from", "tuned=quantize");
        commit("other", Map.of(0, 50, 1, 51, 2, 52, 3, 53));
    }

    private void commit(String model, Map<Integer, Integer> seeds, String... more) throws IOException {
        Path made = LayeredFamily.write(folder.resolve("made").resolve(model), seeds);
        List<String> command = new ArrayList<>(List.of("commit", made.toString(), "--model", model));
        command.addAll(List.of(more));
        repository.ok(command.toArray(String[]::new));
    }

    private List<String> found(String... conditions) {
        List<String> command = new ArrayList<>(List.of("find", "--json"));
        command.addAll(List.of(conditions));
        return repository.json(command.toArray(String[]::new)).objects("versions").stream()
                .map(version -> version.string("model"))
                .toList();
    }

    @Test
    void findAnswersByDataCodeAndLicence() throws IOException {
        assertThat(found("--input", "data.csv")).containsExactly("tuned");
        assertThat(found("--input", DIGEST.substring(0, 10))).containsExactly("base");
        assertThat(found("--dataset", "CORPUS")).containsExactly("base");
        assertThat(found("--licence", "CC-BY-NC-4.0")).containsExactly("base");
        assertThat(found("--license", "cc-by-nc-4.0")).containsExactly("base");
        assertThat(found("--dataset", "corpus", "--licence", "mit")).isEmpty();
        assertThat(found("--package", "torch")).isEmpty();
        assertThat(found("--code-revision", "1234")).isEmpty();
        Files.delete(repository.root().resolve("data.csv"));
        assertThat(found("--input", "data.csv")).containsExactly("tuned");
    }

    @Test
    void declaredDataIsRecordedWithDigestAndLicence() {
        JsonObject tuned =
                repository.json("audit", "tuned", "--json").objects("versions").get(0);
        assertThat(tuned.objects("data"))
                .extracting(data -> data.string("name") + " " + data.string("source"))
                .containsExactly("extra declared", "data recipe");
        assertThat(tuned.objects("data").get(0).string("licence")).isEqualTo("MIT OR Apache-2.0");
        JsonObject base =
                repository.json("audit", "base", "--json").objects("versions").get(0);
        assertThat(base.objects("data").get(0).string("sha256")).isEqualTo(DIGEST);
        assertThat(base.objects("data").get(0).string("licence")).isEqualTo("CC-BY-SA-4.0");
    }

    @Test
    void dataThatIsNoneIsRefused() throws IOException {
        String made = folder.resolve("made/base").toString();
        repository.refuses(2, "names no data", "commit", made, "--model", "x", "--data", "nothing");
        repository.refuses(2, "the data 'a' is not there", "commit", made, "--model", "x", "--data", "a=missing.csv");
        repository.refuses(
                2,
                "is not a licence expression",
                "commit",
                made,
                "--model",
                "x",
                "--data",
                "a=" + DIGEST + ",licence=MIT AND");
    }

    @Test
    void whatIsAffectedComesWithTheWayBackAndWhatIsClean() throws IOException {
        JsonObject data = repository.json("audit", "--affected-by", DIGEST.substring(0, 12), "--json");
        assertThat(data.string("read_as")).isEqualTo("data");
        assertThat(data.objects("affected"))
                .extracting(one -> one.string("model"))
                .containsExactly("base", "tuned", "small");
        assertThat(data.objects("affected").get(2).objects("path"))
                .extracting(step -> step.string("kind"))
                .containsExactly("quantize", "finetune");
        assertThat(repository.ok("audit", "--affected-by", "cc-by-nc-4.0"))
                .startsWith("The licence cc-by-nc-4.0 affects 3 version(s)")
                .contains("quantize of tuned@", "finetune of base@");
        assertThat(repository.json("audit", "--affected-by", "extra", "--json").objects("affected"))
                .hasSize(2);
        assertThat(repository.ok("audit", "--affected-by", "torch==2.1")).startsWith("Nothing is affected");

        String old = repository.id("tuned");
        commit("tuned", Map.of(2, 22), "--from", "other");
        JsonObject version = repository.json("audit", "--affected-by", old, "--json");
        assertThat(version.string("read_as")).isEqualTo("version");
        assertThat(version.objects("affected"))
                .extracting(one -> one.string("model") + " " + one.flag("open") + " " + one.has("clean"))
                .containsExactly("small true false", "tuned false true");
        assertThat(repository.ok("audit", "--affected-by", old)).contains("clean as far as recorded: tuned@");
        repository.refuses(2, "--affected-by takes no REV", "audit", "tuned", "--affected-by", old);
    }

    @Test
    void aTensorAffectsWhatContainsIt() {
        String tensor = repository
                .json("blame", "small", "l.0.weight", "--json")
                .objects("tensors")
                .get(0)
                .string("object");
        JsonObject affected = repository.json("audit", "--affected-by", tensor, "--json");
        assertThat(affected.string("read_as")).isEqualTo("tensor");
        assertThat(affected.objects("affected"))
                .extracting(one -> one.string("model"))
                .containsExactly("small");
    }

    @Test
    void anUpdateCarriesDeclaredDataOn() throws IOException {
        commit("base", Map.of(1, 91), "--trailer", "License=cc-by-nc-4.0");
        Files.writeString(repository.root().resolve("data.csv"), "a,b\n3,4\n");
        repository.ok("update", "base", "--only", "tuned");
        JsonObject tuned =
                repository.json("audit", "tuned", "--json").objects("versions").get(0);
        assertThat(tuned.objects("data")).extracting(one -> one.string("name")).containsExactly("extra", "data");
        assertThat(tuned.objects("data").get(0).string("sha256"))
                .isEqualTo(tuned.objects("data").get(1).string("sha256"));
    }

    @Test
    void aReplacedRecipeIsAGapAndTheOneThatRanIsTold() {
        repository.ok("recipe", "set", "tuned", "--", "sh", "-c", "echo another");
        JsonObject audit = repository.json("audit", "tuned", "--json");
        JsonObject tuned = audit.objects("versions").get(0);
        assertThat(tuned.object("made").strings("command")).startsWith("cp");
        assertThat(tuned.object("recipe_replaced_by").strings("command")).contains("echo another");
        assertThat(audit.objects("gaps")).extracting(gap -> gap.string("gap")).contains("recipe_replaced");
        assertThat(repository.ok("audit", "tuned")).contains("replaced by: sh -c echo another at ", ", never run");
    }

    /** What one repository exports another takes over, told by the files' digests alone. */
    @Test
    void aBillOfMaterialsBecomesEdgesAndStatements() throws IOException {
        Path bom = folder.resolve("bom.json");
        Files.writeString(
                bom, repository.ok("audit", "small", "--format", "cyclonedx").replace("\"version\":\"", "\"v\":\""));
        TestRepository there = TestRepository.init(folder.resolve("there"));
        there.ok("commit", folder.resolve("made/base").toString(), "--model", "first");
        there.ok("commit", folder.resolve("made/tuned").toString(), "--model", "middle");
        there.ok("commit", folder.resolve("made/small").toString(), "--model", "second");

        JsonObject imported = there.json("import", "--bom", bom.toString(), "--json");
        assertThat(imported.object("here").members()).hasSize(3);
        assertThat(there.ok("import", "--bom", bom.toString())).contains("0 edge(s) and 0 statement(s)");
        JsonObject second = there.json("audit", "second", "--json");
        assertThat(second.objects("versions").get(0).objects("parents"))
                .extracting(parent -> parent.string("kind") + " " + parent.string("source"))
                .containsExactly("quantize added");
        JsonObject first = second.objects("versions").get(2);
        assertThat(first.string("licence")).isEqualTo("CC-BY-NC-4.0");
        assertThat(first.string("licence_from")).isEqualTo("statement");
        assertThat(first.objects("data").get(0).string("sha256")).isEqualTo(DIGEST);
        assertThat(there.ok("fsck")).endsWith("no damage\n");

        TestRepository empty = TestRepository.init(folder.resolve("empty"));
        assertThat(empty.json("import", "--bom", bom.toString(), "--json").strings("not_here"))
                .hasSize(3);
    }

    @Test
    void whatIsNoBillOfMaterialsIsRefused() throws IOException {
        Path bad = folder.resolve("bad.json");
        for (String text : List.of(
                "",
                "{}",
                "[]",
                "{\"bomFormat\":\"CycloneDX\",\"components\":3}",
                "{\"bomFormat\":\"CycloneDX\",\"components\":[{\"type\":\"machine-learning-model\"}]}")) {
            Files.writeString(bad, text);
            repository.refuses(1, "is not a CycloneDX bill of materials", "import", "--bom", bad.toString());
        }
        repository.refuses(2, "is not a file", "import", "--bom", folder.toString());
        repository.refuses(2, "--bom and --mgit take no PATH", "import", "--bom", bad.toString(), "x");
        repository.refuses(2, "name folders or files to import", "import");
    }
}
