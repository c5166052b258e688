package dev.mgit.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mgit.delta.json.JsonObject;
import dev.mgit.fixtures.Await;
import dev.mgit.lineage.repository.ExclusiveFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code mgit update}: real commands on made models. */
class UpdateCommandTest {
    @TempDir
    private Path folder;

    private HookedRepository models;
    private TestRepository repository;

    @BeforeEach
    void aModel() throws IOException {
        models = HookedRepository.init(folder);
        repository = models.repository();
    }

    private static Map<String, String> states(JsonObject report) {
        Map<String, String> states = new TreeMap<>();
        report.objects("units")
                .forEach(unit -> states.put(unit.strings("models").get(0), unit.string("state")));
        return states;
    }

    @Test
    void aDiamondIsMadeAgainOnceParentsFirst() throws IOException {
        models.diamond().ran();
        Cli.Ran commit = models.commit("base", "base2");
        assertThat(commit.err())
                .contains("made from an older base: a, b, c, d, q", "hint: 'mgit update base --plan' shows");

        String plan = repository.ok("update", "base", "--plan");
        assertThat(plan).contains("base has a new version", "a, b have a new version", "5 commands to run");
        JsonObject planned = repository.json("update", "base", "--plan", "--json");
        assertThat(planned.objects("units")).hasSize(5);
        assertThat(planned.has("estimateSeconds")).isTrue();
        assertThat(models.ran()).isEmpty();

        Cli.Ran update = repository.run("update", "base", "--jobs", "2");
        assertThat(update.exit()).as("%s", update).isZero();
        assertThat(update.out()).contains("done: 5 passed");
        assertThat(update.err()).contains("a: started, local", "q: passed", "base: published");
        assertThat(models.ran()).containsExactly("a", "b", "c", "d", "q");
        assertThat(models.history("q")).isEqualTo("base2\n+a\nbase2\n+b\n+c\n+q\n");
        assertThat(repository.ok("update", "--status")).contains("done: 5 passed");
        assertThat(states(repository.json("update", "--status", "--json"))).hasSize(5);
        assertThat(repository.ok("update", "base")).contains("Nothing to run");
        assertThat(repository.ok("status")).doesNotContain("behind");
    }

    @Test
    void aGateKeepsABadChildAndWhatIsBelowItBack() throws IOException {
        models.diamond().ran();
        models.test("short", "a", "update", "lines:lower:max=1", HookedRepository.COUNT);
        models.commit("base", "base2");
        String before = repository.id("a");
        Cli.Ran update = repository.run("update", "base");

        assertThat(update.exit()).isEqualTo(4);
        assertThat(update.out())
                .contains("a: test short failed: lines 2 is above 1")
                .contains("done: 1 failed, 2 passed, 2 skipped");
        assertThat(update.err()).contains("hint: command logs are in ");
        assertThat(repository.id("a")).isEqualTo(before);
        assertThat(models.history("c")).startsWith("base1");
        assertThat(models.history("d")).isEqualTo("base2\n+d\n");
        assertThat(models.ran()).containsExactly("a", "b", "d", "test a");
    }

    @Test
    void gatesThatAreNamedDecideInPlaceOfTheRegisteredOnes() throws IOException {
        models.derive("a", "base");
        models.test("short", "a", "update", "lines:lower:max=1", HookedRepository.COUNT);
        models.test("long", "a", "manual", "lines:higher:min=2", HookedRepository.COUNT);
        models.commit("base", "base2");
        models.ran();
        repository.ok("update", "base", "--gate", "long");
        assertThat(models.ran()).containsExactly("a", "test a");
        assertThat(models.history("a")).isEqualTo("base2\n+a\n");

        models.commit("base", "base3");
        Cli.Ran held = repository.run("update", "base", "--gate", "long,short");
        assertThat(held.exit()).isEqualTo(4);
        assertThat(held.out()).contains("a: test short failed: lines 2 is above 1");
        assertThat(models.history("a")).isEqualTo("base2\n+a\n");
    }

