package dev.mgit.cli.command;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mgit.cli.Cli;
import dev.mgit.delta.json.JsonObject;
import dev.mgit.fixtures.Families;
import dev.mgit.fixtures.MadeModel;
import dev.mgit.fixtures.ModelShape;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What trainers write beside the weights: kept, unless somebody says otherwise, and then that is told. */
class KeptFilesTest {
    private static final MadeModel MODEL = Families.base("m", 1, ModelShape.TINY);
    private static final List<String> STATE = List.of(
            "global_step5/zero_pp_rank_0_mp_rank_00_optim_states.pt",
            "optimizer.pt",
            "rng_state_0.pth",
            "scheduler.pt",
            "trainer_state.json");
    private static final String FRESH_OPTIMIZER =
            "training state was not committed: 5 files; resuming training from this folder starts with a fresh optimizer";

    @TempDir
    private Path folder;

    private Path root;
    private Path checkpoint;

    @BeforeEach
    void aTrainersFolder() throws IOException {
        root = Files.createDirectory(folder.resolve("repository"));
        run("init");
        checkpoint = write(folder.resolve("run/checkpoint-5"));
    }

    private static Path write(Path target) throws IOException {
        Files.createDirectories(target);
        MODEL.writeWeightsTo(target.resolve("model.safetensors"));
        for (String path : STATE) {
            Path file = target.resolve(path);
            Files.createDirectories(file.getParent());
            Files.writeString(file, "{\"state of\": \"" + path + "\"}");
        }
        MODEL.writeWeightsTo(target.resolve("global_step5/zero.safetensors"));
        Files.writeString(target.resolve("latest"), "global_step5");
        return target;
    }

    private Cli.Ran run(String... arguments) {
        Cli.Ran ran = Cli.run(root, arguments);
        assertThat(ran.exit()).as(ran.toString()).isZero();
        return ran;
    }

    private List<String> files(String revision) {
        return run("show", revision, "--json").json().objects("files").stream()
                .map(file -> file.string("path"))
                .toList();
    }

    @Test
    void everyFileOfAFolderIsKept() throws IOException {
        Files.createDirectories(checkpoint.resolve(".git"));
        Files.writeString(checkpoint.resolve(".git/HEAD"), "ref");
        for (String odd : List.of("model.safetensors.lock", ".cache/huggingface/x.metadata", "notes.tmp")) {
            Files.createDirectories(checkpoint.resolve(odd).getParent());
            Files.writeString(checkpoint.resolve(odd), odd);
        }
        Cli.Ran commit = run("commit", checkpoint.toString(), "--model", "m");
        assertThat(commit.err())
                .contains(
                        "they look like leftovers of tools: .cache/huggingface/x.metadata, model.safetensors.lock,"
                                + " notes.tmp",
                        "ignored by ignore rules: .git/")
                .doesNotContain("training state");
        assertThat(files("m")).containsAll(STATE).contains("latest", "notes.tmp", "global_step5/zero.safetensors");

        Cli.Ran checkout = run("checkout", "m", "copy");
        assertThat(checkout.err()).doesNotContain("training state");
        for (String path : STATE) {
            assertThat(root.resolve("copy").resolve(path)).hasSameBinaryContentAs(checkpoint.resolve(path));
        }
    }

    @Test
    void whatWeightsOnlyLeavesOutIsSaidAtCommitShowAndCheckout() {
        Cli.Ran commit = run("commit", checkpoint.toString(), "--model", "m", "--weights-only");
        String left = "training state not committed: " + String.join(", ", STATE);
        assertThat(commit.err()).contains(left);
        assertThat(files("m")).containsExactly("global_step5/zero.safetensors", "latest", "model.safetensors");
        assertThat(run("show", "m").out()).contains(left);
        assertThat(run("show", "m", "--json").json().strings("ignored")).isEqualTo(STATE);
        assertThat(run("checkout", "m", "copy").err()).contains(FRESH_OPTIMIZER);
        assertThat(run("checkout", "m", "copy2", "--json").json().strings("ignored"))
                .isEqualTo(STATE);
        assertThat(run("checkout", "m", "part", "--files", "*.safetensors").err())
                .doesNotContain("training state");
    }

