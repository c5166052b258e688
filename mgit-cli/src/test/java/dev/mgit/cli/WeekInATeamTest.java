package dev.mgit.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mgit.fixtures.Await;
import dev.mgit.fixtures.Crash;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The story that the how-to "Roll out a new base" tells, from Monday to Friday. Made models, real commands. */
@Tag("slow")
class WeekInATeamTest {
    private static final List<String> JVM = List.of("-Xmx256m");

    @TempDir
    private Path folder;

    private HookedRepository models;
    private TestRepository repository;

    private void write(String file, String text) throws IOException {
        Files.writeString(models.root().resolve(file), text);
    }

    /** A recipe that waits for the file {@code go-MODEL}, if the file {@code slow} is there. */
    private void train(String model, String parent) {
        repository.ok(
                "run",
                "--model",
                model,
                "--from",
                parent,
                "--input",
                "data=data.txt",
                "--no-progress",
                "--",
                "sh",
                "train.sh",
                "{input:data}");
    }

    private Path beside(String name) {
        return folder.resolve(name);
    }

    @Test
    void dataFixedScriptChangedBaseReplacedHotfixFailureCancelContinue() throws Exception {
        models = HookedRepository.init(folder);
        repository = models.repository();
        write("data.txt", "data1\n");
        write(
                "train.sh",
                "echo $MGIT_MODEL_NAME >> ../runs; touch ../at-$MGIT_MODEL_NAME\n"
                        + "if [ -e ../slow ]; then " + Await.forFile(beside("go")) + "; fi\n"
                        + "[ ! -e ../broken-$MGIT_MODEL_NAME ] || exit 9\n"
                        + "cp $MGIT_PARENT_1/model.safetensors $MGIT_OUTPUT/\n"
                        + "cat $MGIT_PARENT_1/history.txt $MGIT_INPUT_DATA > $MGIT_OUTPUT/history.txt\n");
        train("chat", "base");
        train("code", "base");
        train("code-small", "code");
        train("vision", "base");
        models.ran();

        // Monday: a label in the data was wrong.
        write("data.txt", "data2\n");
        assertThat(repository.ok("status", "--why")).contains("chat is stale:", "data:    data.txt ");
        repository.ok("update", "--stale", "--no-progress");
        assertThat(models.ran()).containsExactly("chat", "code", "code-small", "vision");

        // Tuesday: the script changes; a roll-out of something else takes it along, and says so.
        write("train.sh", Files.readString(models.root().resolve("train.sh")) + "# a smaller step\n");
        models.commit("base", "base2");
        assertThat(repository.ok("update", "base", "--plan")).contains("Takes along", "code train.sh ");

        // Wednesday: the new base goes out; a colleague fixes "code" by hand meanwhile; one node fails.
        Files.createFile(beside("broken-vision"));
        Files.createFile(beside("slow"));
        Files.deleteIfExists(beside("at-chat"));
        try (Crash update = Crash.start(Main.class, models.root(), JVM, "update", "base", "--no-progress")) {
            Await.until("chat is trained", () -> !update.isAlive() || Files.exists(beside("at-chat")));
            models.commit("code", "hotfix");
            Files.createFile(beside("go"));
            Crash.Ended ended = update.finish();
            assertThat(ended.exit()).as(ended.output()).isEqualTo(1);
            assertThat(ended.output()).contains("'code' got version ", " meanwhile", "it has no recipe", "1 failed");
        }
        assertThat(models.history("code")).isEqualTo("hotfix\n");
        assertThat(models.history("chat")).isEqualTo("base2\ndata2\n");
        assertThat(models.history("vision")).startsWith("base1");
        assertThat(models.ran()).containsExactly("chat", "vision");

        // Thursday: the hotfix gets its recipe back, the node is repaired; the run is cancelled to free the machine.
        repository.ok("recipe", "set", "code", "--like", "code~1");
        Files.delete(beside("broken-vision"));
        Files.delete(beside("go"));
        Files.deleteIfExists(beside("at-code"));
        try (Crash update = Crash.start(Main.class, models.root(), JVM, "update", "base", "--no-progress")) {
            Await.until("code is trained", () -> !update.isAlive() || Files.exists(beside("at-code")));
            repository.ok("update", "--cancel");
            assertThat(update.finish().exit()).isEqualTo(1);
        }
        assertThat(models.history("code")).isEqualTo("hotfix\n");
        models.ran();

        // Friday: it goes on, and nothing is stale.
        Files.delete(beside("slow"));
        assertThat(repository.ok("update", "--continue", "--no-progress")).contains("done: 3 passed");
        assertThat(models.ran()).containsExactly("code", "code-small", "vision");
        assertThat(models.history("code-small")).isEqualTo("base2\ndata2\ndata2\n");
        assertThat(repository.ok("update", "--stale")).contains("Nothing is stale");
        assertThat(repository.ok("log", "--oneline", "code")).contains("hotfix");
        assertThat(repository.ok("fsck")).contains("no damage");
    }
}
