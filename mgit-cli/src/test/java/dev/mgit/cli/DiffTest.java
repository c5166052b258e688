package dev.mgit.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.mgit.delta.json.Json;
import dev.mgit.delta.json.JsonObject;
import dev.mgit.fixtures.Families;
import dev.mgit.fixtures.MadeModel;
import dev.mgit.fixtures.ModelShape;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code mgit diff} on versions, folders and both, with made models. */
class DiffTest {
    @TempDir
    private static Path repository;

    @TempDir
    private static Path outside;

    @BeforeAll
    static void commitTwoModels() throws IOException {
        MadeModel base = Families.base("base", 7, ModelShape.TINY);
        MadeModel chat = Families.fineTuned(base, "chat", 8, 1e-3, name -> name.contains("embed"));
        base.writeTo(outside);
        chat.writeTo(outside);
        run("init");
        run("commit", outside.resolve("base").toString(), "--model", "base");
        run("commit", outside.resolve("chat").toString(), "--model", "chat", "--from", "base=finetune");
    }

    private static Cli.Ran run(String... arguments) {
        Cli.Ran ran = Cli.run(repository, arguments);
        assertThat(ran.err()).as(String.join(" ", arguments)).doesNotContain("error:");
        return ran;
    }

    @Test
    void aFileThatMayBeExecutedNowIsADifference() throws IOException {
        Path folder = Files.createDirectories(outside.resolve("scripted"));
        Files.copy(outside.resolve("base").resolve("model.safetensors"), folder.resolve("model.safetensors"));
        Path script = Files.writeString(folder.resolve("run.sh"), "echo\n");
        assumeTrue(Files.getFileStore(script).supportsFileAttributeView("posix"), "files here have no modes");
        run("commit", folder.toString(), "--model", "scripted");
        Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwxr-xr-x"));

        assertThat(run("diff", "scripted", folder.toString()).out())
                .contains("the same weights; run.sh differs")
                .containsPattern("run\\.sh +changed +5 +5 +executable");
        run("commit", folder.toString(), "--model", "scripted");
        assertThat(run("diff", "scripted", "scripted~1").out()).contains("not executable");
        assertThat(run("diff", "scripted~1", "scripted", "--name-only").out()).isEqualTo("run.sh\n");
        JsonObject file = Json.parseObject(
                        run("diff", "scripted~1", "scripted", "--json").out().getBytes(StandardCharsets.UTF_8))
                .objects("files")
                .get(0);
        assertThat(file.string("path")).isEqualTo("run.sh");
        assertThat(file.flag("executable")).isTrue();
        assertThat(file.has("lines")).isFalse();
        assertThat(run("diff", "scripted", folder.toString()).out()).contains("identical");
    }

    @Test
    void versionsAreComparedInText() {
        Cli.Ran ran = run("diff", "base", "chat");

        assertThat(ran.exit()).isZero();
        assertThat(ran.out())
                .contains("base → chat", "fine-tuned: ", "embeddings frozen", "30 tensors: 29 changed, 1 same")
                .containsPattern("model\\.layers\\.0–2 +changed +27/27")
                .containsPattern("README.md +changed");
    }

    @Test
    void storedAndPlainFilesGiveTheSameFigures() {
        JsonObject stored = json(run("diff", "base", "chat", "--json"));
        JsonObject plain = json(Cli.run(outside, "diff", "base", "chat", "--format", "json"));

        assertThat(stored).isEqualTo(plain);
        assertThat(stored.number("schema")).isEqualTo(1);
        assertThat(stored.object("counts").number("changed")).isEqualTo(29);
        assertThat(stored.objects("tensors")).hasSize(29);
    }

    private static JsonObject json(Cli.Ran ran) {
        return Json.parseObject(ran.out().getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void exitCodeSaysWhetherAnythingDiffers() {
        assertThat(run("diff", "base", "chat", "--exit-code").exit()).isEqualTo(3);
        assertThat(run("diff", "base", "base", "--exit-code").exit()).isZero();
        assertThat(run("diff", "base", outside.resolve("base").toString(), "--exit-code")
                        .exit())
                .isZero();
    }

    @Test
    void aCheckedOutFolderIsComparedWithItsVersion() throws IOException {
        run("checkout", "base", "work");
        Path work = repository.resolve("work");
        assertThat(Cli.run(work, "diff").out()).contains("identical");

        Files.writeString(work.resolve("config.json"), "{\"hidden_size\": 65}\n");
        Cli.Ran changed = Cli.run(work, "diff", "--exit-code");
        assertThat(changed.exit()).isEqualTo(3);
        assertThat(changed.out())
                .contains("the same weights; config.json differs")
                .containsPattern("hidden_size +64 +65");
        assertThat(Cli.run(work, "diff", "chat", "--stat").out()).contains("chat → .", "fine-tuned: ");
    }

    @Test
    void aRevisionWinsOverAPathUnlessThePathSaysItIsOne() throws IOException {
        Path clash = Files.createDirectories(repository.resolve("chat"));
        Files.copy(outside.resolve("base/model.safetensors"), clash.resolve("model.safetensors"));

        assertThat(run("diff", "base", "chat", "--tensors", "*", "--stat").out())
                .contains("fine-tuned");
        assertThat(run("diff", "base", "./chat", "--tensors", "*", "--stat").out())
                .contains("identical");
    }

    @Test
    void tensorsAndFilesCanBeChosen() {
        assertThat(run("diff", "base", "chat", "--tensors", "*layers.1.*q_proj*")
                        .out())
                .contains("1 tensor: 1 changed", "model.layers.1.self_attn.q_proj.weight", "[64, 64]");
        assertThat(run("diff", "base", "chat", "--files", "*.md", "--names-only")
                        .out())
                .isEqualTo("changed\tfile\tREADME.md\n");
        assertThat(run("diff", "base", "chat", "--names-only").out())
                .contains("changed\ttensor\tlm_head.weight\n")
                .doesNotContain("embed_tokens");
    }

    @Test
    void pagesAndMarkdownAreWhole() {
        assertThat(run("diff", "base", "chat", "--format", "html").out())
                .startsWith("<!DOCTYPE html>")
                .contains("lm_head.weight", "</html>");
        assertThat(run("diff", "base", "chat", "--format", "md").out()).startsWith("## base → chat\n");
    }

    @Test
    void whatCannotBeComparedIsSaidInASentence() {
        Cli.Ran unknown = Cli.run(repository, "diff", "bsae", "chat");
        assertThat(unknown.exit()).isEqualTo(2);
        assertThat(unknown.err()).contains("bsae").contains("base");

        Cli.Ran missing = Cli.run(outside, "diff", "./base", "./nowhere");
        assertThat(missing.exit()).isEqualTo(2);
        assertThat(missing.err()).contains("there is no file or folder './nowhere'");

        Cli.Ran nothing = Cli.run(outside, "diff");
        assertThat(nothing.exit()).isEqualTo(2);
        assertThat(nothing.err()).contains("is not a checkout, so there is nothing to compare it with");
    }
}