    @Test
    void aCommandThatFailsStopsWhatIsBelowItAndExitsWith1() throws IOException {
        models.derive("a", "base")
                .deriveBy(
                        "grep -q base2 $MGIT_PARENT_1/history.txt && { echo out of luck >&2; exit 5; }; "
                                + "cp $MGIT_PARENT_1/* {output}/",
                        "b",
                        "base")
                .derive("c", "b");
        models.commit("base", "base2");
        Cli.Ran update = repository.run("update", "base", "--json", "--no-progress");

        assertThat(update.exit()).isEqualTo(1);
        assertThat(update.err()).isEmpty();
        JsonObject report = update.json();
        assertThat(states(report)).isEqualTo(Map.of("a", "passed", "b", "failed", "c", "skipped"));
        assertThat(Files.readString(Path.of(report.string("logs")).resolve("b.err.log")))
                .isEqualTo("out of luck\n");
        assertThat(repository.ok("update", "--status")).contains("out of luck", "1 failed");
    }

    @Test
    void trainingStateThatARecipeLeavesOutStaysWhereItIsSaid() throws IOException {
        String train = "cp $MGIT_PARENT_1/* {output}/; echo moments > {output}/optimizer.pt";
        repository.ok("run", "--model", "a", "--from", "base", "--weights-only", "--shell", "--", train);
        models.commit("base", "base2");

        Cli.Ran update = repository.run("update", "base", "--no-progress");

        assertThat(update.exit()).as("%s", update).isZero();
        assertThat(models.history("a")).isEqualTo("base2\n");
        String said = "a: files that were not stored stay in ";
        String line = update.err()
                .lines()
                .filter(note -> note.contains(said))
                .findFirst()
                .orElseThrow(() -> new AssertionError(update.err()));
        Path kept = Path.of(line.substring(line.indexOf(said) + said.length()));
        assertThat(kept.resolve("optimizer.pt")).hasContent("moments");
        assertThat(repository.ok("gc", "--dry-run", "--prune-older-than", "0d"))
                .contains(kept.getParent().getFileName().toString());
    }

    @Test
    void withoutKeepGoingNothingIsPublishedBeforeItIsContinued() throws IOException {
        Path broken = folder.resolve("broken");
        models.derive("a", "base");
        models.deriveBy("test ! -e ../broken || exit 1; cp $MGIT_PARENT_1/* {output}/", "z", "base");
        Files.writeString(broken, "");
        models.commit("base", "base2");
        models.ran();
        Cli.Ran stopped = repository.run("update", "base", "--no-keep-going");
        assertThat(stopped.exit()).isEqualTo(1);
        assertThat(stopped.out()).contains("stopped: 1 passed, 1 failed");
        assertThat(stopped.err()).contains("hint: continue with 'mgit update --continue'");
        assertThat(models.history("a")).startsWith("base1");
        assertThat(states(repository.json("update", "--status", "--json")))
                .isEqualTo(Map.of("a", "passed", "z", "failed"));
        repository.refuses(5, "an update is already in progress", "update", "base");

        Files.delete(broken);
        Cli.Ran resumed = repository.run("update", "--continue");
        assertThat(resumed.exit()).as("%s", resumed).isZero();
        assertThat(models.ran()).containsExactly("a");
        assertThat(models.history("a")).isEqualTo("base2\n+a\n");

        Files.writeString(broken, "");
        models.commit("base", "base3");
        Map<String, String> heads = Map.of("a", repository.id("a"), "z", repository.id("z"));
        assertThat(repository.run("update", "base", "--no-keep-going").exit()).isEqualTo(1);
        assertThat(repository.ok("update", "--abort")).contains("models are as they were");
        heads.forEach((model, id) -> assertThat(repository.id(model)).isEqualTo(id));
        assertThat(repository.mgit().resolve("hooks/update")).doesNotExist();
    }

