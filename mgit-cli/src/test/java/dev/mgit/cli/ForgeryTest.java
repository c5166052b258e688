package dev.mgit.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.mgit.fixtures.Await;
import dev.mgit.fixtures.Trees;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What plain Git can make of a lineage, and what audit and fsck say of it. */
class ForgeryTest {
    private static final String TESTS = "refs/notes/mgit/tests";

    @TempDir
    private static Path made;

    @TempDir
    private Path folder;

    private TestRepository repository;

    /** A base, {@code other} beside it, {@code tuned} from the base and {@code leaf} from that, with a test's result. */
    @BeforeAll
    static void family() throws IOException {
        HookedRepository hooked =
                HookedRepository.init(made).derive("tuned", "base").derive("leaf", "tuned");
        Path other = made.resolve("other");
        TestRepository.weights(other.resolve("model.safetensors"), 7, 4096);
        hooked.repository().ok("commit", other.toString(), "--model", "other", "-m", "another");
        hooked.test("lines", "leaf", "manual", "lines:higher", HookedRepository.COUNT);
        hooked.repository().ok("test", "run", "--no-progress", "leaf");
    }

    @BeforeEach
    void copy() throws IOException {
        Trees.copy(made.resolve("repo"), folder.resolve("repo"));
        repository = new TestRepository(folder.resolve("repo"));
        repository.ok("audit", "leaf");
        repository.ok("fsck");
    }

    @ParameterizedTest
    @CsvSource({
        "author .* <, author Eve <, the author is Eve <",
        "> 1, > 0, the date is",
        "'\n\n', '\n\nReviewed by the board. ', the message is 'Reviewed by the board."
    })
    void anAuthorADateOrAMessageRewritten(String from, String to, String named) throws Exception {
        String forged = rewritten("leaf", commit -> commit.replaceFirst(from, to));
        move("leaf", forged);
        assertNamed("leaf", "refs/heads/leaf", "changed outside mgit", named, forged);
    }

    @Test
    void anEdgeMovedToAnotherParent() throws Exception {
        String tuned = full("tuned");
        String other = full("other");
        move("leaf", rewritten("leaf", commit -> commit.replace(tuned, other).replace("tuned@", "other@")));
        assertNamed(
                "leaf",
                "refs/heads/leaf",
                "its recipe was carried out on finetune of tuned@" + tuned.substring(0, 10)
                        + ", but none of its edges leads there",
                "its edge says finetune of other@" + other.substring(0, 10) + ", but its recipe does not name that");
    }

    @Test
    void aTrailerDroppedWhileTheParentStays() throws Exception {
        move("leaf", rewritten("leaf", commit -> commit.replaceAll("Derived-From: .*\n", "")));
        assertNamed(
                "leaf",
                "Git has the parent " + full("tuned") + ", but no Mgit-Previous or Derived-From trailer names it");
    }

    @Test
    void aParentDroppedWhileTheTrailerStays() throws Exception {
        move("leaf", rewritten("leaf", commit -> commit.replaceAll("parent .*\n", "")));
        assertNamed("leaf", "its Derived-From trailer names " + full("tuned") + ", which is not among Git's parents");
    }

    @Test
    void bothDropped() throws Exception {
        move(
                "leaf",
                rewritten("leaf", commit -> commit.replaceAll("parent .*\n", "").replaceAll("Derived-From: .*\n", "")));
        assertNamed("leaf", "but none of its edges leads there", "the edges named is none", "refs/heads/leaf");
    }

    @Test
    void anotherModelsManifest() throws Exception {
        String path = "manifests/model.safetensors";
        String blob = git(null, "rev-parse", "other:" + path);
        move("leaf", withFile("leaf", path, blob));
        assertNamed(
                "leaf", "'model.safetensors' in version", "but the version's record says", "changed files: " + path);
    }

    @Test
    void aFileThatNoRecordHas() throws Exception {
        String blob = git("never committed", "hash-object", "-w", "--stdin");
        move("leaf", withFile("leaf", "files/NOTICE", blob));
        assertNamed("leaf", "its tree has 'files/NOTICE', which its record does not have");
    }

