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
import dev.mgit.lineage.graph.LineageGraph;
import dev.mgit.lineage.version.EdgeKind;
import dev.mgit.lineage.version.ProvenanceEdge;
import dev.mgit.lineage.version.VersionId;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tests on versions in a real Git lineage: made models (one number each), real commands. */
class TestRunnerTest {
    private static final String WRITE = "echo \"{\\\"acc\\\": $(cat $MGIT_MODEL/weights)}\" > $MGIT_METRICS; ";

    @TempDir
    Path temp;

    private FolderWorkspace workspace;
    private TestResults results;
    private TestRunner runner;

    @BeforeEach
    void create() {
        workspace = FolderWorkspace.create(temp.resolve("repo"));
        fresh();
    }

    /** As another process would begin. */
    private void fresh() {
        results = new TestResults(workspace);
        runner = new TestRunner(workspace, new LocalExecutor(), results);
    }

    private TestDefinition test(String line, String... rules) {
        return test(line, Limits.NONE, List.of(), rules);
    }

    private TestDefinition test(String line, Limits limits, List<String> inputs, String... rules) {
        var test = new TestDefinition(
                "eval",
                new Selector("all"),
                Event.MANUAL,
                java.util.Arrays.stream(rules).map(MetricRule::parse).toList(),
                limits,
                inputs,
                true,
                List.of(line));
        new TestRegistry(workspace).add(test);
        return test;
    }

    private ProvenanceEdge edge(VersionId parent, String model) {
        return new ProvenanceEdge(parent, model, EdgeKind.QUANTIZE, ProvenanceEdge.Source.DECLARED);
    }

    private int runs() throws IOException {
        Path file = temp.resolve("runs");
        return Files.exists(file) ? Files.readAllLines(file).size() : 0;
    }

    private static final String COUNT = "echo ran >> ../runs; ";

    @Test
    void theCommandFindsModelParentsAndMetricsFile() {
        VersionId base = workspace.commit("base", "0.9");
        VersionId child = workspace.commit("team/child", "0.8", edge(base, "base"));
        TestDefinition test = test(
                "test $MGIT_MODEL_NAME = team/child && test $MGIT_VERSION = " + child + " && test $MGIT_PARENTS = 1"
                        + " && test $(cat $MGIT_PARENT_1/weights) = 0.9 && test $MGIT_PARENT_1_NAME = base"
                        + " && test $MGIT_PARENT_1_KIND = quantize && test $MGIT_PARENT_1_VERSION = " + base
                        + " && test $MGIT_HOOK = test && echo hello && echo oops >&2 && " + WRITE,
                "acc:higher");

        Verdict verdict = runner.run(child, test, false);
        assertThat(verdict.status()).as(verdict.result().stderr()).isEqualTo(Verdict.Status.PASSED);
        assertThat(verdict.result().stdout()).isEqualTo("hello\n");
        assertThat(verdict.result().stderr()).isEqualTo("oops\n");
        assertThat(verdict.result().metrics()).containsExactly(Map.entry("acc", 0.8));
    }

    @Test
    void everyWayToEndIsToldApart() {
        VersionId version = workspace.commit("m", "0.5");
        assertStatus(version, test(WRITE, "acc:higher"), Verdict.Status.PASSED, "passed");
        assertStatus(version, test(WRITE, "acc:higher:min=0.6"), Verdict.Status.FAILED, "failed: acc 0.5 is below 0.6");
        assertStatus(version, test(WRITE, "acc:lower:max=0.4"), Verdict.Status.FAILED, "failed: acc 0.5 is above 0.4");
        assertStatus(version, test("exit 3"), Verdict.Status.CRASHED, "crashed: exit code 3");
        assertStatus(version, test("kill -SEGV $$"), Verdict.Status.CRASHED, "crashed: killed by signal 11");
        assertStatus(
                version,
                test("sleep 60", Limits.timeout(Duration.ofSeconds(1)), List.of()),
                Verdict.Status.TIMED_OUT,
                "timed-out: timed out");
        assertStatus(
                version,
                test("true", "acc:higher"),
                Verdict.Status.NO_METRICS,
                "no-metrics: metrics: wrote no metrics to MGIT_METRICS");
        assertStatus(
                version, test("echo '{\"acc\": 1' > $MGIT_METRICS", "acc:higher"), Verdict.Status.NO_METRICS, null);
        assertStatus(
                version, test(WRITE, "f1:higher"), Verdict.Status.NO_METRICS, "no-metrics: wrote no value for 'f1'");
        assertStatus(
                version,
                test("echo '{\"acc\": \"NaN\"}' > $MGIT_METRICS", "acc:lower"),
                Verdict.Status.FAILED,
                "failed: acc is not a number");
    }

