package dev.mgit.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mgit.delta.json.JsonObject;
import dev.mgit.fixtures.Families;
import dev.mgit.fixtures.MadeModel;
import dev.mgit.fixtures.ModelShape;
import dev.mgit.fixtures.Trees;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A run of five checkpoints whose old optimizer states are given up to save their space. All made. */
class DroppedStateTest {
    private static final int STEPS = 5;
    private static final String OPTIMIZER = "optimizer.safetensors";

    @TempDir
    private Path folder;

    private TestRepository repository;

    @BeforeEach
    void aRun() throws IOException {
        repository = TestRepository.init(folder.resolve("repository"));
        MadeModel weights = Families.base("net", 1, ModelShape.TINY);
        MadeModel moments = Families.base("moments", 2, ModelShape.TINY);
        for (int step = 0; step < STEPS; step++) {
            Path checkpoint = Files.createDirectories(checkpoint(step));
            weights.writeWeightsTo(checkpoint.resolve("model.safetensors"));
            moments.writeWeightsTo(checkpoint.resolve(OPTIMIZER));
            Files.writeString(checkpoint.resolve("trainer_state.json"), "{\"global_step\": " + step + "}");
            repository.ok("commit", checkpoint.toString(), "--model", "net");
            weights = Families.fineTuned(weights, "net", 10 + step, 1e-4);
            moments = Families.fineTuned(moments, "moments", 20 + step, 1e-3);
        }
    }

    private Path checkpoint(int step) {
        return folder.resolve("run/checkpoint-" + step);
    }

    private Cli.Ran drop(String... more) {
        List<String> words = new ArrayList<>(List.of("gc", "--drop-training-state", "--keep-last", "2"));
        words.addAll(List.of(more));
        return done(words.toArray(new String[0]));
    }

    private Cli.Ran done(String... words) {
        Cli.Ran ran = repository.run(words);
        assertThat(ran.exit()).as(ran.toString()).isZero();
        return ran;
    }

    private void requireWhole(int step) throws IOException {
        Path target = folder.resolve("whole-" + step);
        repository.ok("checkout", "net~" + (STEPS - 1 - step), target.toString());
        for (String file : List.of("model.safetensors", OPTIMIZER, "trainer_state.json")) {
            assertThat(Files.mismatch(checkpoint(step).resolve(file), target.resolve(file)))
                    .as("%s of step %d", file, step)
                    .isEqualTo(-1);
        }
    }

    @Test
    void aCheckoutOfWeightsOnlyWritesNoTrainingState() {
        repository.ok("checkout", "net", "weights", "--weights-only");
        assertThat(repository.root().resolve("weights")).isDirectoryNotContaining("glob:**.json");
        assertThat(repository.root().resolve("weights/model.safetensors")).exists();
        assertThat(repository.root().resolve("weights").resolve(OPTIMIZER)).doesNotExist();
        assertThat(repository
                        .run("checkout", "net", "x", "--weights-only", "--tensors", "*")
                        .exit())
                .isEqualTo(2);
    }

    @Test
    void oldVersionsKeepEverythingElseAndSaySo() throws IOException {
        String head = repository.id("net~4");
        JsonObject planned = drop("--dry-run", "--json").json();
        assertThat(planned.object("dropped").objects("models").get(0).number("versions"))
                .isEqualTo(3);
        requireWhole(0);

        JsonObject did = drop("--json").json();
        assertThat(did.number("block_bytes"))
                .isEqualTo(planned.number("block_bytes"))
                .isPositive();
        assertThat(did.number("bytes_before") - did.number("bytes_after"))
                .isGreaterThan(Files.size(checkpoint(0).resolve(OPTIMIZER)));
        repository.ok("fsck");
        requireWhole(4);
        requireWhole(3);
        assertThat(repository.id("net~4")).isEqualTo(head);

        Cli.Ran checkout = done("checkout", "net~4", folder.resolve("old").toString());
        assertThat(checkout.err())
                .contains("training state was dropped on ", "(mgit gc --drop-training-state --keep-last 2): 1 file");
        assertThat(folder.resolve("old")).isDirectoryContaining(file -> file.endsWith("model.safetensors"));
        assertThat(folder.resolve("old/" + OPTIMIZER)).doesNotExist();
        assertThat(folder.resolve("old/trainer_state.json")).exists();

        JsonObject shown = repository.json("show", "net~4", "--json");
        assertThat(shown.objects("dropped")).singleElement().satisfies(gone -> {
            assertThat(gone.string("path")).isEqualTo(OPTIMIZER);
            assertThat(gone.string("rule")).isEqualTo("--keep-last 2");
            assertThat(gone.number("size")).isEqualTo(Files.size(checkpoint(0).resolve(OPTIMIZER)));
        });
        assertThat(repository.ok("show", "net~4")).contains("training state dropped on ");
        assertThat(done("diff", "net~4", "net").out())
                .contains("not compared, because it was dropped: net~4:" + OPTIMIZER)
                .doesNotContain("removed", "added");
        assertThat(repository
                        .json("du", "net", "--json")
                        .objects("groups")
                        .get(0)
                        .number("dropped_bytes"))
                .isGreaterThan(2 * Files.size(checkpoint(0).resolve(OPTIMIZER)));
        assertThat(drop().out()).contains("No training state to drop");
    }

