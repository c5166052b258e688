package dev.mgit.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mgit.delta.json.Json;
import dev.mgit.delta.json.JsonObject;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Questions to a lineage, as a user asks them; made models, a real repository. */
class QuestionCommandsTest {
    @TempDir
    private Path folder;

    private TestRepository repository;

    /** base → tuned (layer 0) → small (layer 1, quantized); base → pruned (layer 3). */
    @BeforeEach
    void commitAFamily() throws IOException {
        repository = TestRepository.init(folder.resolve("repo"));
        commit("base", Map.of());
        commit("tuned", Map.of(0, 10), "--from", "base", "--trailer", "License=MIT");
        commit("small", Map.of(0, 10, 1, 11), "--from", "tuned=quantize", "-m", "Rounded for phones");
        commit("pruned", Map.of(3, 13), "--from", "base=prune");
    }

    private void commit(String model, Map<Integer, Integer> seeds, String... more) throws IOException {
        Path made = LayeredFamily.write(folder.resolve("made").resolve(model), seeds);
        List<String> command = new java.util.ArrayList<>(List.of("commit", made.toString(), "--model", model));
        command.addAll(List.of(more));
        repository.ok(command.toArray(String[]::new));
    }

    @Test
    void blameNamesTheAncestorThatLastChangedEachTensor() {
        assertThat(repository.json("blame", "small", "--json").objects("tensors"))
                .extracting(line -> line.string("name") + " " + line.string("model") + " " + line.string("change"))
                .containsExactly(
                        "l.0.weight tuned changed",
                        "l.1.weight small changed",
                        "l.2.weight base introduced",
                        "l.3.weight base introduced");
        assertThat(repository.ok("blame", "small", "*.1.*").lines()).hasSize(2);
        assertThat(repository.ok("blame", "small", "--stat")).containsPattern("2 +\\p{XDigit}{10} +base");
    }

    @Test
    void impactListsWhatIsDownstreamByKindOpenFirst() {
        assertThat(repository.ok("impact", "base"))
                .contains("3 version(s) of 3 model(s) are downstream", "finetune (1)", "quantize (1)", "2 steps away");
        assertThat(repository
                        .json("impact", "base", "--kind", "prune", "--json")
                        .objects("affected"))
                .extracting(one -> one.string("model"))
                .containsExactly("pruned");
        assertThat(repository.ok("impact", "small"))
                .isEqualTo("Nothing is downstream of small@" + repository.id("small") + "\n");
    }

    @Test
    void impactTellsWhatIsStillBuiltOnAnOldBase() throws IOException {
        String old = repository.id("base");
        commit("base", Map.of(2, 22));
        commit("tuned", Map.of(0, 10, 2, 22), "--from", "base");
        commit("small", Map.of(0, 10, 2, 22), "--from", "tuned=quantize");
        commit("pruned", Map.of(3, 14));

        JsonObject impact = repository.json("impact", old, "--open", "--json");
        assertThat(impact.strings("still_built_on")).containsExactly("pruned");
        assertThat(impact.strings("succeeded")).containsExactly("base", "small", "tuned");
        assertThat(repository
                        .json("impact", old, "--open", "--derived-only", "--json")
                        .objects("affected"))
                .extracting(one -> one.string("model"))
                .containsExactly("pruned");
        assertThat(repository.ok("impact", old))
                .contains("Still built on it: pruned\n", "Not any more: base, small, tuned\n");
        commit("pruned", Map.of(2, 22, 3, 14), "--from", "base=prune");
        assertThat(repository.ok("impact", old, "--open", "--derived-only")).startsWith("Nothing open is downstream");
    }

    @Test
    void impactOfATensorListsTheVersionsThatContainIt() {
        String object = repository
                .json("blame", "small", "l.0.weight", "--json")
                .objects("tensors")
                .get(0)
                .string("object");
        JsonObject impact = repository.json("impact", object.substring(0, 12), "--json");
        assertThat(impact.string("object")).isEqualTo(object);
        assertThat(impact.strings("sources")).hasSize(2);
        assertThat(impact.objects("affected")).isEmpty();
        assertThat(repository.ok("impact", object.substring(0, 12))).contains("2 version(s) contain tensor", "small@");
    }

