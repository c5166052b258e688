package dev.mgit.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.mgit.delta.json.Json;
import dev.mgit.delta.json.JsonObject;
import dev.mgit.fixtures.PythonEnv;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The answer of an audit in the formats of others, judged by their own validators; made models, a real repository. */
class AuditDocumentsTest {
    private static final String CARD = """
            ---
            license: cc-by-nc-4.0
            pipeline_tag: text-classification
            datasets:
            - org/reviews
            ---
            # Base

            ## Intended uses

            Sorting *reviews* | nothing else <b>.

            ## Limitations

            English only.
            """;

    @TempDir
    private static Path folder;

    private static TestRepository repository;

    /** base (cc-by-nc) → tuned (mit, by a recipe, tested) → small (inferred from the weights). */
    @BeforeAll
    static void commitAFamily() throws IOException {
        repository = TestRepository.init(folder.resolve("repo"));
        Path base = LayeredFamily.write(folder.resolve("base"), Map.of());
        Files.writeString(base.resolve("README.md"), CARD);
        Files.writeString(base.resolve("config.json"), "{\"architectures\":[\"ToyModel\"],\"model_type\":\"toy\"}");
        repository.ok("commit", base.toString(), "--model", "base", "-m", "A <script>alert(1)</script> | base");
        Files.writeString(repository.root().resolve("data.csv"), "a,b\n1,2\n");
        Files.writeString(
                repository.root().resolve("train.sh"),
                "cp $MGIT_PARENT_1/model.safetensors $MGIT_OUTPUT/ && printf x >>$MGIT_OUTPUT/notes.txt && "
                        + "printf -- '---\\nlicense: mit\\nbase_model: org/elsewhere\\n---\\n' >$MGIT_OUTPUT/README.md\n");
        repository.ok(
                "run",
                "--model",
                "tuned",
                "--from",
                "base",
                "--input",
                "data.csv",
                "--seed",
                "7",
                "--env",
                "LEVEL=secret-value",
                "--",
                "sh",
                "train.sh");
        repository.ok(
                "test",
                "add",
                "t",
                "--on",
                "all",
                "--metric",
                "accuracy:higher:min=0.9",
                "--",
                "sh",
                "-c",
                "echo '{\"accuracy\":0.75}' >$MGIT_METRICS");
        repository.run("test", "run", "tuned");
        Path small = LayeredFamily.write(folder.resolve("small"), Map.of(1, 11));
        repository.ok("commit", small.toString(), "--model", "small", "--detect");
    }

    private static String document(String format, String... more) {
        List<String> command = new ArrayList<>(List.of("audit"));
        command.addAll(more.length == 0 ? List.of("tuned") : Arrays.asList(more));
        command.addAll(List.of("--format", format));
        return repository.ok(command.toArray(String[]::new));
    }