    @Test
    void theSettingHoldsForEveryCommandThatStoresAndForStatus() throws IOException {
        run("config", "commit.weightsOnly", "true");
        run("commit", checkpoint.toString(), "--model", "m");
        assertThat(files("m")).doesNotContainAnyElementsOf(STATE);
        run("checkout", "m", "copy");
        Files.writeString(root.resolve("copy/optimizer.pt"), "new");
        assertThat(run("status", "--json").json().toString()).doesNotContain("optimizer.pt");
        run("config", "--unset", "commit.weightsOnly");
        assertThat(run("status", "--json").json().toString()).contains("optimizer.pt");
        assertThat(Cli.run(root, "config", "commit.weightsOnly", "perhaps").exit())
                .isEqualTo(2);
    }

    /** As with Git, what is named is taken. */
    @Test
    void aFileThatIsNamedIsStored() {
        run("commit", checkpoint.resolve("optimizer.pt").toString(), "--model", "o", "--weights-only");
        assertThat(files("o")).containsExactly("optimizer.pt");
    }

    @Test
    void deepSpeedsFolderIsAModelAndBesideWeightsAPartOfThem() throws IOException {
        Path alone = Files.createDirectories(folder.resolve("deepspeed"));
        Files.createDirectory(alone.resolve("global_step9"));
        MODEL.writeWeightsTo(alone.resolve("global_step9/mp_rank_00_model_states.safetensors"));
        Files.writeString(alone.resolve("latest"), "global_step9");
        run("commit", alone.toString(), "--model", "deepspeed");
        assertThat(files("deepspeed")).containsExactly("global_step9/mp_rank_00_model_states.safetensors", "latest");

        Files.writeString(checkpoint.resolve("config.json"), "{\"model_type\": \"llama\"}");
        List<JsonObject> found = run("import", checkpoint.toString(), "--dry-run", "--json")
                .json()
                .objects("checkpoints");
        assertThat(found).extracting(one -> one.string("path")).containsExactly(checkpoint.toString());
    }

    @Test
    void anImportKeepsTrainingStateOrSaysWhatItPassedOver() {
        Cli.Ran first = run("import", checkpoint.getParent().toString(), "--weights-only");
        assertThat(first.err()).contains("optimizer.pt: training state, left out by --weights-only");
        assertThat(files("run")).doesNotContainAnyElementsOf(STATE);
        assertThat(run("import", checkpoint.getParent().toString(), "--weights-only")
                        .out())
                .contains("imported 0 versions (1 already here");
        run("import", checkpoint.getParent().toString());
        assertThat(files("run")).containsAll(STATE);
        assertThat(run("import", checkpoint.getParent().toString()).out())
                .contains("imported 0 versions (1 already here");
    }

    @Test
    void aRunStoresWhatItMadeOrLeavesItWhereItIs() throws IOException {
        String copy = "cp -r " + checkpoint + "/. {output}/";
        run("run", "--model", "all", "--shell", "--", copy);
        assertThat(files("all")).containsAll(STATE);
        assertThat(runFolders()).isEmpty();
        assertThat(run("rerun", "all", "--check").out()).contains("bit-identical");

        Cli.Ran weights = run("run", "--model", "weights", "--weights-only", "--shell", "--", copy);
        assertThat(weights.err()).contains("training state not committed: ", "files that were not stored stay in ");
        assertThat(files("weights")).doesNotContainAnyElementsOf(STATE);
        assertThat(runFolders()).hasSize(1);
        assertThat(runFolders().get(0).resolve("output/optimizer.pt")).exists();
        assertThat(run("rerun", "weights", "--check").out()).contains("bit-identical");
    }

    @Test
    void whatAFailedRunMadeStays() throws IOException {
        Cli.Ran failed = Cli.run(root, "run", "--model", "x", "--shell", "--", "echo step > {output}/state; exit 3");
        assertThat(failed.exit()).isEqualTo(1);
        assertThat(runFolders().get(0).resolve("output/state")).hasContent("step");
    }

    private List<Path> runFolders() throws IOException {
        Path runs = root.resolve(".mgit/hooks/runs");
        if (Files.notExists(runs)) {
            return List.of();
        }
        try (Stream<Path> folders = Files.list(runs)) {
            return folders.toList();
        }
    }
}