    /** Names of 1.5 MB: more than a manifest has in one piece. */
    @Test
    void aPartOfAManifestThatItDoesNotList() throws Exception {
        List<String> tensors = new ArrayList<>();
        for (int i = 0; i < 500; i++) {
            tensors.add("\"" + "w".repeat(3_000) + i + "\":{\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":[" + i + ","
                    + (i + 1) + "]}");
        }
        Path file = folder.resolve("long").resolve("model.safetensors");
        Files.createDirectories(file.getParent());
        Files.write(file, TestRepository.safetensors("{" + String.join(",", tensors) + "}", new byte[500]));
        repository.ok("commit", file.getParent().toString(), "--model", "long");
        repository.ok("fsck");
        repository.ok("audit", "long");

        String parts = "parts/model.safetensors/ranges/";
        move("long", withFile("long", parts + "00999.json", git(null, "rev-parse", "long:" + parts + "00000.json")));
        assertNamed("long", "its tree has '" + parts + "00999.json', which its record does not have");
    }

    @Test
    void aCommandOfARecipe() throws Exception {
        String recipe = git(null, "cat-file", "-p", "leaf:mgit/recipe.json");
        String blob = git(recipe.replace("history.txt", "future.txt"), "hash-object", "-w", "--stdin");
        move("leaf", withFile("leaf", "mgit/recipe.json", blob));
        assertNamed(
                "leaf",
                "its Mgit-Recipe trailer says ",
                "but the SHA-256 of its recipe is",
                "changed files: mgit/recipe.json (command)");
    }

    @Test
    void everyBranchWithANewAuthorAndLicense() throws Exception {
        Map<String, String> rewritten = new java.util.HashMap<>();
        for (String model : List.of("base", "tuned", "leaf", "other")) {
            String forged = rewritten(model, commit -> {
                String text = commit.replaceFirst("author .* <", "author Eve <")
                        .replace("Mgit-Model", "License: mit\nMgit-Model");
                for (Map.Entry<String, String> id : rewritten.entrySet()) {
                    text = text.replace(id.getKey(), id.getValue());
                }
                return text;
            });
            rewritten.put(full(model), forged);
            move(model, forged);
        }
        Cli.Ran audit = assertNamed("leaf", "refs/heads/leaf", "the author is Eve <", "the trailers is {License=mit}");
        assertThat(audit.out()).contains("refs/heads/base", "refs/heads/tuned").doesNotContain("refs/heads/other");
        assertThat(repository.run("fsck").out()).contains("refs/heads/other");
    }

    @Test
    void aBranchAtAnotherModelsVersion() throws Exception {
        move("leaf", full("other"));
        assertNamed("leaf", "refs/heads/leaf", "it is a version of 'other', where one of 'leaf' was recorded");
        git(null, "update-ref", "refs/heads/stranger", full("other"));
        assertNamed("stranger", "reference refs/heads/stranger", "recorded at nothing", "it is a version of 'other'");
    }

    @Test
    void aBetterTestResult() throws Exception {
        String note = git(null, "notes", "--ref", TESTS, "show", full("leaf"));
        Path file = folder.resolve("note");
        Files.writeString(file, note.replaceAll("\"lines\" *: *3(\\.0)?", "\"lines\" : 0.9999"));
        git(null, "notes", "--ref", TESTS, "add", "-f", "-F", file.toString(), full("leaf"));

        assertNamed(
                "leaf",
                "note 'tests' on version",
                TESTS + " was changed outside mgit: 1 result differs: of test 'lines', 'lines' is 0.9999, recorded 3",
                "recorded by 'test run' at 2");
        Cli.Ran report = repository.run("test", "report", "leaf");
        assertThat(report.out()).contains("3").doesNotContain("0.9999");
        assertThat(report.err()).contains("warning: the note 'tests' on version");
        assertThat(repository.run("find", "--metric", "lines<1").out()).doesNotContain("leaf");
        Cli.Ran again = repository.run("test", "run", "--no-progress", "leaf");
        assertThat(again.out()).doesNotContain("0.9999");
        repository.ok("hooks", "trust", "--all");
        repository.run("test", "run", "--fresh", "--no-progress", "leaf");
        Cli.Ran built = repository.run("fsck");
        assertThat(built.exit()).as("what was built on it stays named").isEqualTo(6);
        assertThat(built.out()).contains("reference " + TESTS, "when 'test run' at 2");
        assertThat(repository.ok("test", "report", "leaf")).doesNotContain("0.9999");
        assertThat(repository.ok("fsck", "--repair"))
                .contains("accepted that 'refs/notes/mgit/tests' was moved outside mgit");
        repository.ok("audit", "leaf");
        repository.ok("fsck");
    }

    @Test
    void resultsThatNoTestGave() throws Exception {
        String note = git(null, "notes", "--ref", TESTS, "show", full("leaf"));
        Path file = folder.resolve("note");
        Files.writeString(file, note);
        git(null, "notes", "--ref", TESTS, "add", "-f", "-F", file.toString(), full("tuned"));
        assertNamed("tuned", "1 result differs: a result of test 'lines' that mgit did not write");
        repository.ok("fsck", "--repair");
        assertThat(git(null, "notes", "--ref", "refs/notes/mgit/set-aside/tests", "show", full("tuned")))
                .contains("lines");
        repository.ok("fsck");
    }

    @Test
    void whatWasBuiltOnAForgedHead() throws Exception {
        String forged = rewritten("leaf", commit -> commit.replaceFirst("author .* <", "author Eve <"));
        move("leaf", forged);
        Path next = folder.resolve("next");
        TestRepository.weights(next.resolve("model.safetensors"), 9, 64);
        repository.ok("commit", next.toString(), "--model", "leaf", "-m", "the next");
        repository.ok("tag", "v1", "base");
        assertNamed("leaf", "reference refs/heads/leaf", "it was at " + forged + " when 'commit leaf' at");
        assertThat(repository.ok("fsck", "--repair"))
                .contains("accepted that 'leaf' was moved outside mgit to " + forged);
        repository.ok("fsck");
        repository.ok("audit", "leaf");
    }

    @Test
    void repairPutsABranchBackAndUndoTakesThat() throws Exception {
        String leaf = full("leaf");
        move("leaf", full("other"));
        assertThat(repository.ok("fsck", "--repair")).contains("put 'leaf' back at " + leaf);
        repository.ok("audit", "leaf");
        assertThat(full("leaf")).isEqualTo(leaf);
        repository.ok("undo");
        assertThat(full("leaf")).isEqualTo(full("other"));
        assertThat(repository.run("fsck").exit())
                .as("it was taken back on purpose")
                .isZero();
    }

    @Test
    void aRecipeSetLaterIsSaidToBe() throws Exception {
        String original = repository.ok("recipe", "show", "leaf");
        repository.ok("recipe", "set", "leaf", "--", "never", "run");
        assertThat(repository.ok("recipe", "show", "leaf"))
                .contains("never run", "Recorded:", "no; replaced by", "recipe show --original");
        assertThat(repository.ok("recipe", "show", "--original", "leaf")).isEqualTo(original);
        assertThat(repository.ok("audit", "leaf"))
                .contains("recipe replaced", "its recipe was replaced by", ", never run")
                .contains("on trust: whoever can write to this repository");
        repository.ok("fsck");
        repository.ok("recipe", "set", "base", "--", "never", "run");
        repository.refuses(2, "was recorded without a recipe", "recipe", "show", "--original", "base");
    }

    @Test
    void anEdgeWithdrawnThatTheRecipeStillNames() throws Exception {
        repository.ok("edge", "rm", "leaf", "tuned");
        assertThat(repository.ok("audit", "leaf"))
                .contains("edge withdrawn", "was withdrawn by", "but its recipe was carried out on it");
        repository.ok("fsck");
    }

    @Test
    void theOperationLog() throws Exception {
        assertThat(repository.ok("op", "log", "--verify"))
                .contains("all records follow one another", "head ", "Unproven:");
        Path log = repository.mgit().resolve("operations");
        List<String> lines = Files.readAllLines(log);
        Files.write(log, lines.subList(0, lines.size() - 2));
        Cli.Ran cut = repository.run("op", "log", "--verify");
        assertThat(cut.exit()).isEqualTo(6);
        assertThat(cut.out()).contains("its end is missing", "reference refs/notes/mgit/tests");
        assertThat(repository.run("fsck").exit()).isEqualTo(6);
        List<String> fewer = new ArrayList<>(lines);
        fewer.remove(3);
        Files.write(log, fewer);
        cut = repository.run("op", "log", "--verify", "--json");
        assertThat(cut.exit()).isEqualTo(6);
        assertThat(cut.json().strings("wrong"))
                .anySatisfy(why -> assertThat(why).contains("does not follow"));
    }

    private Cli.Ran assertNamed(String revision, String... words) {
        Cli.Ran audit = repository.run("audit", revision);
        assertThat(audit.exit()).as("%s", audit).isEqualTo(6);
        Cli.Ran fsck = repository.run("fsck");
        assertThat(fsck.exit()).as("%s", fsck).isEqualTo(6);
        for (Cli.Ran ran : List.of(audit, fsck)) {
            assertThat(ran.out()).contains(words);
            assertThat(ran.err()).doesNotContain("Exception", "internal error");
        }
        return audit;
    }

    private String full(String revision) throws Exception {
        return git(null, "rev-parse", revision);
    }

    private void move(String model, String commit) throws Exception {
        git(null, "update-ref", "refs/heads/" + model, commit);
    }

    private String rewritten(String model, UnaryOperator<String> change) throws Exception {
        String commit = git(null, "cat-file", "-p", model) + "\n";
        String forged = change.apply(commit);
        assertThat(forged).isNotEqualTo(commit);
        return git(forged, "hash-object", "-t", "commit", "-w", "--stdin");
    }

    /** A commit with another file in its tree, and all else as it was. */
    private String withFile(String model, String path, String blob) throws Exception {
        git(null, "read-tree", model);
        git(null, "update-index", "--add", "--cacheinfo", "100644," + blob + "," + path);
        String tree = git(null, "write-tree");
        return rewritten(model, commit -> commit.replaceFirst("tree .*", "tree " + tree));
    }

    private String git(String input, String... words) throws Exception {
        List<String> command = new ArrayList<>(List.of(
                "git",
                "-c",
                "user.name=Eve",
                "-c",
                "user.email=eve@example.org",
                "--git-dir",
                repository.mgit().resolve("lineage.git").toString()));
        command.addAll(List.of(words));
        Path in = folder.resolve("in");
        Path out = folder.resolve("out");
        Files.writeString(in, input == null ? "" : input);
        var builder = new ProcessBuilder(command);
        builder.environment().put("GIT_INDEX_FILE", folder.resolve("index").toString());
        Process process =
                builder.redirectInput(in.toFile()).redirectOutput(out.toFile()).start();
        String errors = new String(process.getErrorStream().readAllBytes(), UTF_8);
        assertThat(Await.exit(process)).as(errors).isZero();
        return Files.readString(out).stripTrailing();
    }
}
