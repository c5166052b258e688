package dev.mgit.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mgit.delta.json.JsonObject;
import dev.mgit.fixtures.Await;
import dev.mgit.fixtures.ChildJvm;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code mgit test}: real commands on made models. */
class TestCommandTest {
    @TempDir
    private Path folder;

    private HookedRepository models;
    private TestRepository repository;

    @BeforeEach
    void aModelAndItsChild() throws IOException {
        models = HookedRepository.init(folder).derive("a", "base");
        repository = models.repository();
        assertThat(models.ran()).containsExactly("a");
    }

    @Test
    void testsAreRegisteredShownAndRemoved() throws IOException {
        repository.ok(
                "test",
                "add",
                "lines",
                "--on",
                "kind:finetune",
                "--metric",
                "lines:lower:max=9",
                "--timeout",
                "2m",
                "--",
                "count",
                "two words",
                "@file");

        assertThat(repository.ok("test", "list"))
                .contains("lines  kind:finetune  manual  lines:lower:max=9.0  count 'two words' @file");
        JsonObject shown = repository.json("test", "show", "lines", "--json");
        assertThat(shown.strings("command")).containsExactly("count", "two words", "@file");
        assertThat(shown.object("limits").number("timeoutSeconds")).isEqualTo(120);
        assertThat(shown.flag("trusted")).isTrue();
        assertThat(repository.json("test", "list", "--json").objects("tests")).hasSize(1);
        repository.ok("test", "rm", "lines");
        assertThat(repository.ok("test", "list")).isEmpty();
        repository.refuses(2, "no test 'lines'", "test", "rm", "lines");
        repository.refuses(2, "no test 'lines'", "test", "show", "lines");
    }

    @Test
    void whatCannotBeRegisteredIsRefused() throws IOException {
        repository.refuses(2, "Missing required option: '--on=WHAT'", "test", "add", "x", "--", "true");
        repository.refuses(2, "Missing required parameter: 'COMMAND'", "test", "add", "x", "--on", "all");
        repository.refuses(
                2, "'../x' is not a valid name for a test", "test", "add", "../x", "--on", "all", "--", "true");
        repository.refuses(
                2, "unknown event 'push'", "test", "add", "x", "--on", "all", "--event", "push", "--", "true");
        repository.refuses(
                2,
                "cannot read metric 'acc:up'",
                "test",
                "add",
                "x",
                "--on",
                "all",
                "--metric",
                "acc:up",
                "--",
                "true");
        repository.refuses(
                2,
                "cannot read 'soon' as a time",
                "test",
                "add",
                "x",
                "--on",
                "all",
                "--timeout",
                "soon",
                "--",
                "true");
        repository.refuses(2, "unknown kind of derivation 'x'", "test", "add", "x", "--on", "kind:x", "--", "true");
    }

    @Test
    void aResultIsKeptWithItsVersionAndNotMadeTwice() throws IOException {
        models.test("lines", "all", "manual", "lines:lower:max=9", HookedRepository.COUNT);
        Cli.Ran first = repository.run("test", "run");

        assertThat(first.exit()).isZero();
        assertThat(first.out()).contains("lines  passed  lines 2").endsWith("2 passed\n");
        assertThat(first.err()).contains("a: test lines: passed");
        assertThat(models.ran()).containsExactly("test a", "test base");
        JsonObject again = repository.json("test", "run", "a", "--ancestors", "-j", "2", "--json");
        assertThat(again.objects("results"))
                .hasSize(2)
                .allMatch(result -> result.string("status").equals("passed"));
        assertThat(models.ran()).isEmpty();
        repository.ok("test", "run", "a", "--fresh");
        assertThat(models.ran()).containsExactly("test a");
        models.commit("base", "base2");
        repository.ok("test", "run", "--since", "a");
        assertThat(models.ran()).containsExactly("test base");
        repository.ok("test", "run", "base~1", "--descendants", "--fresh");
        assertThat(models.ran()).containsExactly("test a", "test base", "test base");
        repository.ok("test", "run", "--all", "--test", "lines", "--fresh");
        assertThat(models.ran()).containsExactly("test a", "test base", "test base");
        assertThat(repository.ok("log", "--tests", "-n", "1", "a")).contains("test lines: passed (lines 2)");
        assertThat(repository.ok("log", "--tests", "--json", "-n", "1", "a")).contains("\"status\" : \"passed\"");
    }