    @Test
    void whatIsLeftOutStaysAsItIs() throws IOException {
        models.diamond().ran();
        models.commit("base", "base2");
        repository.ok("update", "base", "--skip", "b", "--skip", "d", "--until", "c");
        assertThat(models.ran()).containsExactly("a", "c");
        assertThat(models.history("c")).isEqualTo("base2\n+a\nbase1\n+b\n+c\n");
        assertThat(repository.ok("update", "base", "--only", "d", "--plan")).contains("excluded by --only");
        repository.ok("update", "base", "--only", "d");
        assertThat(models.ran()).containsExactly("d");
    }

    @Test
    void whatCannotBeUpdatedIsRefused() throws IOException {
        models.derive("a", "base").ran();
        models.commit("base", "base2");
        repository.refuses(2, "name the model that changed", "update");
        repository.refuses(2, "name no model", "update", "base", "--continue");
        repository.refuses(2, "unknown revision 'nobody'", "update", "nobody");
        repository.refuses(2, "'base~1' is not the newest version of a model", "update", "base~1");
        repository.refuses(2, "no update in progress", "update", "--continue");
        repository.refuses(2, "no update in progress", "update", "--abort");
        repository.refuses(2, "no test 'none'", "update", "base", "--gate", "none");
        repository.refuses(2, "--jobs must be at least 1", "update", "base", "-j", "0");
        repository.refuses(2, "--detach needs an executor with a queue", "update", "base", "--detach");
        repository.refuses(2, "mutually exclusive", "update", "--continue", "--abort");
        assertThat(repository.ok("update", "--status")).contains("No update in progress");
        assertThat(models.ran()).isEmpty();
    }

    @Test
    void aNotifyCommandThatCannotStartOrFailsStopsNothing() throws IOException {
        models.derive("a", "base").ran();
        models.commit("base", "base2");
        Cli.Ran absent = repository.run("update", "base", "--notify-command", "no-such-program x");
        assertThat(absent.exit()).as("%s", absent).isZero();
        assertThat(absent.out()).contains("done: 1 passed");
        assertThat(absent.err()).contains("base: published", "notify command: failed: ", "no-such-program");

        models.commit("base", "base3");
        Cli.Ran failing = repository.run("update", "base", "--notify-command", "false");
        assertThat(failing.exit()).as("%s", failing).isZero();
        assertThat(failing.err()).contains("base: published").doesNotContain("notify command");
        assertThat(models.history("a")).isEqualTo("base3\n+a\n");
    }

    @Test
    void aReportThatIsNoneIsDamage() throws IOException {
        Path last = repository.root().resolve(".mgit/hooks/logs/last.json");
        Files.createDirectories(last.getParent());
        Files.writeString(last, "{\"schema\": 1, \"files\": []}");
        Cli.Ran ran = repository.run("update", "--status");
        assertThat(ran.exit()).isEqualTo(6);
        assertThat(ran.err()).contains("the last update's report is damaged").doesNotContain("internal error");
    }

    /** A report may be anybody's: its logs are where this repository keeps them, and its names lead nowhere else. */
    @Test
    void aReportNamesNoPlaceElsewhere() throws IOException {
        Path last = repository.root().resolve(".mgit/hooks/logs/last.json");
        Files.createDirectories(last.getParent());
        String report = "{\"schema\":1,\"id\":\"01234567\",\"target\":\"m\",\"state\":\"done\",\"units\":[{\"models\":"
                + "[\"m\"],\"state\":\"failed\",\"detail\":\"\",\"before\":{\"m\":\"" + "0".repeat(40)
                + "\"}}],\"logs\":\"/etc\"}";
        Files.writeString(last, report);
        assertThat(repository.json("update", "--status", "--json").string("logs"))
                .isEqualTo(last.resolveSibling("01234567").toString());
        for (String damaged :
                List.of(report.replace("01234567", "../../../x"), report.replace("{\"m\":", "{\"../../../x\":"))) {
            Files.writeString(last, damaged);
            Cli.Ran ran = repository.run("update", "--status");
            assertThat(ran.exit()).as("%s", ran).isEqualTo(6);
            assertThat(ran.err()).contains("the last update's report is damaged");
        }
    }

