package dev.mgit.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mgit.cli.console.Terminal;
import dev.mgit.delta.json.JsonObject;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What fingers trained on Git type, on three versions of a made model and one derived from it. */
class GitHabitsTest {
    @TempDir
    private Path dir;

    private TestRepository models;
    private Path folder;

    @BeforeEach
    void commitThreeVersionsAndOneDerived() throws IOException {
        models = TestRepository.init(dir.resolve("models"));
        for (int i = 1; i <= 3; i++) {
            Path run = models.root().resolve("run");
            TestRepository.weights(run.resolve("model.safetensors"), i, 8);
            Files.writeString(run.resolve("config.json"), "{\"step\":\t" + i + "}\n");
            models.ok("commit", "run", "--model", "bert", "-m", "step " + i);
        }
        models.ok("commit", "run", "--model", "squad", "--from", "bert", "-m", "tuned");
        models.ok("checkout", "bert~1", "work");
        folder = models.root().resolve("work");
    }

    private String out(Path where, String... arguments) {
        Cli.Ran ran = Cli.run(where, arguments);
        assertThat(ran.exit()).as("%s", ran).isZero();
        return ran.out();
    }

    private String subjects(Path where, String... arguments) {
        return String.join(
                ",",
                out(where, arguments)
                        .lines()
                        .map(line -> line.replaceAll(".*(step \\d|tuned)$", "$1"))
                        .toList());
    }

    @ParameterizedTest
    @ValueSource(strings = {"@", "HEAD"})
    void atIsTheVersionThisFolderWasCheckedOutFrom(String at) {
        assertThat(subjects(folder, "log", "--oneline", at)).isEqualTo("step 2,step 1");
        assertThat(subjects(folder, "log", "-1", "--oneline", at + "~1")).isEqualTo("step 1");
        assertThat(subjects(folder, "log", "-1", "--oneline", at + "@{1}".substring(at.equals("@") ? 1 : 0)))
                .isEqualTo("step 2");
        assertThat(out(folder, "show", at)).contains(models.id("bert~1"));
        assertThat(out(folder, "tag", "here", at)).contains("here is bert@" + models.id("bert~1"));
        assertThat(out(folder, "diff", at + "~1", at)).contains("model.safetensors");
        assertThat(out(folder, "audit", at)).contains(models.id("bert~1"));
        assertThat(Cli.run(dir.resolve("models"), "show", at).err())
                .contains("'" + at + "' means the version checked out here", "name a model");
    }

    @Test
    void aRangeIsWhatTheSecondHasAndTheFirstHasNot() {
        assertThat(subjects(models.root(), "log", "--oneline", "bert~2..bert")).isEqualTo("step 3,step 2");
        assertThat(subjects(models.root(), "log", "--oneline", "bert..squad")).isEqualTo("tuned");
        assertThat(subjects(folder, "log", "--oneline", "..bert")).isEqualTo("step 3");
        assertThat(subjects(folder, "log", "--oneline", "bert~2..")).isEqualTo("step 2");
        assertThat(out(models.root(), "log", "bert..bert")).isEmpty();
        assertThat(out(models.root(), "diff", "bert~1..bert", "--stat"))
                .isEqualTo(
                        out(models.root(), "diff", "bert~1", "bert", "--stat").replace("bert~1 bert", "bert~1..bert"));
        assertThat(Cli.run(models.root(), "log", "bert..nowhere").err()).contains("unknown revision 'nowhere'");
        assertThat(Cli.run(models.root(), "log", "--descendants", "bert~1..bert")
                        .exit())
                .isEqualTo(2);
        assertThat(out(folder, "diff", "../run", ".", "--name-only").lines())
                .containsExactlyInAnyOrder("model.safetensors", "config.json");
    }

    @Test
    void showWithoutARevisionIsTheVersionHereOrTheNewest() throws IOException {
        assertThat(out(folder, "show")).contains("step 2");
        assertThat(out(models.root(), "show")).contains("tuned");
        Path empty = TestRepository.init(dir.resolve("empty")).root();
        assertThat(Cli.run(empty, "show").err()).contains("no versions yet");
    }

    @Test
    void aFileOfAVersionComesBackByteForByte() throws IOException {
        for (String name : List.of("config.json", "model.safetensors")) {
            assertThat(bytes(models.root(), false, "show", "bert~1:" + name))
                    .isEqualTo(Files.readAllBytes(folder.resolve(name)));
            assertThat(bytes(folder, false, "show", ":" + name)).isEqualTo(Files.readAllBytes(folder.resolve(name)));
        }
        assertThat(Cli.run(models.root(), "show", "bert:confg.json"))
                .isEqualTo(new Cli.Ran(
                        2,
                        "",
                        "error: there is no file 'confg.json' in bert@" + models.id("bert")
                                + "\nhint: did you mean 'config.json'?\n"));
        assertThat(out(models.root(), "show", "bert:")).contains("config.json", "model.safetensors");
        JsonObject json = models.json("show", "bert:model.safetensors", "--json");
        assertThat(json.string("format")).isEqualTo("safetensors");
        assertThat(models.ok("show", "bert:model.safetensors", "--tensors")).contains("F32");
    }