    @Test
    void aBrokenLimitACrashATimeoutAndMissingMetricsAreToldApart() throws IOException {
        models.test("limit", "a", "manual", "lines:lower:max=1", HookedRepository.COUNT);
        Cli.Ran broken = repository.run("test", "run", "a");
        assertThat(broken.exit()).isEqualTo(4);
        assertThat(broken.out()).contains("failed: lines 2 is above 1").endsWith("1 failed\n");

        models.test("crash", "a", "manual", "m:higher", "echo why >&2; exit 7");
        models.test("mute", "a", "manual", "m:higher", ":");
        repository.ok(
                "test", "add", "slow", "--on", "a", "--metric", "m:higher", "--timeout", "1s", "--", "sleep", "300");
        Cli.Ran all = repository.run("test", "run", "a", "-j", "4");
        assertThat(all.exit()).isEqualTo(1);
        assertThat(all.out())
                .contains("crashed: exit code 7", "no-metrics:", "timed-out: timed out")
                .endsWith("1 failed, 1 crashed, 1 timed-out, 1 no-metrics\n");
        String shown = repository.ok("show", "a");
        assertThat(shown)
                .contains("test crash: crashed: exit code 7", "test slow: timed-out", "test mute: no-metrics")
                .contains("test limit: failed: lines 2 is above 1 (lines 2)");
        assertThat(repository.ok("show", "a", "--json")).contains("\"status\" : \"timed-out\"", "\"recipe\"");
        assertThat(repository.ok("test", "report", "a")).contains("crashed", "timed-out", "no-metrics", "2 FAILED");
        repository.ok("checkout", "a", "work");
        assertThat(repository.ok("status"))
                .contains("tests:    crash crashed, limit failed, mute no-metrics, slow timed-out");
        assertThat(repository.ok("status", "--json")).contains("\"test\" : \"slow\"");
    }

    @Test
    void theReportComparesAndComesInFourForms() throws IOException {
        models.test("lines", "all", "manual", "lines:lower", HookedRepository.COUNT);
        repository.ok("test", "run");

        assertThat(repository.ok("test", "report")).contains("2 (+1 worse)", "0 of 1 values no worse than before.");
        JsonObject report = repository.json("test", "report", "--json");
        assertThat(report.number("regressions")).isEqualTo(1);
        assertThat(repository.json("test", "report", "--format", "json")).isEqualTo(report);
        assertThat(repository.ok("test", "report", "--format", "md")).contains("| model | version | lines lines |");
        assertThat(repository.ok("test", "report", "--format", "html"))
                .startsWith("<!doctype html>")
                .contains("worse");
        repository.refuses(2, "no report format 'pdf'", "test", "report", "--format", "pdf");
        repository.refuses(2, "no test 'none'", "test", "report", "--test", "none");
    }

    @Test
    void theReportMarksResultsOfCodeThatHasChangedSince() throws IOException {
        Path script = Files.writeString(models.root().resolve("count.sh"), HookedRepository.COUNT + "\n");
        repository.ok("test", "add", "lines", "--on", "all", "--metric", "lines:lower", "--", "sh", "count.sh");
        repository.ok("test", "run");
        assertThat(repository.ok("test", "report")).doesNotContain("*");
        assertThat(repository.ok("test", "report", "--json")).doesNotContain("outdated");

        Files.writeString(script, "# counts\n" + HookedRepository.COUNT + "\n");
        assertThat(repository.ok("test", "report"))
                .contains("2 (+1 worse) *", "\n* by code or data of the test that has changed since");
        assertThat(repository.ok("test", "report", "--json")).contains("\"outdated\": true");
        assertThat(repository.ok("test", "report", "--format", "html"))
                .contains("2 (+1 worse) *</td>", "by code or data that has changed since\">");
        repository.ok("test", "run");
        assertThat(repository.ok("test", "report")).as("run again").doesNotContain("*");
    }

