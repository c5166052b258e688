package dev.mgit.cli.command.history;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mgit.cli.Cli;
import dev.mgit.fixtures.Families;
import dev.mgit.fixtures.MadeModel;
import dev.mgit.fixtures.ModelShape;
import dev.mgit.fixtures.NarrowTypes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What commit says of a declared parent that the weights speak against. Made models. */
class DeclaredParentsTest {
    private static final MadeModel BASE = Families.base("base", 1, ModelShape.TINY);
    private static final String AGAINST = "committed as declared, but ";

    @TempDir
    private Path folder;

    private Path repository;

    @BeforeEach
    void twoModels() throws IOException {
        repository = Files.createDirectory(folder.resolve("repository"));
        run("init");
        run("commit", write(BASE).toString(), "--model", "base");
        run("commit", write(Families.base("other", 9, ModelShape.TINY)).toString(), "--model", "other");
    }

    private Path write(MadeModel model) throws IOException {
        Path file = folder.resolve(model.name() + ".safetensors");
        model.writeWeightsTo(file);
        return file;
    }

    private Cli.Ran run(String... arguments) {
        Cli.Ran ran = Cli.run(repository, arguments);
        assertThat(ran.exit()).as(ran.toString()).isZero();
        return ran;
    }

    private String said(MadeModel model, String from) throws IOException {
        Cli.Ran ran =
                run("commit", write(model).toString(), "--model", "child-" + from.replace("=", "-"), "--from", from);
        assertThat(ran.out()).contains(" of " + from.substring(0, from.indexOf('=')));
        return ran.err();
    }

    @Test
    void aStrangerIsNoFineTune() throws IOException {
        MadeModel child = Families.fineTuned(BASE, "child", 2, 1e-3);
        assertThat(said(child, "other=finetune"))
                .containsOnlyOnce(AGAINST + "the weights have nothing in common with those of other@")
                .contains("; they are near those of base@");
        assertThat(said(BASE, "other=prune")).contains("nothing in common", "; they are those of base@");
        MadeModel student = Families.base("student", 31, ModelShape.TINY);
        assertThat(said(student, "other=distill")).doesNotContain(AGAINST);
    }

    @Test
    void aCopyOfAnotherModelIsSaidToBeOne() throws IOException {
        assertThat(said(BASE, "other=distill")).contains(AGAINST + "the weights are the same as those of base@");
        assertThat(said(BASE, "base=finetune")).contains(AGAINST + "the weights are the same as those of base@");
        assertThat(said(BASE, "base=copy")).doesNotContain(AGAINST);
    }

    @Test
    void anAdapterMustFitItsBase() throws IOException {
        MadeModel wide = Families.base(
                "wide", 1, new ModelShape(500, 128, 3, BASE.shape().dtype()));
        run("commit", write(wide).toString(), "--model", "wide");
        MadeModel lora = Families.adapter(BASE, "lora", 4, 8);
        assertThat(said(lora, "base=adapter")).doesNotContain(AGAINST);
        assertThat(said(lora, "wide=adapter")).contains(AGAINST + "its factors do not fit the weights of wide@");
    }

    @Test
    void nothingIsSaidOfWhatTheWeightsShow() throws IOException {
        assertThat(said(Families.fineTuned(BASE, "child", 2, 1e-3), "base=finetune"))
                .doesNotContain(AGAINST);
        assertThat(said(Families.quantized(BASE, "small"), "base=quantize")).doesNotContain(AGAINST);
        assertThat(said(NarrowTypes.int4(BASE, "packed"), "base=quantize")).doesNotContain(AGAINST);
        assertThat(said(Families.pruned(BASE, "sparse", 0.5), "base=prune")).doesNotContain(AGAINST);
    }
}
