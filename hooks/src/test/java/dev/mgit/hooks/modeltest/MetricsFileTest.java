package dev.mgit.hooks.modeltest;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mgit.delta.json.Json;
import dev.mgit.hooks.FolderWorkspace;
import dev.mgit.hooks.executor.Limits;
import dev.mgit.hooks.executor.LocalExecutor;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a command may leave as its metrics, and what is made of it. */
class MetricsFileTest {
    @TempDir
    Path temp;

    private FolderWorkspace workspace;

    @BeforeEach
    void create() {
        workspace = FolderWorkspace.create(temp.resolve("repo"));
        workspace.commit("m", "1");
    }

    private Verdict verdict(String metrics, String... rules) throws Exception {
        Files.writeString(temp.resolve("metrics"), metrics);
        var test = new TestDefinition(
                "eval",
                new Selector("all"),
                Event.MANUAL,
                Arrays.stream(rules).map(MetricRule::parse).toList(),
                Limits.NONE,
                List.of(),
                true,
                List.of("cat ../metrics > $MGIT_METRICS"));
        new TestRegistry(workspace).add(test);
        return new TestRunner(workspace, new LocalExecutor(), new TestResults(workspace))
                .run(workspace.head("m"), test, true);
    }

    @ParameterizedTest
    @ValueSource(strings = {"NaN", "true", "false", "null", "\"0.9\"", "\"NaN\"", "[1]", "{\"a\": 1}"})
    void whatIsNoNumberIsAFailedMetric(String value) throws Exception {
        for (String rule : List.of("q:higher", "q:lower:max=5", "q:higher:tolerance-vs-previous=1%")) {
            Verdict verdict = verdict("{\"q\": " + value + ", \"other\": 1}", rule);
            assertThat(verdict.status()).isEqualTo(Verdict.Status.FAILED);
            assertThat(verdict.text()).isEqualTo("failed: q is not a number");
        }
        assertThat(verdict("{\"q\": " + value + "}").text()).isEqualTo("failed: q is not a number");
    }

    @ParameterizedTest
    @CsvSource({"Infinity, Infinity", "-Infinity, -Infinity", "1e999, Infinity"})
    void infinityIsNoNumberEither(String value, String shown) throws Exception {
        assertThat(verdict("{\"q\": " + value + "}", "q:lower").text())
                .isEqualTo("failed: q is not a number (" + shown + ")");
        assertThat(verdict("{\"q\": " + value + "}", "q:higher:min=0").status()).isEqualTo(Verdict.Status.FAILED);
    }

    @Test
    void whatNoRuleJudgesMayBeAnything() throws Exception {
        Verdict verdict =
                verdict("{\"q\": 0.5, \"classes\": [1, 2], \"name\": \"x\", \"perplexity\": NaN}", "q:higher");
        assertThat(verdict.passed()).isTrue();
        assertThat(verdict.result().metrics()).containsEntry("perplexity", Double.NaN);
    }

    @Test
    void numbersOfAnySizeAreNumbers() throws Exception {
        assertThat(verdict("{\"q\": 123456789012345678901234567890, \"r\": 7}", "q:higher")
                        .result()
                        .metrics())
                .isEqualTo(Map.of("q", 1.2345678901234568E29, "r", 7.0));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"{\"q\": nan}", "{\"q\": 1", "[1]", "", "{}", "{\"q\": 1} 2", "{\"q\": 1, \"q\": 2}", "NaN"})
    void whatIsNoJsonObjectIsNoMetricsAndNothingIsSaidOfALibrary(String text) throws Exception {
        Verdict verdict = verdict(text, "q:higher");
        assertThat(verdict.status()).isEqualTo(Verdict.Status.NO_METRICS);
        assertThat(verdict.text()).startsWith("no-metrics: metrics: ").doesNotContain("enable", "ALLOW", "Feature");
    }

    @Test
    void notesOfEarlierVersionsAreReadAsTheyWere() {
        var noted = new TestResult(
                "t",
                "d",
                "x",
                TestResult.Outcome.RAN,
                0,
                "",
                Map.of("a", Double.NaN, "b", Double.NEGATIVE_INFINITY, "c", 1.5),
                "",
                "",
                java.time.Instant.EPOCH,
                1);
        assertThat(TestResult.fromJson(Json.parseObject(Json.bytes(noted.toJson()))))
                .isEqualTo(noted);
    }
}