    @Test
    void findAnswersByMetadataAndTensors() {
        assertThat(models("find", "--kind", "quantize,prune", "--json")).containsExactly("pruned", "small");
        assertThat(models("find", "--text", "PHONES", "--json")).containsExactly("small");
        assertThat(models("find", "--trailer", "license=MIT", "--json")).containsExactly("tuned");
        assertThat(models("find", "--model", "*e*", "-n", "1", "--json")).hasSize(1);
        assertThat(models("find", "--since", "2001-01-01", "--until", "2001-01-02", "--json"))
                .isEmpty();
        assertThat(models("find", "--shape", "*x8", "--dtype", "f32", "--json")).hasSize(4);
        assertThat(models("find", "--shape", "9x8", "--json")).isEmpty();
        assertThat(models("find", "--metric", "accuracy>=0", "--json")).isEmpty();
    }

    @Test
    void findAnswersByMetric() {
        repository.ok("test", "add", "t", "--on", "all", "--", "sh", "-c", "echo '{\"accuracy\":0.75}' >$MGIT_METRICS");
        repository.ok("test", "run", "small");
        assertThat(models("find", "--metric", "accuracy>=0.7", "--json")).containsExactly("small");
        assertThat(models("find", "--metric", "accuracy>0.75", "--json")).isEmpty();
    }

    private List<String> models(String... arguments) {
        return repository.json(arguments).objects("versions").stream()
                .map(version -> version.string("model"))
                .toList();
    }

    @Test
    void logGoesBothWaysAndByKind() {
        assertThat(models("log", "--descendants", "tuned", "--json")).containsExactly("small", "tuned");
        assertThat(models("log", "--ancestors", "small", "--json")).containsExactly("small", "tuned", "base");
        assertThat(models("log", "--kind", "finetune", "--json")).containsExactly("tuned");
        assertThat(repository
                        .ok("log", "--descendants", "base", "--graph", "--oneline")
                        .lines()
                        .filter(line -> line.contains("*")))
                .hasSize(4);
    }

    @Test
    void graphIsWrittenInEveryFormat() throws IOException {
        assertThat(repository.ok("graph")).startsWith("flowchart LR\n").contains("-. quantize .->");
        assertThat(repository.ok("graph", "--format", "dot")).startsWith("digraph lineage {");
        assertThat(repository.ok("graph", "pruned", "--ancestors", "--format", "svg"))
                .startsWith("<svg ")
                .contains("pruned")
                .doesNotContain("tuned");
        repository.ok("graph", "tuned", "--format", "html", "-o", "page.html");
        assertThat(Files.readString(repository.root().resolve("page.html")))
                .startsWith("<!DOCTYPE html>")
                .contains("small")
                .doesNotContain("pruned");
    }

    @Test
    void auditNamesEveryAncestorAndWhatIsNotKnown() {
        JsonObject audit = repository.json("audit", "small", "--deep", "--json");
        assertThat(audit.flag("verified")).isTrue();
        assertThat(audit.object("checked").number("versions")).isEqualTo(3);
        assertThat(audit.object("checked").number("blocks")).isPositive();
        assertThat(audit.objects("versions"))
                .extracting(entry -> entry.string("model"))
                .containsExactly("small", "tuned", "base");
        assertThat(audit.objects("versions").get(0).objects("parents").get(0).string("id"))
                .startsWith(repository.id("tuned"));
        assertThat(audit.objects("gaps"))
                .extracting(gap -> gap.string("gap"))
                .containsExactly(
                        "no_recipe",
                        "no_licence",
                        "no_recipe",
                        "data_unknown",
                        "no_parent_known",
                        "no_licence",
                        "data_unknown");
        assertThat(repository.ok("audit", "small")).contains("finetune of base@", "MIT (trailer License)", "no blocks");
    }

