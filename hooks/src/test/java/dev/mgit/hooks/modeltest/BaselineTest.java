package dev.mgit.hooks.modeltest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mgit.delta.MgitException;
import dev.mgit.delta.json.Json;
import dev.mgit.delta.json.JsonObject;
import dev.mgit.hooks.FolderWorkspace;
import dev.mgit.hooks.JobProgress;
import dev.mgit.hooks.executor.Limits;
import dev.mgit.hooks.executor.LocalExecutor;
import dev.mgit.lineage.version.VersionId;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Metrics held against a version that does not move. */
class BaselineTest {
    private static final String WRITE = "echo \"{\\\"acc\\\": $(cat $MGIT_MODEL/weights)}\" > $MGIT_METRICS";

    @TempDir
    Path temp;

    private FolderWorkspace workspace;
    private TestResults results;
    private TestRunner runner;

    @BeforeEach
    void create() {
        workspace = FolderWorkspace.create(temp.resolve("repo"));
        results = new TestResults(workspace);
        runner = new TestRunner(workspace, new LocalExecutor(), results);
    }

    private TestDefinition test(String line, String... rules) {
        var test = new TestDefinition(
                "eval",
                new Selector("all"),
                Event.MANUAL,
                Arrays.stream(rules).map(MetricRule::parse).toList(),
                Limits.NONE,
                List.of(),
                true,
                List.of(line));
        new TestRegistry(workspace).add(test);
        return test;
    }

    private void tag(String name, Optional<VersionId> version) {
        workspace.locked("tag", () -> {
            var transaction = workspace.lineage().begin("tag", workspace.author());
            version.ifPresentOrElse(id -> transaction.setTag(name, id), () -> transaction.deleteTag(name));
            transaction.apply();
            return true;
        });
    }

    @Test
    void smallLossesDoNotAddUp() {
        tag("v1", Optional.of(workspace.commit("m", "1.0")));
        TestDefinition previous = test(WRITE, "acc:higher:tolerance-vs-previous=2%");
        List<VersionId> versions = new ArrayList<>();
        for (String value : List.of("0.985", "0.967", "0.950", "0.932", "0.914")) {
            versions.add(workspace.commit("m", value));
            assertThat(runner.run(versions.get(versions.size() - 1), previous, false)
                            .passed())
                    .isTrue();
        }
        TestDefinition pinned = test(WRITE, "acc:higher:vs=v1:tolerance=2%");

        assertThat(runner.run(versions.get(0), pinned, false).text()).isEqualTo("passed");
        assertThat(runner.run(versions.get(1), pinned, false).text())
                .isEqualTo("failed: acc 0.967 is 0.033 worse than baseline v1's 1 (tolerance 2%)");
        assertThat(runner.run(versions.get(4), pinned, false).passed()).isFalse();
    }

    @Test
    void theDirectionCountsAndNoToleranceMeansNoWorseAtAll() {
        VersionId base = workspace.commit("m", "0.5");
        VersionId more = workspace.commit("m", "0.5000001");
        assertThat(runner.run(more, test(WRITE, "acc:higher:vs=" + base), false).passed())
                .isTrue();
        assertThat(runner.run(more, test(WRITE, "acc:lower:vs=" + base), false).text())
                .startsWith("failed: acc 0.5 is 1.00000e-07 worse than baseline " + base.abbreviated() + "'s 0.5");
        assertThat(runner.run(base, test(WRITE, "acc:lower:vs=" + base), false).passed())
                .isTrue();
    }

    @Test
    void aTagIsFollowedWhenItIsMoved() {
        VersionId strict = workspace.commit("m", "0.9");
        VersionId loose = workspace.commit("m", "0.5");
        VersionId now = workspace.commit("m", "0.6");
        tag("ok", Optional.of(strict));
        TestDefinition test = test(WRITE, "acc:higher:vs=ok");
        assertThat(runner.run(now, test, false).passed()).isFalse();
        tag("ok", Optional.of(loose));
        assertThat(runner.run(now, test, false).passed()).isTrue();
    }