    private static JsonObject parsed(String document) {
        return Json.parseObject(document.getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void jsonSaysHowEveryVersionWasMadeAndWhatIsMissing() {
        JsonObject audit = repository.json("audit", "tuned", "--json");
        JsonObject tuned = audit.objects("versions").get(0);
        assertThat(tuned.object("made").strings("command")).containsExactly("sh", "train.sh");
        assertThat(tuned.object("made").object("sources").members()).containsOnlyKeys("train.sh");
        assertThat(tuned.object("made").strings("variables")).containsExactly("LEVEL");
        assertThat(tuned.objects("data"))
                .extracting(data -> data.string("name"))
                .containsExactly("data");
        assertThat(tuned.objects("data").get(0).string("sha256")).hasSize(64);
        assertThat(tuned.objects("tests").get(0).string("status")).isEqualTo("failed");
        assertThat(tuned.objects("obligations"))
                .extracting(one -> one.string("obligation"))
                .containsExactly("attribution", "non-commercial");
        JsonObject base = audit.objects("versions").get(1);
        assertThat(base.object("card").string("limits")).isEqualTo("English only.");
        assertThat(base.string("licence_expression")).isEqualTo("CC-BY-NC-4.0");
        assertThat(audit.objects("gaps"))
                .extracting(gap -> gap.string("gap"))
                .containsExactly(
                        "licence_conflict",
                        "claim_contradicts_edge",
                        "test_failed",
                        "no_parent_known",
                        "dataset_without_digest");
        assertThat(audit.strings("held")).isNotEmpty();
        assertThat(audit.strings("trusted")).anyMatch(line -> line.contains("no signature over them holds"));
    }

    @Test
    void noFormatTellsTheValueOfAVariableAndEachIsTheSameTwice() {
        for (String format : List.of("text", "json", "md", "html", "cyclonedx", "prov", "slsa", "spdx")) {
            String document = document(format);
            assertThat(document).as(format).doesNotContain("secret-value").isEqualTo(document(format));
        }
        assertThat(repository.ok("audit", "tuned", "--format", "md", "-o", "a.md"))
                .contains("Wrote a.md");
        assertThat(repository.root().resolve("a.md")).content().isEqualTo(document("md"));
    }

    @Test
    void cycloneDxIsAValidBillOfMaterials() throws Exception {
        for (String bom : List.of(document("cyclonedx"), document("cyclonedx", "--all-heads"))) {
            assertThat(OutsideValidators.cycloneDx(bom)).isEmpty();
        }
        JsonObject bom = parsed(document("cyclonedx"));
        JsonObject tuned = bom.object("metadata").object("component");
        assertThat(tuned.string("type")).isEqualTo("machine-learning-model");
        assertThat(tuned.object("pedigree").objects("ancestors").get(0).string("name"))
                .isEqualTo("base");
        assertThat(tuned.objects("licenses").get(0).object("license").string("id"))
                .isEqualTo("MIT");
        assertThat(tuned.objects("components"))
                .extracting(file -> file.string("name"))
                .containsExactly("README.md", "model.safetensors", "notes.txt");
        JsonObject small =
                parsed(document("cyclonedx", "small")).object("metadata").object("component");
        assertThat(small.object("pedigree").objects("variants")).hasSize(1);
        assertThat(small.object("pedigree").has("ancestors")).isFalse();
        assertThat(bom.objects("components")
                        .get(0)
                        .object("modelCard")
                        .object("considerations")
                        .strings("technicalLimitations"))
                .containsExactly("English only.");
        assertThat(bom.objects("components"))
                .extracting(one -> one.string("type"))
                .contains("data");
        String broken = document("cyclonedx").replace("\"machine-learning-model\"", "\"oracle\"");
        assertThat(OutsideValidators.cycloneDx(broken)).isNotEmpty();
    }

    @Test
    void spdxFollowsItsSchema() throws IOException {
        assertThat(OutsideValidators.spdx(document("spdx", "--all-heads"))).isEmpty();
        assertThat(OutsideValidators.spdx(document("spdx").replace("\"sha256\"", "\"crc\"")))
                .isNotEmpty();
        List<JsonObject> graph = parsed(document("spdx")).objects("@graph");
        assertThat(graph.stream().filter(one -> one.string("type").equals("ai_AIPackage")))
                .hasSize(2)
                .allSatisfy(model -> assertThat(model.members())
                        .containsKeys(
                                "releaseTime",
                                "suppliedBy",
                                "software_downloadLocation",
                                "software_packageVersion",
                                "software_primaryPurpose"));
        assertThat(graph.stream().flatMap(one -> one.optionalString("relationshipType").stream()))
                .contains("descendantOf", "trainedOn", "testedOn", "hasDeclaredLicense", "contains");
        assertThat(graph.stream().flatMap(one -> one.optionalString("spdxId").stream()))
                .doesNotHaveDuplicates();
    }

    @Test
    void pythonsProvReadsTheDerivations() throws IOException {
        Optional<PythonEnv> python = OutsideValidators.prov();
        assumeTrue(python.isPresent(), OutsideValidators.NO_PROV);
        Path file = folder.resolve("prov.json");
        Files.writeString(file, document("prov", "--all-heads"));
        assertThat(OutsideValidators.prov(python.get(), file))
                .containsExactly(
                        "ProvEntity 5",
                        "ProvActivity 1",
                        "ProvDerivation 2",
                        "ProvUsage 2",
                        "['declared', 'inferred']");
    }

    @Test
    void slsaStatementBindsFilesParentsAndData() {
        JsonObject statement = parsed(document("slsa"));
        assertThat(statement.string("_type")).isEqualTo("https://in-toto.io/Statement/v1");
        assertThat(statement.string("predicateType")).isEqualTo("https://slsa.dev/provenance/v1");
        assertThat(statement.objects("subject"))
                .extracting(file -> file.string("name"))
                .containsExactly("README.md", "model.safetensors", "notes.txt");
        assertThat(statement.objects("subject"))
                .allSatisfy(file ->
                        assertThat(file.object("digest").string("sha256")).matches("[0-9a-f]{64}"));
        JsonObject definition = statement.object("predicate").object("buildDefinition");
        assertThat(definition.string("buildType")).isEqualTo("urn:mgit:recipe:v1");
        assertThat(definition.object("externalParameters").strings("command")).containsExactly("sh", "train.sh");
        assertThat(definition.objects("resolvedDependencies"))
                .extracting(one -> one.string("name"))
                .containsExactly("base", "data", "train.sh");
        assertThat(definition.objects("resolvedDependencies"))
                .allSatisfy(
                        one -> assertThat(one.object("digest").string("sha256")).matches("[0-9a-f]{64}"));
        JsonObject details = statement.object("predicate").object("runDetails");
        assertThat(details.object("builder").string("id")).isNotBlank();
        assertThat(details.object("metadata").string("startedOn")).endsWith("Z");
        assertThat(document("slsa", "--all-heads").lines()).hasSize(3).allSatisfy(line -> parsed(line));
    }

    @Test
    void pagesEscapeWhatNamesAndMessagesHold() {
        assertThat(document("html"))
                .startsWith("<!DOCTYPE html>")
                .contains("&lt;script&gt;alert(1)&lt;/script&gt;", "licence conflict")
                .doesNotContain("<script", "http:", "https:", "src=");
        assertThat(document("md"))
                .startsWith("# Provenance of tuned@")
                .contains("\\<script\\>", "\\| base", "| licence conflict |")
                .doesNotContain("<b>");
    }

    @Test
    void aVersionOrAllHeadsMustBeNamed() throws IOException {
        repository.refuses(2, "name a version", "audit");
        repository.refuses(2, "not both", "audit", "tuned", "--all-heads");
        repository.refuses(2, "unknown format 'pdf'", "audit", "tuned", "--format", "pdf");
    }
}
