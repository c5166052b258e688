package dev.mgit.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mgit.cli.console.Terminal;
import dev.mgit.delta.json.JsonObject;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What models are stale by besides their parents, and what updates do about it. Made models, real scripts. */
class StaleModelsTest {
    @TempDir
    private Path folder;

    private HookedRepository models;
    private TestRepository repository;

    @BeforeEach
    void aFamilyMadeByAScriptThatReadsData() throws IOException {
        models = HookedRepository.init(folder);
        repository = models.repository();
        write("data.txt", "1\n");
        write("lib.sh", "step=one\n");
        write(
                "train.sh",
                ". ./lib.sh; echo $MGIT_MODEL_NAME >> ../runs; cp $MGIT_PARENT_1/model.safetensors $MGIT_OUTPUT/;"
                        + " cat $MGIT_PARENT_1/history.txt $MGIT_INPUT_DATA > $MGIT_OUTPUT/history.txt;"
                        + " echo $step >> $MGIT_OUTPUT/history.txt\n");
        for (String model : List.of("ft", "other")) {
            repository.ok(
                    "run",
                    "--model",
                    model,
                    "--from",
                    "base",
                    "--input",
                    "data=data.txt",
                    "--no-progress",
                    "--",
                    "sh",
                    "train.sh",
                    "{input:data}");
        }
        models.derive("below", "ft").ran();
    }

    private void write(String file, String text) throws IOException {
        Files.writeString(models.root().resolve(file), text);
    }

    private static List<String> reasons(JsonObject status, String model) {
        return status.objects("stale").stream()
                .filter(stale -> stale.string("model").equals(model))
                .flatMap(stale -> stale.objects("reasons").stream())
                .map(reason -> reason.string("kind") + " " + reason.string("what"))
                .toList();
    }

    @Test
    void statusNamesWhatHasChanged() throws IOException {
        assertThat(repository.json("status", "--why", "--json").objects("stale"))
                .isEmpty();
        assertThat(repository.run("status", "--why", "--exit-code").exit()).isZero();
        write("data.txt", "2\n");
        assertThat(reasons(repository.json("status", "--why", "--json"), "ft")).containsExactly("data data.txt");
        assertThat(repository.ok("status", "--why"))
                .contains("ft is stale:\n  data:    data.txt 4355a46b→53c234e5\n")
                .contains("below is stale:\n  parent:  ft is to be made again\n");
        assertThat(repository.run("status", "--why", "--exit-code").exit()).isEqualTo(3);
        assertThat(repository.ok("status")).contains("ft is stale: data data.txt\n");
        assertThat(repository.json("status", "--json").objects("changed_inputs"))
                .extracting(entry -> entry.string("model") + " " + entry.string("kind") + " " + entry.string("what"))
                .containsExactly("ft data data.txt", "other data data.txt");
        assertThat(repository.run("status", "--exit-code").exit()).isEqualTo(3);

        write("lib.sh", "step=two\n");
        assertThat(reasons(repository.json("status", "--why", "--json"), "ft"))
                .containsExactly("data data.txt", "code lib.sh");
        assertThat(repository.ok("status")).contains("ft is stale: data data.txt; code lib.sh\n");
        repository.ok(
                "recipe", "set", "ft", "--input", "data=data.txt", "--", "sh", "train.sh", "{input:data}", "--more");
        assertThat(reasons(repository.json("status", "--why", "--json"), "ft"))
                .containsExactly("recipe command", "data data.txt", "code lib.sh");
        write("data.txt", "1\n");
        assertThat(reasons(repository.json("status", "--why", "--json"), "ft"))
                .containsExactly("recipe command", "code lib.sh");
        assertThat(repository.ok("status"))
                .as("written again, but with the same")
                .contains("ft is stale: code lib.sh; recipe command\n", "other is stale: code lib.sh\n");
        Files.delete(models.root().resolve("data.txt"));
        assertThat(repository.ok("status", "--why")).contains("data:    data.txt (gone)");
        assertThat(repository.ok("status"))
                .contains("ft is stale: data data.txt (gone); code lib.sh; recipe command\n");
    }

