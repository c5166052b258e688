package dev.mgit.cli.command.history;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mgit.cli.Cli;
import dev.mgit.fixtures.Families;
import dev.mgit.fixtures.MadeModel;
import dev.mgit.fixtures.ModelShape;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which model a commit goes to if only its path says so. Made models in folders as trainers and hubs name them. */
class NamesOfPathsTest {
    private static final MadeModel BASE = Families.base("base", 1, ModelShape.TINY);
    private static final MadeModel LATER = Families.fineTuned(BASE, "later", 2, 1e-3);
    private static final MadeModel STRANGER = Families.base("stranger", 9, ModelShape.TINY);

    @TempDir
    private Path folder;

    private Path disk;

    @BeforeEach
    void anEmptyRepository() throws IOException {
        disk = Files.createDirectory(folder.resolve("disk"));
        ok("init");
    }

    private Cli.Ran ok(String... arguments) {
        Cli.Ran ran = Cli.run(disk, arguments);
        assertThat(ran.exit()).as(ran.toString()).isZero();
        return ran;
    }

    private Cli.Ran refused(int exit, String... arguments) {
        String before = ok("op", "log").out();
        Cli.Ran ran = Cli.run(disk, arguments);
        assertThat(ran.exit()).as(ran.toString()).isEqualTo(exit);
        assertThat(ran.err()).matches("error: [^\n]+\nhint: [^\n]+\n");
        assertThat(ok("op", "log").out()).isEqualTo(before);
        return ran;
    }

    private String write(String name, MadeModel model) throws IOException {
        model.writeWeightsTo(Files.createDirectories(disk.resolve(name)).resolve("model.safetensors"));
        return name;
    }

    private String trained(String name, int step, MadeModel model) throws IOException {
        write(name, model);
        Files.writeString(disk.resolve(name).resolve("trainer_state.json"), "{\"global_step\": " + step + "}");
        return name;
    }

    private List<String> models() {
        return ok("branch", "--json").json().objects("models").stream()
                .map(model -> model.string("name"))
                .toList();
    }

    private long versions(String model) {
        return ok("log", model, "--oneline").out().lines().count();
    }

    @Test
    void whatSaysOnlyWhichStateTakesItsParentsName() throws IOException {
        assertThat(ok("commit", write("runA/final", BASE)).out()).startsWith("[runA ");
        assertThat(ok("commit", write("runB/final", STRANGER)).out()).startsWith("[runB ");
        assertThat(ok("commit", write("runC/checkpoint-50", LATER)).out()).startsWith("[runC ");
        String snapshot = "models--org--name/snapshots/e5f0a9f0d6a7c1e5b9d9c8b7a6f5e4d3c2b1a090";
        assertThat(ok("commit", write(snapshot, BASE)).out()).startsWith("[org/name ");
        write("runD/best", STRANGER);
        assertThat(ok("commit", "runD/best/model.safetensors").out()).startsWith("[runD ");
        assertThat(ok("commit", write("runs/2026-01-01/final", LATER)).out()).startsWith("[runs ");
        assertThat(ok("log", "runC").out()).contains("Add runC (checkpoint-50)");
        assertThat(ok("commit", write("runE/final", BASE), "--model", "final").out())
                .startsWith("[final ");
    }

    @Test
    void stepsOfARunAreVersionsOfOneModel() throws IOException {
        ok("commit", write("run/checkpoint-50", BASE));
        ok("commit", write("run/checkpoint-100", LATER));
        ok("commit", write("run/final", Families.fineTuned(LATER, "end", 3, 1e-3)));
        assertThat(models()).containsExactly("run");
        assertThat(versions("run")).isEqualTo(3);
        assertThat(ok("show", "run~1").out()).contains("Training-Step: 100");
    }

    @Test
    void aStrangerIsRefusedUnlessTheNameIsGiven() throws IOException {
        ok("commit", write("bert/final", BASE));
        Cli.Ran refused = refused(5, "commit", write("gpt2/bert", STRANGER));
        assertThat(refused.err()).contains("nothing in common with bert", "--model NEW", "--model bert");
        refused(5, "commit", "gpt2/bert/model.safetensors", "--message", "a file of it");
        assertThat(ok("commit", write("other/bert", LATER)).out()).startsWith("[bert ");
        assertThat(ok("commit", "gpt2/bert", "--model", "bert").out()).startsWith("[bert ");
        assertThat(versions("bert")).isEqualTo(3);
    }

    /** A folder that mgit knows goes where it came from, whatever is in it now. */
    @Test
    void aCheckedOutFolderNeedsNoKinship() throws IOException {
        ok("commit", write("bert", BASE));
        write("bert", STRANGER);
        assertThat(ok("commit", "bert").out()).startsWith("[bert ");
    }