    @Test
    void theReportAsAPageShowsTrendsAndTheFamily() throws IOException {
        models.commit("base", "<script>one\ntwo");
        models.commit("base", "one");
        models.test("lines", "base", "manual", "lines:higher:min=2", HookedRepository.COUNT);
        repository.run("test", "run", "base", "base~1", "base~2");

        String page = repository.ok("test", "report", "--format", "html");
        assertThat(page)
                .contains("<h2>Trends</h2>", "<polyline points=", "best 2 at " + repository.id("base~1"))
                .contains("class=\"failed\"", "<h2>Lineage</h2>", "stale: parent")
                .doesNotContain("<script>");
        assertThat(page).isEqualTo(repository.ok("test", "report", "--format", "html") + "");
    }

    @Test
    void theReportLeavesOutWhatNoTestAppliesToUnlessItIsNamed() throws IOException {
        models.test("lines", "a", "manual", "lines:lower", HookedRepository.COUNT);
        assertThat(repository.ok("test", "report").lines())
                .as("not run yet, but it applies")
                .anyMatch(line -> line.startsWith("a "))
                .noneMatch(line -> line.startsWith("base "));
        repository.ok("test", "run", "a");
        JsonObject all = repository.json("test", "report", "--json");
        assertThat(all.objects("versions"))
                .extracting(version -> version.string("model"))
                .containsExactly("a");
        assertThat(repository.json("test", "report", "base", "--json").objects("versions"))
                .extracting(version -> version.string("model"))
                .containsExactly("base");
        assertThat(repository.json("test", "report", "--all", "--json").objects("versions"))
                .hasSize(1);
    }

    @Test
    void aBaselineIsATagOrTheVersionThatARevisionMeansNow() throws IOException {
        repository.ok("tag", "v1", "a");
        String id = repository.id("a");
        String full = repository.json("show", "a", "--json").string("id");
        assertThat(full).startsWith(id);
        models.test("tagged", "a", "manual", "lines:lower:vs=v1:tolerance=0", HookedRepository.COUNT);
        models.test("named", "a", "manual", "lines:lower:vs=a", HookedRepository.COUNT);
        assertThat(repository.run("test", "show", "tagged", "--json").json().strings("metrics"))
                .containsExactly("lines:lower:vs=v1:tolerance=0");
        assertThat(repository.run("test", "show", "named", "--json").json().strings("metrics"))
                .containsExactly("lines:lower:vs=" + full + ":tolerance=0");

        repository.ok("test", "run", "a");
        models.commit("a", "one\ntwo\nthree");
        Cli.Ran worse = repository.run("test", "run", "a");
        assertThat(worse.exit()).isEqualTo(4);
        assertThat(worse.out())
                .contains("lines 3 is 1 worse than baseline v1's 2 (tolerance 0)")
                .contains("lines 3 is 1 worse than baseline " + full.substring(0, 10) + "'s 2 (tolerance 0)");
        assertThat(repository.ok("test", "report", "a")).contains("3 (+1 worse; +1 worse than v1) FAILED");

        repository.ok("tag", "-d", "v1");
        Cli.Ran gone = repository.run("test", "run", "a", "--test", "tagged");
        assertThat(gone.exit()).isEqualTo(4);
        assertThat(gone.out()).contains("failed: lines cannot be compared: baseline v1 does not exist");
        repository.refuses(
                2,
                "unknown revision 'v9'",
                "test",
                "add",
                "x",
                "--on",
                "a",
                "--metric",
                "lines:lower:vs=v9",
                "--",
                "true");
    }