    @Test
    void theGraphMarksWhatIsStaleByReason() throws IOException {
        assertThat(repository.ok("graph", "--plan")).doesNotContain("stale");
        write("data.txt", "2\n");
        assertThat(repository.ok("graph")).doesNotContain("stale");
        assertThat(repository.ok("graph", "--plan"))
                .contains("ft (stale: data)", "below (stale: parent)", "stroke:#e69f00", "stroke:#0072b2")
                .doesNotContain("base (stale");
        assertThat(repository.ok("graph", "--plan", "--format", "dot")).contains("\\nstale: data\"");
        assertThat(repository.ok("graph", "--plan", "--format", "svg")).contains(">stale: data</text>");
        assertThat(repository.ok("graph", "--plan", "--format", "html")).contains(">stale: parent</text>");
    }

    private String atTerminal(String... arguments) {
        var out = new ByteArrayOutputStream();
        Terminal terminal = new Terminal(
                Terminal.writer(out),
                Terminal.writer(OutputStream.nullOutputStream()),
                true,
                true,
                60,
                models.root(),
                Cli.withOwnFolders(Map.of()));
        assertThat(Main.run(terminal, arguments)).isZero();
        return out.toString(StandardCharsets.UTF_8);
    }

    @Test
    void aTerminalShowsTheModelsAsLanesInTheColorsOfTheReasons() throws IOException {
        write("data.txt", "2\n");
        String plain = repository.ok("graph", "--plan", "--format", "text");
        assertThat(plain.lines())
                .containsExactly(
                        "*  below  " + repository.id("below") + "  stale: parent",
                        "*  ft  " + repository.id("ft") + "  stale: data",
                        ": *  other  " + repository.id("other") + "  stale: data",
                        ":/",
                        "*  base  " + repository.id("base"));
        assertThat(repository.ok("graph", "--plan", "--follow")).isEqualTo(plain);
        String shown = atTerminal("graph", "--plan");
        assertThat(shown).contains("\u001b[34m*  below", "\u001b[33m*  ft", ": \u001b[33m*  other", "\n*  base");
        assertThat(shown.replaceAll("\u001b\\[[0-9;]*m", "")).isEqualTo(plain);
        assertThat(repository.ok("graph", "--plan", "--format", "text", "below"))
                .doesNotContain("other");
        repository.refuses(2, "text is a format of --plan only", "graph", "--format", "text");
        repository.refuses(2, "--follow needs --plan", "graph", "--follow");
    }

    @Test
    void whatCannotBeRebuiltHereStaysStaleAndTheExitCodeSaysSo() throws IOException {
        repository.ok("commit", models.lay("hand", "by hand").toString(), "--model", "hand", "--from", "base");
        models.commit("base", "base2");
        Cli.Ran noRecipe = repository.run("update", "base", "--only", "hand");
        assertThat(noRecipe.exit()).as("%s", noRecipe).isEqualTo(3);
        assertThat(noRecipe.out()).contains("hand", "but it has no recipe");

        Map<String, String> somebodyElse =
                Map.of("XDG_STATE_HOME", folder.resolve("other-user").toString());
        Cli.Ran untrusted = Cli.run(models.root(), somebodyElse, "update", "base", "--only", "ft", "--only", "below");
        assertThat(untrusted.exit()).as("%s", untrusted).isEqualTo(3);
        assertThat(untrusted.out()).contains("its recipe has not been approved here");
        assertThat(models.ran()).isEmpty();

        Cli.Ran rest = repository.run("update", "base", "--no-progress");
        assertThat(rest.exit()).as("%s", rest).isEqualTo(3);
        assertThat(rest.out()).contains("3 passed, 1 stale");
        assertThat(repository.run("update", "base", "--skip", "hand").exit()).isZero();
    }