    @Test
    void anUpdateOfAnotherProcessIsAConflict() throws IOException {
        models.derive("a", "base").ran();
        models.commit("base", "base2");
        Path lock = Files.createDirectories(repository.mgit().resolve("hooks")).resolve("update.lock");
        try (ExclusiveFile held = ExclusiveFile.tryAcquire(lock, "a test").orElseThrow()) {
            assertThat(held).isNotNull();
            repository.refuses(5, "another process is running an update in this repository", "update", "base");
        }
        repository.ok("update", "base");
        assertThat(models.ran()).containsExactly("a");
    }

    @Test
    void whoeverIsToldOfTheEndIsToldWhatFailed() throws Exception {
        models.deriveBy(
                        "test ! -e " + folder.resolve("broken") + " || { echo no >&2; exit 3; }; "
                                + HookedRepository.TRAIN,
                        "a",
                        "base")
                .derive("b", "base");
        models.commit("base", "base2");
        Files.createFile(folder.resolve("broken"));
        Path told = folder.resolve("told");
        Files.writeString(
                models.root().resolve("tell.sh"),
                "printf '%s|%s|%s\n' \"$MGIT_EVENT\" \"$MGIT_SUBJECT\" \"$MGIT_DETAIL\" >> " + told + "\n");
        Cli.Ran update = repository.run("update", "base", "--notify-command", "sh tell.sh");
        assertThat(update.exit()).isEqualTo(1);
        Await.until(
                "both are told",
                () -> Files.exists(told) && Files.readString(told).contains("published|base|a failed: exit code 3\n"));
        assertThat(Files.readString(told)).contains("failed|a|exit code 3\nno\n");
    }

    @Test
    void summaryAndTableCountModels() throws IOException {
        repository.ok(
                "run",
                "--model",
                "x",
                "--model",
                "y",
                "--from",
                "base",
                "--shell",
                "--no-progress",
                "--",
                "for m in $MGIT_MODELS; do cp $MGIT_PARENT_1/* $MGIT_OUTPUT/$m/; done");
        models.derive("z", "y");
        models.commit("base", "base2");
        Cli.Ran update = repository.run("update", "base");
        assertThat(update.out()).contains("done: 3 passed");
        assertThat(update.out().lines().filter(line -> line.contains("  passed")))
                .hasSize(3);
    }

    @Test
    void anUpdateIsOneOperationAndUndoneAsOne() throws IOException {
        models.derive("a", "base").derive("b", "a");
        models.commit("base", "base2");
        String before = repository.id("b");
        repository.ok("update", "base", "--no-progress");
        assertThat(repository.ok("op", "log")).contains("update base").doesNotContain("update: store");
        assertThat(repository.ok("undo")).contains("Undid: update base");
        assertThat(repository.id("b")).isEqualTo(before);
        assertThat(repository.ok("undo")).contains("Undid: commit");
        assertThat(repository.ok("fsck")).contains("no damage");
    }

    @Test
    void anUpdateThatAFailedTestWithholdsIsSaidToBe() throws IOException {
        models.derive("a", "base").ran();
        models.test("short", "base", "commit", "lines:lower:max=1", HookedRepository.COUNT);
        repository.ok("config", "update.auto", "run");
        Cli.Ran good = models.commit("base", "base2");
        assertThat(good.err()).doesNotContain("nothing was updated");
        assertThat(models.ran()).containsExactly("a", "test base");
        Cli.Ran bad = models.commit("base", "two\nlines");
        assertThat(bad.exit()).isZero();
        assertThat(bad.err()).contains("update.auto is run, but nothing was updated: test short failed");
        assertThat(models.ran()).containsExactly("test base");
    }
}
