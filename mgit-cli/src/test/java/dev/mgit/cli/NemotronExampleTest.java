package dev.mgit.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.mgit.delta.json.JsonObject;
import dev.mgit.fixtures.PythonEnv;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The family of {@code examples/nemotron}: made weights, configurations in the manner of the published ones. */
class NemotronExampleTest {
    private static final Path EXAMPLE =
            Path.of("..", "examples", "nemotron").toAbsolutePath().normalize();

    @TempDir
    private Path temp;

    private TestRepository repository;

    @BeforeEach
    void makeTheFamily() throws Exception {
        var environment = PythonEnv.withPackages("numpy");
        assumeTrue(environment.isPresent(), "needs Python and its package index");
        repository = TestRepository.init(temp.resolve("repository"));
        environment.get().run(Files.readString(EXAMPLE.resolve("family.py")), temp.resolve("family"));
    }

    /** The example's own commands, run in this process. */
    private void commitTheFamily() throws IOException {
        for (String line : Files.readAllLines(EXAMPLE.resolve("lineage.sh"))) {
            if (line.startsWith("mgit ")) {
                String here = line.replace("\"$family/", "").replace("\" --model", " --model");
                List<String> words =
                        Arrays.asList(here.substring("mgit ".length()).split(" "));
                words.set(1, temp.resolve("family").resolve(words.get(1)).toString());
                repository.ok(words.toArray(String[]::new));
            }
        }
    }

    @Test
    void theFamilyIsOneLineageWhoseBlocksTellWhereTheyCameFrom() throws IOException {
        commitTheFamily();
        assertThat(repository.ok("diff", "--blocks", "llama-70b", "super-search"))
                .contains(
                        "block 0: same shape; weights from block 0 of parent\n",
                        "block 1: attention GQA-2 → none; FFN 512 → 256; weights from block 1 of parent (1 of 4 tensors)\n",
                        "block 5: attention GQA-2 → linear; FFN 512 → 256; ",
                        "blocks 6–7: same shape; weights from blocks 6–7 of parent\n");
        assertThat(repository.ok("diff", "--blocks", "super-search", "super-distilled"))
                .contains("blocks 0–7: same shape; new weights\n");
        assertThat(repository
                        .run("diff", "--blocks", "--exit-code", "llama-70b", "super-search")
                        .exit())
                .isEqualTo(3);
        assertThat(repository
                        .run("diff", "--blocks", "--exit-code", "ultra", "ultra")
                        .exit())
                .isZero();
        JsonObject blocks = repository.json("diff", "--blocks", "--json", "llama-405b", "ultra-search");
        assertThat(blocks.objects("blocks").get(1).object("after").string("attention"))
                .isEqualTo("none");
        assertThat(blocks.objects("blocks").get(1).number("weights_from")).isEqualTo(1);
        assertThat(repository.ok("audit", "super")).contains("distill", "search", "merge", "rl", "continue-pretrain");
    }

    @Test
    void blocksThatMovedAreFoundByTheirContent() throws IOException {
        Path parent = temp.resolve("family/llama-8b");
        Path child = temp.resolve("family/shorter");
        Files.createDirectories(child);
        byte[] weights = Files.readAllBytes(parent.resolve("model.safetensors"));
        // Blocks 2 and 5 change places; names of one length leave the rest of the file as it is.
        String header = new String(weights, StandardCharsets.ISO_8859_1)
                .replace("layers.2.", "layers.x.")
                .replace("layers.5.", "layers.2.")
                .replace("layers.x.", "layers.5.");
        Files.write(child.resolve("model.safetensors"), header.getBytes(StandardCharsets.ISO_8859_1));
        Files.copy(parent.resolve("config.json"), child.resolve("config.json"));
        assertThat(repository.ok("diff", "--blocks", parent.toString(), child.toString()))
                .contains(
                        "blocks 0–1: same shape; weights from blocks 0–1 of parent\n",
                        "block 2: same shape; weights from block 5 of parent\n",
                        "block 5: same shape; weights from block 2 of parent\n");
    }

    @Test
    void aTeacherIsNoAncestorOfWeightsUnlessAskedFor() {
        long update = storedAfter("finetune", false);
        assertThat(storedAfter("distill", false)).isGreaterThan(5 * update);
        assertThat(storedAfter("distill", true)).isEqualTo(update);
    }

    private long storedAfter(String kind, boolean asked) {
        TestRepository other = TestRepository.init(temp.resolve(kind + asked));
        other.ok("config", "store.predictFromTeachers", Boolean.toString(asked));
        other.ok("commit", temp.resolve("family/nano-sft").toString(), "--model", "a");
        String nano = temp.resolve("family/nano").toString();
        return other.json("commit", nano, "--model", "b", "--from", "a=" + kind, "--json")
                .number("stored_bytes");
    }
}