    @Test
    void whatIsStaleIsMadeAgainOnceAndThenIsNot() throws IOException {
        write("data.txt", "2\n");
        assertThat(repository.ok("update", "--stale", "--plan"))
                .contains("data data.txt 4355a46b→53c234e5", "ft has a new version", "3 commands to run");
        Cli.Ran update = repository.run("update", "--stale", "--no-progress");
        assertThat(update.exit()).as("%s", update).isZero();
        assertThat(update.out()).contains("of stale models, done: 3 passed");
        assertThat(models.ran()).containsExactly("below", "ft", "other");
        assertThat(models.history("ft")).isEqualTo("base1\n2\none\n");
        assertThat(models.history("below")).startsWith("base1\n2\n");
        assertThat(repository.ok("recipe", "show", "ft")).contains("Because:  data data.txt 4355a46b→53c234e5");
        assertThat(repository.ok("log", "-n", "1", "ft")).contains("Changed: data data.txt 4355a46b→53c234e5");
        assertThat(repository.ok("update", "--stale")).contains("Nothing is stale");
        assertThat(models.ran()).isEmpty();

        write("lib.sh", "step=two\n");
        repository.ok("update", "--stale", "ft", "--no-progress");
        assertThat(models.ran()).containsExactly("below", "ft");
        // Back to what it was: what was made then is taken, and shown as such.
        write("lib.sh", "step=one\n");
        Cli.Ran back = repository.run("update", "--stale", "--no-progress");
        assertThat(back.out()).contains("reused", "done: 2 passed (2 reused)");
        assertThat(models.ran()).isEmpty();
        assertThat(models.history("ft")).isEqualTo("base1\n2\none\n");
    }

    @Test
    void aPlanSaysWhatAnUpdateTakesAlong() throws IOException {
        write("data.txt", "2\n");
        Cli.Ran nothing = repository.run("update", "base", "--plan");
        assertThat(nothing.out())
                .contains("stale", "Nothing to run, and still stale: ft (data data.txt 4355a46b→53c234e5)");
        assertThat(nothing.err()).contains("'mgit update --stale' also rebuilds");
        models.commit("base", "base2");
        write("lib.sh", "step=two\n");
        String plan = repository.ok("update", "base", "--plan");
        assertThat(plan)
                .contains("Takes along", "base has a new version", "data data.txt 4355a46b→53c234e5; code lib.sh ");
        assertThat(repository.json("update", "base", "--plan", "--json").objects("nodes").stream()
                        .filter(node -> node.string("model").equals("ft"))
                        .flatMap(node -> node.objects("reasons").stream())
                        .map(reason -> reason.string("kind")))
                .containsExactly("parent", "data", "code");
        repository.ok("update", "base", "--no-progress");
        assertThat(models.history("other")).isEqualTo("base2\n2\ntwo\n");
        assertThat(repository
                        .json("update", "--status", "--json")
                        .objects("units")
                        .get(0)
                        .objects("reasons"))
                .isNotEmpty();
        assertThat(repository.ok("recipe", "show", "ft"))
                .contains("Because:  base has a new version; data data.txt 4355a46b→53c234e5; code lib.sh ");
    }

    @Test
    void aModelCanBeMadeAgainThoughNothingChanged() throws IOException {
        assertThat(repository.ok("update", "--force", "ft", "--plan")).contains("forced", "ft has a new version");
        repository.ok("update", "--force", "ft", "--force", "other", "--no-progress");
        assertThat(models.ran()).contains("ft", "other");
        assertThat(repository.ok("update", "base")).contains("Nothing to run");
        repository.refuses(2, "no model 'typo'", "update", "--force", "typo");
        assertThat(repository.run("update", "--force", "base").exit()).isEqualTo(3);
    }