    @Test
    void onATerminalAFileIsItsTextOrItsSummary() {
        String text = new String(bytes(models.root(), true, "show", "bert~1:config.json"), StandardCharsets.UTF_8);
        assertThat(text).isEqualTo("{\"step\":    2}\n");
        assertThat(new String(bytes(models.root(), true, "show", "bert:model.safetensors"), StandardCharsets.UTF_8))
                .contains("safetensors", "1 tensor, SHA-256 ");
    }

    private static byte[] bytes(Path where, boolean terminal, String... arguments) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        var at = new Terminal(
                Terminal.writer(out), Terminal.writer(err), terminal, false, 100, where, Map.of("NO_COLOR", "1"));
        assertThat(Main.run(at, arguments)).as("%s", err).isZero();
        return out.toByteArray();
    }

    @Test
    void aDamagedFileIsNotStreamedInSilence() throws IOException {
        Path dead = dir.resolve("models/.mgit/parameters");
        assertThat(models.run("show", "bert:model.safetensors").exit()).isZero();
        try (var files = Files.walk(dead)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                String name = file.getFileName().toString();
                if (name.endsWith(".sst") || name.endsWith(".blob") || name.endsWith(".log")) {
                    byte[] bytes = Files.readAllBytes(file);
                    for (int i = 0; i < bytes.length; i += 40) {
                        bytes[i] ^= 0x55;
                    }
                    Files.write(file, bytes);
                }
            }
        }
        Cli.Ran ran = models.run("show", "bert:model.safetensors");
        assertThat(ran.exit()).as("%s", ran).isNotZero();
        assertThat(ran.err()).startsWith("error: ");
    }

    @Test
    void logTakesANumberAndShowsWhatChanged() {
        assertThat(subjects(models.root(), "log", "-2", "--oneline", "bert")).isEqualTo("step 3,step 2");
        assertThat(subjects(models.root(), "log", "--oneline", "--max-count", "1", "bert"))
                .isEqualTo("step 3");
        String patch = out(models.root(), "log", "-p", "squad");
        assertThat(patch).contains("bert@" + models.id("bert")).contains("A root: 2 files");
        assertThat(patch.lines())
                .filteredOn(line -> line.contains("model.safetensors"))
                .hasSizeGreaterThanOrEqualTo(2);
        JsonObject json = models.json("log", "-1", "--stat", "--json", "squad");
        assertThat(json.objects("versions").get(0).has("diff")).isTrue();
    }

    @Test
    void tagsAreListedByPattern() {
        models.ok("tag", "v1.0", "bert~2");
        models.ok("tag", "v1.1", "bert~1");
        models.ok("tag", "best", "bert");
        assertThat(models.ok("tag", "-l").lines()).hasSize(4);
        assertThat(models.ok("tag", "-l", "v1.*")).contains("v1.0", "v1.1").doesNotContain("best");
        assertThat(models.json("tag", "--list", "b*", "--json").objects("tags")).hasSize(1);
        assertThat(models.run("tag", "-l", "-d", "v1.0").exit()).isEqualTo(2);
    }

    @Test
    void branchesAreRenamedRemovedAndListedAtLength() throws IOException {
        assertThat(models.ok("branch", "-v")).containsPattern("squad .* 1 +finetune of bert@" + models.id("bert"));
        assertThat(models.ok("branch", "-v")).containsPattern("bert .* 3 ");
        assertThat(models.ok("branch", "-m", "squad", "qa")).isEqualTo("squad is now qa\n");
        assertThat(out(folder, "branch", "-m", "base")).isEqualTo("bert is now base\n");
        assertThat(models.ok("branch", "-d", "qa")).isEqualTo("Removed qa\n");
        assertThat(out(folder, "branch", "other")).startsWith("other starts at ");
        models.refuses(2, "there is already a model 'other'", "branch", "-m", "base", "other");
        models.refuses(2, "which model should become 'x'?", "branch", "-m", "x");
        assertThat(models.run("branch", "-m", "-d", "base").exit()).isEqualTo(2);
    }

    @Test
    void commandsThatMakeVersionsSayTheirIdsAsJson() throws IOException {
        JsonObject committed = models.json("commit", "run", "--model", "again", "--from", "bert=distill", "--json");
        assertThat(committed.string("id")).startsWith(models.id("again"));
        assertThat(committed.string("model")).isEqualTo("again");
        assertThat(committed.objects("from").get(0).string("kind")).isEqualTo("distill");
        JsonObject checkedOut = models.json("checkout", "bert~2", "old", "--json");
        assertThat(checkedOut.strings("files")).containsExactlyInAnyOrder("config.json", "model.safetensors");
        assertThat(checkedOut.string("folder"))
                .isEqualTo(models.root().resolve("old").toString());
        JsonObject ran = models.json(
                "run",
                "--json",
                "--model",
                "made",
                "--from",
                "bert",
                "--shell",
                "--",
                "cp $MGIT_PARENT_1/* $MGIT_OUTPUT");
        assertThat(ran.objects("versions").get(0).string("id")).startsWith(models.id("made"));
    }

    @Test
    void withJsonNothingElseIsOnStdoutWhateverFollowsTheCommit() throws IOException {
        models.ok("hooks", "add", "note", "--event", "post-commit", "--shell", "--", "echo told");
        models.ok("config", "update.auto", "plan");
        Files.writeString(models.root().resolve("run/config.json"), "{}");
        JsonObject json = models.json("commit", "run", "--model", "bert", "--json", "-m", "again");
        assertThat(json.string("model")).isEqualTo("bert");
    }

    @Test
    void whatOnlyGitKnowsInThePlaceOfARevisionNamesTheWayThereIs() {
        Map.of(
                        "bert~2...bert", "write 'A..B'",
                        "bert@{upstream}", "REMOTE/MODEL",
                        "bert@{yesterday}", "MODEL@{N}",
                        "^bert", "write 'A..B'",
                        ":/step", "'mgit log --oneline'")
                .forEach((typed, way) -> {
                    for (String command : List.of("log", "diff", "checkout", "blame")) {
                        Cli.Ran ran = Cli.run(folder, command, typed);
                        assertThat(ran.exit()).as("%s", ran).isEqualTo(2);
                        assertThat(ran.err()).contains("'" + typed + "' is not a revision of mgit", way);
                    }
                });
        for (String command : List.of("log", "checkout", "blame", "rm", "mv")) {
            Cli.Ran ran = Cli.run(folder, command, "--", "config.json", "other");
            assertThat(ran.exit()).as("%s", ran).isEqualTo(2);
            assertThat(ran.err()).contains("'mgit show REV:FILE'");
        }
        assertThat(Cli.run(folder, "blame", "bert:config.json").err()).contains("'mgit show REV:FILE'");
        assertThat(Cli.run(folder, "diff", "bert~1", "bert", "--", "config.json")
                        .err())
                .contains("'--files GLOB'");
    }

    @Test
    void shortOptionsOfGitMeanTheSame() throws IOException {
        assertThat(out(folder, "tag", "here")).isEqualTo("here is bert@" + models.id("bert~1") + "\n");
        assertThat(out(folder, "tag", "-f", "here", "bert")).contains(models.id("bert"));
        assertThat(out(folder, "branch", "-f", "squad", "bert")).contains("squad starts at");
        assertThat(out(folder, "branch", "-vv")).isEqualTo(out(folder, "branch", "-v"));
        Files.writeString(folder.resolve("config.json"), "edited");
        assertThat(out(folder, "checkout", "-f", "@", ".")).contains("2 files");
        assertThat(Cli.run(models.root(), "tag", "nothing").err()).contains("which version should be tagged");
    }

    @Test
    void aCheckoutInsideACheckoutSaysWhatItIs() {
        assertThat(Cli.run(folder, "checkout", "squad").err())
                .contains("squad lies in a checkout of bert: its next commit takes this folder along", "REV .");
        assertThat(Cli.run(models.root(), "checkout", "squad").err()).isEmpty();
        assertThat(Cli.run(folder, "checkout", "bert", ".").err()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"two words", "dot.", "a.lock", "-dash", "@", ".hidden"})
    void aFolderWhoseNameNoModelCanHaveIsCommittedUnderAnother(String name) throws IOException {
        Path odd = models.root().resolve(name);
        TestRepository.weights(odd.resolve("model.safetensors"), 7, 8);
        Cli.Ran refused = models.run("commit", odd.toString());
        assertThat(refused.exit()).isEqualTo(2);
        assertThat(refused.err()).contains("'" + name + "' is ", "hint: name it with --model NAME");
        assertThat(models.ok("commit", odd.toString(), "--model", "plain")).startsWith("[plain ");
    }
}