    @Test
    void askedForByNameItIsRefusedInPlainWords() {
        drop();
        for (String[] words : List.of(
                new String[] {"show", "net~4:" + OPTIMIZER},
                new String[] {"checkout", "net~4", "x", "--files", OPTIMIZER},
                new String[] {"checkout", "net~4", "x", "--files", OPTIMIZER, "--tensors", "*"})) {
            Cli.Ran refused = repository.run(words);
            assertThat(refused.exit()).isEqualTo(1);
            assertThat(refused.err()).contains("'" + OPTIMIZER + "' of ", " was dropped on ");
        }
    }

    @Test
    void committingTheSameFolderAgainBringsItBack() throws IOException {
        drop();
        repository.ok("commit", checkpoint(1).toString(), "--model", "again");
        requireWhole(1);
        assertThat(done("checkout", "net~4", folder.resolve("old").toString()).err())
                .contains("dropped on");
        repository.ok("rm", "again");
        repository.ok("gc", "--prune-older-than", "0");
        repository.ok("fsck");
        Trees.delete(folder.resolve("whole-1"));
        requireWhole(1);
    }

    @Test
    void theFilesOfAFolderThatIsCheckedOutAreTheUsersFromThen() throws IOException {
        repository.ok("checkout", "net~4", "out");
        drop();
        assertThat(repository.run("status").out()).contains("out");
        for (String revision : List.of("net", "net~3")) {
            Cli.Ran refused = repository.run("checkout", revision, "out");
            assertThat(refused.exit()).isEqualTo(5);
            assertThat(refused.err()).contains(OPTIMIZER);
        }
        assertThat(Files.mismatch(
                        checkpoint(0).resolve(OPTIMIZER), repository.root().resolve("out/" + OPTIMIZER)))
                .isEqualTo(-1);
    }

    @Test
    void itCannotBeUndone() {
        drop();
        Cli.Ran refused = repository.run("undo");
        assertThat(refused.exit()).isEqualTo(1);
        assertThat(refused.err()).contains("cannot be undone: the training state is gone");
        repository.ok("fsck");
    }

    @Test
    void taggedVersionsAndOtherModelsKeepTheirs() throws IOException {
        repository.ok("tag", "paper", "net~3");
        repository.ok("branch", "fork", "net~2");
        assertThat(drop("fork").out()).contains("training state of 1 version of fork");
        requireWhole(1);
        requireWhole(2);
        assertThat(drop().out()).contains("No training state to drop");
    }

    @Test
    void whatDoesNotFitIsRefused() {
        assertThat(repository.run("gc", "--drop-training-state").exit()).isEqualTo(2);
        assertThat(repository
                        .run("gc", "--drop-training-state", "--keep-last", "0")
                        .exit())
                .isEqualTo(2);
        assertThat(repository.run("gc", "--keep-last", "3").exit()).isEqualTo(2);
        assertThat(repository.run("gc", "net").exit()).isEqualTo(2);
        assertThat(repository
                        .run("gc", "--drop-training-state", "--keep-last", "1", "nte")
                        .err())
                .contains("no model matches 'nte'");
    }
}