    @Test
    void aBaselineThatCannotBeComparedWithIsSaidAndLetsNothingPass() {
        VersionId broken = workspace.commit("broken", "nonsense");
        VersionId now = workspace.commit("m", "0.6");
        assertThat(runner.run(now, test(WRITE, "acc:higher:vs=gone"), false).text())
                .isEqualTo("failed: acc cannot be compared: baseline gone does not exist");
        String nobody = "1234567890123456789012345678901234567890";
        assertThat(runner.run(now, test(WRITE, "acc:higher:vs=" + nobody), false)
                        .text())
                .isEqualTo("failed: acc cannot be compared: baseline 1234567890 does not exist");

        tag("odd", Optional.of(broken));
        assertThat(runner.run(now, test(WRITE, "acc:higher:vs=odd"), false).text())
                .startsWith("failed: acc cannot be compared: baseline odd has no result: no-metrics: ");
        assertThat(runner.run(now, test("grep -q 0.6 $MGIT_MODEL/weights && " + WRITE, "acc:higher:vs=odd"), false)
                        .text())
                .isEqualTo("failed: acc cannot be compared: baseline odd has no result: crashed: exit code 1");
        VersionId infinite = workspace.commit("infinite", "NaN");
        tag("nan", Optional.of(infinite));
        assertThat(runner.run(now, test(WRITE, "acc:higher:vs=nan"), false).text())
                .isEqualTo("failed: acc cannot be compared: baseline nan has no number for acc");
    }

    @Test
    void aNameThatIsNoTagIsNoBaselineEvenIfAModelHasIt() {
        workspace.commit("m", "0.6");
        assertThat(runner.run(workspace.head("m"), test(WRITE, "acc:higher:vs=m"), false)
                        .passed())
                .isFalse();
    }

    @Test
    void theReportShowsTheBaselineInEveryForm() {
        VersionId base = workspace.commit("m", "0.9");
        VersionId worse = workspace.commit("m", "0.8");
        VersionId better = workspace.commit("m", "0.95");
        tag("v1", Optional.of(base));
        TestDefinition test = test(WRITE, "acc:higher:vs=v1:tolerance=20%");
        List<VersionId> versions = List.of(base, worse, better);
        runner.runAll(
                Map.of(base, List.of(test), worse, List.of(test), better, List.of(test)), false, 1, JobProgress.NONE);

        Report report = Report.of(workspace, versions, List.of(test), results);
        assertThat(ReportFormat.TEXT.write(report))
                .contains("0.9 (0 from v1)")
                .contains("0.8 (-0.1 worse; -0.1 worse than v1)")
                .contains("0.95 (+0.15; +0.05 from v1)");
        assertThat(ReportFormat.MD.write(report)).contains("| 0.8 (-0.1 worse; -0.1 worse than v1) |");
        assertThat(ReportFormat.HTML.write(report))
                .contains("<td class=\"worse\" title=\"passed\">0.8 (-0.1 worse; -0.1 worse than v1)</td>");
        JsonObject json = Json.parseObject(ReportFormat.JSON.write(report).getBytes(StandardCharsets.UTF_8));
        JsonObject cell = json.objects("versions").get(1).objects("results").get(0);
        assertThat(cell.object("baseline").string("name")).isEqualTo("v1");
        assertThat(cell.object("baseline").string("version")).isEqualTo(base.hex());
        assertThat(cell.object("baseline").optionalReal("change"))
                .hasValueSatisfying(change -> assertThat(change).isNegative());
        assertThat(cell.object("baseline").flag("regression")).isTrue();

        tag("v1", Optional.empty());
        Report gone = Report.of(workspace, versions, List.of(test), results);
        assertThat(ReportFormat.TEXT.write(gone)).contains("0.95 (+0.15; baseline v1 does not exist) FAILED");
        JsonObject lost = Json.parseObject(ReportFormat.JSON.write(gone).getBytes(StandardCharsets.UTF_8))
                .objects("versions")
                .get(2)
                .objects("results")
                .get(0)
                .object("baseline");
        assertThat(lost.string("missing")).isEqualTo("does not exist");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "a:higher:vs=",
                "a:higher:vs",
                "a:higher:tolerance=2%",
                "a:higher:vs=v1:vs=v2",
                "a:higher:min=1:min=2",
                "a:higher:vs=v1:tolerance=-1",
                "a:higher:vs=v1:tolerance=NaN",
                "a:higher:vs=v1:tolerance=Infinity%",
                "a:higher:min=NaN"
            })
    void whatCannotBeMeantIsRefused(String rule) {
        assertThatThrownBy(() -> MetricRule.parse(rule)).isInstanceOf(MgitException.class);
    }

    private static JsonObject read(TestDefinition test) {
        return Json.parseObject(Json.bytes(test.toJson()));
    }

    @Test
    void aRuleIsWrittenAsItIsRead() {
        String rule = "loss:lower:max=2.5:tolerance-vs-previous=0.1:vs=v1.0/final:tolerance=2%";
        assertThat(MetricRule.parse(rule)).hasToString(rule);
        TestDefinition test = test(WRITE, rule);
        assertThat(read(test).number("schema")).isEqualTo(2);
        assertThat(TestDefinition.fromJson(read(test))).isEqualTo(test);
        assertThat(read(test(WRITE, "loss:lower")).number("schema")).isEqualTo(1);
    }
}