    @Test
    void aBuiltInCheckLooksForNanInWeightsWithoutAnyProgram() throws IOException {
        repository.ok("test", "add", "finite", "--on", "all", "--event", "update", "--", "builtin:finite-weights");
        assertThat(repository.ok("test", "list")).contains("nan:lower:max=0.0 infinite:lower:max=0.0");
        assertThat(repository.ok("test", "run", "a")).contains("finite  passed");
        Path bad = models.lay("bad", "x");
        byte[] bytes = Files.readAllBytes(bad.resolve("model.safetensors"));
        java.nio.ByteBuffer.wrap(bytes).order(java.nio.ByteOrder.LITTLE_ENDIAN).putFloat(bytes.length - 8, Float.NaN);
        Files.write(bad.resolve("model.safetensors"), bytes);
        repository.ok("commit", bad.toString(), "--model", "bad", "-m", "bad");

        Cli.Ran ran = repository.run("test", "run", "bad");
        assertThat(ran.exit()).isEqualTo(4);
        assertThat(ran.out()).contains("failed: nan 1 is above 0; model.safetensors: w has 1 NaN, the first at [62]");
        repository.ok("hooks", "add", "finite", "--event", "pre-commit", "--", "builtin:finite-weights");
        models.lay("bad", "y");
        Files.write(bad.resolve("model.safetensors"), bytes);
        Cli.Ran refused = repository.run("commit", bad.toString(), "--model", "worse", "-m", "bad");
        assertThat(refused.exit()).isEqualTo(4);
        assertThat(refused.err())
                .contains("hook 'finite' refused the version: model.safetensors: w has 1 NaN, the first at [62]");
        repository.refuses(2, "no built-in check 'builtin:x'", "test", "add", "x", "--on", "all", "--", "builtin:x");
        repository.refuses(
                2,
                "a built-in check takes no --shell",
                "hooks",
                "add",
                "x",
                "--event",
                "pre-commit",
                "--shell",
                "--",
                "builtin:finite-weights");
    }

    @Test
    void whatCannotRunIsRefused() throws IOException {
        repository.refuses(1, "no test applies to these versions", "test", "run");
        repository.refuses(2, "unknown revision 'nobody'", "test", "run", "nobody");
        repository.refuses(2, "choose one of REV", "test", "run", "a", "--all");
        repository.refuses(2, "need a REV", "test", "run", "--ancestors");
        repository.refuses(2, "unknown executor 'cloud'", "config", "executor.name", "cloud");
        models.test("lines", "all", "manual", "lines:lower", HookedRepository.COUNT);
        repository.refuses(2, "unknown executor 'cloud'", "test", "run", "--executor", "cloud");
        repository.refuses(2, "-j must be at least 1", "test", "run", "-j", "0");
        repository.ok("test", "add", "missing", "--on", "a", "--input", "data.csv", "--", "true");
        Cli.Ran missing = repository.run("test", "run", "a", "--test", "missing");
        TestRepository.assertRefused(missing, 1, "input 'data.csv' of test 'missing' does not exist");
    }

    @Test
    void aTestCannotChangeTheRepositoryItRunsFor() throws IOException {
        String mgit = String.join("' '", ChildJvm.command(List.of())) + "' '" + Main.class.getName();
        models.test("evil", "a", "manual", "m:higher", "'" + mgit + "' tag owned a");
        models.test("nosy", "a", "manual", "m:higher", "'" + mgit + "' log");
        Cli.Ran ran = repository.run("test", "run", "a", "--json", "--no-progress");

        assertThat(ran.exit()).isEqualTo(1);
        JsonObject evil = ran.json().objects("results").get(0);
        assertThat(evil.object("result").string("stderr"))
                .contains("error: a command run by mgit cannot change the repository it runs for");
        assertThat(repository.ok("tag")).isEmpty();
        JsonObject nosy = ran.json().objects("results").get(1);
        assertThat(nosy.object("result").string("stdout")).contains("Model:    a");
    }

    @Test
    void aNotifyCommandHearsOfTheEnd() throws Exception {
        models.test("lines", "all", "manual", "lines:lower", HookedRepository.COUNT);
        Path script = Files.writeString(folder.resolve("heard.sh"), "echo $MGIT_EVENT \"$MGIT_DETAIL\" > ../heard\n");
        repository.ok("test", "run", "--notify-command", "sh " + script);

        Path heard = folder.resolve("heard");
        Await.until("the command has written", () -> Files.exists(heard) && Files.size(heard) > 0);
        assertThat(heard).hasContent("published 2 passed");
    }
}
