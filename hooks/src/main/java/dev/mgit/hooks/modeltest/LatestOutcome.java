package dev.mgit.hooks.modeltest;

import dev.mgit.hooks.Workspace;
import dev.mgit.lineage.version.Version;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * The latest result of one test on a version, judged by the limits of today where the test is registered as it was run.
 *
 * @param status {@link Verdict.Status#word()}, or that of the outcome where the test is another by now
 * @param text one line for people
 * @param outdated whether code or data have changed since it was run
 */
public record LatestOutcome(String test, String status, String text, Map<String, Double> metrics, boolean outdated) {
    /** Those of a version, by test. Runs nothing. */
    public static List<LatestOutcome> of(
            Workspace workspace, TestResults results, Map<String, TestDefinition> tests, Version version) {
        Map<String, TestResult> latest = new TreeMap<>();
        results.of(version.id()).forEach(result -> latest.put(result.test(), result));
        List<LatestOutcome> outcomes = new ArrayList<>();
        latest.forEach((name, result) -> {
            Optional<Verdict> verdict =
                    Optional.ofNullable(tests.get(name)).flatMap(test -> results.verdict(version, test));
            outcomes.add(verdict.map(now -> judged(workspace, name, now)).orElseGet(() -> redefined(name, result)));
        });
        return outcomes;
    }

    private static LatestOutcome judged(Workspace workspace, String name, Verdict now) {
        return new LatestOutcome(
                name,
                now.status().word(),
                now.text().lines().findFirst().orElse(""),
                now.result().metrics(),
                now.test().outdates(now.result(), workspace.root()));
    }

    private static LatestOutcome redefined(String name, TestResult result) {
        String word = result.outcome().word();
        return new LatestOutcome(name, word, word + ", from an earlier definition of the test", result.metrics(), true);
    }

    public boolean passed() {
        return status.equals(Verdict.Status.PASSED.word());
    }
}