    @Test
    void whereNothingCanBeDoneIsNotSuccess() throws IOException {
        models.commit("base", "base2");
        repository.refuses(
                2, "--only 'typo' matches no model downstream of 'base'", "update", "base", "--only", "typo");
        repository.refuses(2, "--skip 'typo' matches no model", "update", "base", "--skip", "typo");
        repository.refuses(2, "--until 'typo' matches no model", "update", "base", "--until", "typo");
        repository.refuses(2, "--only 'typo' matches no model", "update", "base", "--only", "typo", "--plan");
        assertThat(models.ran()).isEmpty();

        repository.run("commit", models.lay("ft", "by hand").toString(), "--model", "ft", "-m", "by hand");
        Cli.Ran some = repository.run("update", "base", "--no-progress");
        assertThat(some.exit()).as("%s", some).isEqualTo(3);
        assertThat(some.out()).contains("but it has no recipe", "done: 1 passed, 2 stale");
        assertThat(models.ran()).containsExactly("other");
        Cli.Ran none = repository.run("update", "base");
        assertThat(none.exit()).isEqualTo(3);
        assertThat(none.out())
                .contains("Nothing to run, and still stale: ft (base has a new version, but it has no recipe)");
        assertThat(repository
                        .run("update", "base", "--skip", "ft", "--no-progress")
                        .exit())
                .isZero();
    }

    @Test
    void resultsOfCodeThatHasChangedSinceAreMarked() throws IOException {
        write("count.sh", ". ./limit.sh; echo \"{\\\"x\\\": $limit}\" > $MGIT_METRICS\n");
        write("limit.sh", "limit=1\n");
        repository.ok("test", "add", "x", "--on", "ft", "--metric", "x:higher", "--", "sh", "count.sh");
        repository.ok("test", "run", "--no-progress");
        assertThat(repository.ok("show", "ft")).contains("test x: passed").doesNotContain("changed since");
        write("limit.sh", "limit=2\n");
        assertThat(repository.ok("show", "ft")).contains("(x 1), by code or data that has changed since");
        assertThat(repository.ok("log", "--tests", "-n", "1", "ft")).contains("changed since");
        repository.ok("test", "run", "--no-progress");
        assertThat(repository.ok("show", "ft")).contains("(x 2)").doesNotContain("changed since");
    }

    @Test
    void aMissingInputFailsItsModelAlone() throws IOException {
        models.derive("free", "base").commit("base", "base2");
        models.ran();
        Files.delete(models.root().resolve("data.txt"));
        Cli.Ran update = repository.run("update", "base", "--no-progress");
        assertThat(update.exit()).isEqualTo(1);
        assertThat(update.out())
                .contains("input 'data' of the recipe is not at 'data.txt'", "1 passed", "2 failed", "1 skipped");
        assertThat(models.ran()).containsExactly("free");
    }

    @Test
    void whatIsKeptForReuseIsForgottenByGc() throws IOException {
        Path broken = Files.createFile(folder.resolve("broken"));
        models.deriveBy(
                "test ! -e " + broken + " || grep -q base1 $MGIT_PARENT_1/history.txt; [ $? = 0 ] || exit 3; "
                        + HookedRepository.TRAIN,
                "z",
                "base");
        models.commit("base", "base2");
        models.ran();
        for (String age : List.of("1d", "0")) {
            assertThat(repository
                            .run("update", "base", "--no-keep-going", "--no-progress")
                            .exit())
                    .isEqualTo(1);
            assertThat(models.ran()).isEqualTo(age.equals("1d") ? List.of("below", "ft", "other") : List.of());
            repository.ok("update", "--abort");
            repository.ok("gc", "--prune-older-than", age);
            assertThat(repository.ok("fsck")).contains("no damage");
        }
        Files.delete(broken);
        assertThat(repository.ok("update", "base", "--no-progress"))
                .contains("done: 4 passed")
                .doesNotContain("reused");
        assertThat(models.ran()).containsExactly("below", "ft", "other", "z");
    }
}