    @Test
    void auditFailsOnADamagedBlockOnlyIfItLooks() throws IOException {
        Path blobs;
        try (Stream<Path> files = Files.walk(repository.mgit().resolve("parameters"))) {
            blobs = files.filter(file -> file.toString().endsWith(".sst"))
                    .max(java.util.Comparator.comparingLong(
                            file -> file.toFile().length()))
                    .orElseThrow();
        }
        try (RandomAccessFile file = new RandomAccessFile(blobs.toFile(), "rw")) {
            file.seek(100);
            int old = file.read();
            file.seek(100);
            file.write(old ^ 1);
        }
        assertThat(repository.run("audit", "small").exit()).isZero();
        Cli.Ran deep = repository.run("audit", "small", "--deep", "--json");
        assertThat(deep.exit()).as("%s", deep).isEqualTo(6);
        assertThat(Json.parseObject(deep.out().getBytes(StandardCharsets.UTF_8)).flag("verified"))
                .isFalse();
    }

    @Test
    void auditFailsOnADamagedGitObject() throws IOException {
        String tree = repository.id("base");
        Path object = repository.mgit().resolve("lineage.git/objects/" + tree.substring(0, 2));
        try (Stream<Path> files = Files.list(object)) {
            Path commit = files.filter(file -> file.getFileName().toString().startsWith(tree.substring(2)))
                    .findFirst()
                    .orElseThrow();
            assertThat(commit.toFile().setWritable(true)).isTrue();
            Files.write(commit, new byte[] {1, 2, 3});
        }
        assertThat(repository.run("audit", "small").exit()).isEqualTo(6);
    }

    @Test
    void theIndexIsNeverTheTruth() throws IOException {
        String before = repository.ok("impact", "base");
        Path index = repository.mgit().resolve("index/graph");
        byte[] bytes = Files.readAllBytes(index);
        bytes[bytes.length / 2] ^= 1;
        Files.write(index, bytes);
        assertThat(repository.ok("impact", "base")).isEqualTo(before);
        Files.delete(index);
        assertThat(repository.ok("impact", "base")).isEqualTo(before);
        repository.ok("edge", "rm", "pruned", "base");
        assertThat(repository.ok("impact", "base")).contains("2 version(s)").doesNotContain("pruned");
        repository.ok("undo");
        assertThat(repository.ok("impact", "base")).isEqualTo(before);
    }

    @Test
    void anEmptyRepositoryHasNoAnswers() throws IOException {
        TestRepository empty = TestRepository.init(folder.resolve("empty"));
        assertThat(empty.ok("find", "--text", "x", "--json")).contains("\"versions\" : [ ]");
        assertThat(empty.ok("log", "--kind", "merge")).isEmpty();
        assertThat(empty.ok("graph")).isEqualTo("flowchart LR\n");
        empty.refuses(2, "unknown revision 'x'", "blame", "x");
        empty.refuses(2, "unknown revision 'x'", "impact", "x");
        empty.refuses(2, "no version contains a tensor 0123abcd", "impact", "0123abcd");
        empty.refuses(2, "unknown revision 'x'", "audit", "x");
    }

    @Test
    void wrongQuestionsAreRefusedInASentence() throws IOException {
        repository.refuses(2, "has no tensor 'l.9*'", "blame", "small", "l.9*");
        repository.refuses(2, "unknown kind of derivation 'tune'", "impact", "base", "--kind", "tune");
        repository.refuses(2, "is not a date", "find", "--since", "yesterday");
        repository.refuses(2, "is not a shape", "find", "--shape", "8by8");
        repository.refuses(2, "unknown dtype 'F33'", "find", "--dtype", "F33");
        repository.refuses(2, "is not a condition on a metric", "find", "--metric", "good");
        repository.refuses(2, "is not the hash of a tensor", "find", "--tensor", "xyz");
        repository.refuses(2, "unknown format 'pdf'", "graph", "--format", "pdf");
        repository.refuses(2, "cannot be combined", "log", "--ancestors", "--descendants", "base");
        repository.refuses(2, "-n must be 0 or more", "find", "-n", "-1");
    }
}