    private void assertStatus(
            VersionId version,
            TestDefinition test,
            Verdict.Status status,
            @org.jspecify.annotations.Nullable String text) {
        Verdict verdict = runner.run(version, test, false);
        assertThat(verdict.status()).isEqualTo(status);
        if (text != null) {
            assertThat(verdict.text()).isEqualTo(text);
        }
    }

    @Test
    void tolerancesLookAtTheParentOrThePreviousVersionAndKnowWhichWayIsBetter() {
        VersionId base = workspace.commit("base", "0.90");
        workspace.commit("q", "0.70", edge(base, "base"));
        VersionId child = workspace.commit("q", "0.88", edge(base, "base"));

        assertThat(runner.run(child, test(WRITE, "acc:higher:tolerance-vs-parent=0.03"), false)
                        .passed())
                .isTrue();
        assertThat(runner.run(child, test(WRITE, "acc:higher:tolerance-vs-parent=1%"), false)
                        .text())
                .isEqualTo("failed: acc 0.88 is 0.02 worse than the parent's 0.9 (tolerance 1%)");
        assertThat(runner.run(child, test(WRITE, "acc:higher:tolerance-vs-previous=0"), false)
                        .passed())
                .isTrue();
        assertThat(runner.run(child, test(WRITE, "acc:lower:tolerance-vs-previous=0.1"), false)
                        .text())
                .isEqualTo("failed: acc 0.88 is 0.18 worse than the previous version's 0.7 (tolerance 0.1)");
        Verdict root = runner.run(base, test(WRITE, "acc:higher:tolerance-vs-parent=0"), false);
        assertThat(root.passed()).isTrue();
        assertThat(root.notes()).containsExactly("acc was not compared: the parent has no value");
    }

    @Test
    void resultsAreNotedAndFoundAgainByVersionCommandAndData() throws IOException {
        VersionId version = workspace.commit("m", "0.5");
        Files.writeString(temp.resolve("repo/data"), "1");
        Files.writeString(temp.resolve("repo/eval.sh"), "echo");
        TestDefinition test = test(COUNT + WRITE, Limits.NONE, List.of("data"), "acc:higher");
        Map<VersionId, List<TestDefinition>> plan = Map.of(version, List.of(test));

        runner.runAll(plan, false, 2, JobProgress.NONE);
        fresh();
        assertThat(runner.runAll(plan, false, 2, JobProgress.NONE))
                .singleElement()
                .matches(Verdict::passed);
        assertThat(runs()).isEqualTo(1);
        // Other limits are judged from the same result.
        assertThat(runner.run(version, test(COUNT + WRITE, Limits.NONE, List.of("data"), "acc:higher:min=1"), false)
                        .status())
                .isEqualTo(Verdict.Status.FAILED);
        assertThat(runs()).isEqualTo(1);
        Files.writeString(temp.resolve("repo/data"), "2");
        runner.run(version, test, false);
        assertThat(runs()).isEqualTo(2);
        runner.run(version, test, true);
        assertThat(runs()).isEqualTo(3);
        Files.delete(temp.resolve("repo/data"));
        assertThatThrownBy(() -> runner.run(version, test, false)).hasMessageContaining("'data' of test 'eval'");
    }

    @Test
    void aScriptNamedInTheCommandCountsAsItsData() throws IOException {
        Path script = temp.resolve("repo/eval.sh");
        Files.writeString(script, "one");
        var test = new TestDefinition(
                "t",
                new Selector("all"),
                Event.MANUAL,
                List.of(),
                Limits.NONE,
                List.of(),
                false,
                List.of("sh", "eval.sh"));
        String before = test.dataDigest(workspace.root());
        Files.writeString(script, "two");

        assertThat(test.dataDigest(workspace.root())).isNotEqualTo(before);
    }

    @Test
    void whatCameFromElsewhereDoesNotRun() throws IOException {
        VersionId version = workspace.commit("m", "0.5");
        TestDefinition test = test(COUNT + WRITE, "acc:higher");
        Files.delete(workspace.trusted());

        assertThatThrownBy(() -> runner.run(version, test, false))
                .isInstanceOf(MgitException.class)
                .hasMessage("test 'eval' came from elsewhere and has not been approved here");
        assertThat(new TestRegistry(workspace).matching(workspace.lineage().version(version)))
                .isEmpty();
        assertThat(runs()).isZero();
    }