    @Test
    void anEarlierStepIsRefusedUnlessTheNameIsGiven() throws IOException {
        ok("commit", write("run/checkpoint-100", LATER));
        ok("commit", write("run/final", Families.fineTuned(LATER, "end", 3, 1e-3)));
        Cli.Ran refused = refused(5, "commit", write("run/checkpoint-25", BASE));
        assertThat(refused.err()).contains("is step 25", "run is already at step 100", "--model NEW", "--model run");
        ok("commit", "run/checkpoint-25", "--model", "run");
        assertThat(versions("run")).isEqualTo(3);
    }

    @Test
    void theStepIsWhatTheTrainerWrote() throws IOException {
        ok("commit", trained("run/last", 100, LATER));
        refused(5, "commit", trained("run/best", 25, BASE));
        ok("commit", trained("other/checkpoint-7", 25, BASE));
        assertThat(ok("show", "other").out()).contains("Training-Step: 25");
    }

    @Test
    void theSameContentUnderAnotherNameIsNoFineTune() throws IOException {
        ok("commit", write("distil", BASE), "--model", "wrong");
        Cli.Ran again = ok("commit", "distil", "--model", "right");
        assertThat(again.out()).doesNotContain("finetune");
        assertThat(again.err())
                .containsOnlyOnce("same content as wrong; to rename it: mgit undo && mgit mv wrong right")
                .doesNotContain("edge add", "committed as declared");
        assertThat(ok("show", "right").out()).doesNotContain("finetune of");
        ok("undo");
        ok("mv", "wrong", "right");
        assertThat(models()).containsExactly("right");
    }

    @Test
    void theSameContentInAnotherPlaceIsSaidToBeThat() throws IOException {
        ok("commit", write("one", BASE));
        Cli.Ran copied = ok("commit", write("two", BASE));
        assertThat(copied.err()).contains("same content as one; ").doesNotContain("edge add");
        write("three", BASE);
        Files.writeString(disk.resolve("three/config.json"), "{}");
        assertThat(ok("commit", "three").err()).doesNotContain("same content").contains("the same weights");
    }

    @Test
    void theSameWeightsWithOtherFilesAreACopy() throws IOException {
        ok("commit", write("one", BASE));
        Files.writeString(disk.resolve("one/config.json"), "{}");
        Cli.Ran copied = ok("commit", "one", "--model", "two");
        assertThat(copied.out()).doesNotContain("finetune");
        assertThat(copied.err()).doesNotContain("committed as declared");
        assertThat(ok("show", "two").out()).contains("copy of one@").doesNotContain("finetune of");
        write("one", LATER);
        assertThat(ok("commit", "one", "--model", "three").out()).contains("finetune of two");
    }

    /** Weights that no search recognizes. */
    @Test
    void theSameOpaqueContentIsNoFineTuneEither() throws IOException {
        byte[] opaque = new byte[2 << 20];
        Path file = Files.createDirectory(disk.resolve("odd")).resolve("weights.tflite");
        Files.write(file, opaque);
        ok("commit", "odd", "--model", "wrong");
        assertThat(ok("commit", "odd", "--model", "right").err()).contains("same content as wrong; ");
        opaque[5] = 1;
        Files.write(file, opaque);
        assertThat(ok("commit", "odd", "--model", "child").out()).contains("finetune of right");
    }

    @Test
    void theFolderOfARunIsImported() throws IOException {
        write("run/checkpoint-50", BASE);
        write("run/checkpoint-100", LATER);
        Files.writeString(disk.resolve("run/README.md"), "a run");
        assertThat(refused(2, "commit", "run").err()).contains("'run'", "mgit import run", "--model NAME");
        ok("import", "run");
        assertThat(versions("run")).isEqualTo(2);
        write("run", Families.fineTuned(LATER, "end", 3, 1e-3));
        ok("commit", "run", "--model", "whole");
        write("parts/global_step5", BASE);
        assertThat(Cli.run(disk, "commit", "parts").err()).doesNotContain("a run that holds");
    }

    @Test
    void anImportNamesAsACommitDoes() throws IOException {
        write("runA/final", BASE);
        write("runB/final", STRANGER);
        MadeModel other = Families.base("other", 5, ModelShape.TINY);
        write("runC/checkpoint-50", other);
        write("runC/best", Families.fineTuned(other, "best", 3, 1e-3));
        ok("import", disk.toString(), "--recursive");
        assertThat(models()).containsExactlyInAnyOrder("runA", "runB", "runC");
        assertThat(versions("runC")).isEqualTo(2);
        assertThat(ok("import", disk.toString(), "--recursive").out()).contains("imported 0 versions (4 already here");
    }

    @Test
    void anImportKeepsStrangersOfOneFolderApart() throws IOException {
        write("zoo/best", BASE);
        write("zoo/final", STRANGER);
        ok("import", disk.toString(), "--recursive");
        assertThat(models()).containsExactlyInAnyOrder("zoo", "zoo-2");
    }
}