    @Test
    void selectorsAndMetricsAreReadStrictly() {
        VersionId base = workspace.commit("base", "1");
        VersionId child = workspace.commit("team/child", "1", edge(base, "base"));
        var version = workspace.lineage().version(child);

        assertThat(new Selector("team/*").matches(version)).isTrue();
        assertThat(new Selector("other/*").matches(version)).isFalse();
        assertThat(new Selector("*").matches(version)).isTrue();
        assertThat(new Selector("kind:quantize").matches(version)).isTrue();
        assertThat(new Selector("kind:prune").matches(version)).isFalse();
        assertThatThrownBy(() -> new Selector("kind:nonsense")).isInstanceOf(MgitException.class);
        for (String bad : List.of("acc", "acc:up", ":higher", "a:higher:min", "a:higher:min=x", "a:lower:what=1")) {
            assertThatThrownBy(() -> MetricRule.parse(bad)).as(bad).isInstanceOf(MgitException.class);
        }
        String rule = "loss:lower:max=2.5:tolerance-vs-parent=2%:tolerance-vs-previous=0.1";
        assertThat(MetricRule.parse(rule)).hasToString(rule);
        assertThat(MetricRule.parse("a:higher").vsParent()).isEqualTo(Optional.empty());
    }

    @Test
    void aTestRunCanBeAboutAncestorsDescendantsOrWhatIsNewer() {
        VersionId base = workspace.commit("base", "1");
        VersionId one = workspace.commit("child", "1", edge(base, "base"));
        VersionId two = workspace.commit("child", "2", edge(base, "base"));
        VersionId other = workspace.commit("other", "1");
        TestDefinition test = test(WRITE, "acc:higher");
        var scope = new TestScope(LineageGraph.of(workspace.lineage()));

        assertThat(scope.versions(List.of(two), TestScope.Range.ANCESTORS)).containsExactly(two, one, base);
        assertThat(scope.versions(List.of(base), TestScope.Range.DESCENDANTS))
                .containsExactlyInAnyOrder(base, one, two);
        assertThat(scope.versions(List.of(one), TestScope.Range.SINCE)).containsExactlyInAnyOrder(two, other);
        assertThat(scope.heads()).containsExactly(base, two, other);
        var registry = new TestRegistry(workspace);
        assertThat(scope.plan(List.of(two), List.of(), registry)).containsEntry(two, List.of(test));
        assertThat(scope.plan(List.of(two), List.of("eval"), registry)).containsEntry(two, List.of(test));
        assertThatThrownBy(() -> scope.plan(List.of(two), List.of("nothing"), registry))
                .hasMessage("no test 'nothing'");
    }

    @Test
    void theReportComparesAndMarksWhatGotWorse() {
        VersionId base = workspace.commit("base", "0.90");
        VersionId one = workspace.commit("q<1>", "0.70", edge(base, "base"));
        VersionId two = workspace.commit("q<1>", "0.88", edge(base, "base"));
        VersionId other = workspace.commit("other", "0.1");
        TestDefinition test = test(WRITE, "acc:higher:min=0.8");
        runner.runAll(Map.of(base, List.of(test), one, List.of(test), two, List.of(test)), false, 1, JobProgress.NONE);

        Report report = Report.of(workspace, List.of(base, one, two, other), List.of(test), results);
        assertThat(report.regressions()).isEqualTo(1);
        assertThat(ReportFormat.TEXT.write(report))
                .isEqualTo("model  version     eval acc\n"
                        + "base   " + base.abbreviated() + "  0.9\n"
                        + "q<1>   " + one.abbreviated() + "  0.7 (-0.2 worse) FAILED\n"
                        + "q<1>   " + two.abbreviated() + "  0.88 (+0.18)\n"
                        + "other  " + other.abbreviated() + "\n\n"
                        + "1 of 2 values no worse than before.\n");
        assertThat(ReportFormat.MD.write(report))
                .contains("| model | version | eval acc |\n|---|---|---|\n")
                .contains("| q<1> | " + two.abbreviated() + " | 0.88 (+0.18) |");
        assertThat(ReportFormat.HTML.write(report))
                .contains("<td>q&lt;1&gt;</td>")
                .contains("class=\"bad\" title=\"failed: acc 0.7 is below 0.8\">0.7 (-0.2 worse) FAILED</td>")
                .doesNotContain("q<1>");
        JsonObject json = Json.parseObject(ReportFormat.JSON.write(report).getBytes(StandardCharsets.UTF_8));
        JsonObject cell = json.objects("versions").get(1).objects("results").get(0);
        assertThat(cell.string("status")).isEqualTo("failed");
        assertThat(cell.string("against")).isEqualTo("base");
        assertThat(cell.flag("regression")).isTrue();
        assertThat(ReportFormat.parse("md")).isEqualTo(ReportFormat.MD);
    }
}
