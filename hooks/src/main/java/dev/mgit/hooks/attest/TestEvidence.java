package dev.mgit.hooks.attest;

import dev.mgit.delta.json.Json;
import dev.mgit.delta.json.JsonObject;
import dev.mgit.hooks.FolderTools;
import dev.mgit.hooks.JsonMembers;
import dev.mgit.hooks.Workspace;
import dev.mgit.hooks.modeltest.TestRegistry;
import dev.mgit.hooks.modeltest.TestResult;
import dev.mgit.hooks.modeltest.TestResults;
import dev.mgit.hooks.modeltest.Verdict;
import dev.mgit.lineage.version.Version;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What tests found (in-toto test result, version 0.1): the latest result of each, its metrics and the digest of its
 * record, so that no result can be changed afterwards.
 */
final class TestEvidence implements Attestation {
    private static final String TYPE = "https://in-toto.io/attestation/test-result/v0.1";

    private final TestResults results;
    private final TestRegistry registry;

    TestEvidence(Workspace workspace) {
        this.results = new TestResults(workspace);
        this.registry = new TestRegistry(workspace);
    }

    @Override
    public String type() {
        return TYPE;
    }

    @Override
    public Optional<JsonObject> predicate(Version version) {
        Map<String, TestResult> latest = new LinkedHashMap<>();
        results.of(version.id()).forEach(result -> latest.put(result.test(), result));
        if (latest.isEmpty()) {
            return Optional.empty();
        }
        List<String> passed = new ArrayList<>();
        List<String> warned = new ArrayList<>();
        List<String> failed = new ArrayList<>();
        latest.forEach((name, result) -> {
            Optional<Boolean> verdict = verdict(version, result);
            (verdict.isEmpty() ? warned : verdict.get() ? passed : failed).add(name);
        });
        return Optional.of(JsonMembers.of(
                "result",
                !failed.isEmpty() ? "FAILED" : warned.isEmpty() ? "PASSED" : "WARNED",
                "configuration",
                latest.values().stream().map(TestEvidence::configuration).toList(),
                "passedTests",
                passed,
                "warnedTests",
                warned,
                "failedTests",
                failed));
    }

    /** By the limits registered now; empty where there are none for a test that ran. */
    private Optional<Boolean> verdict(Version version, TestResult result) {
        if (result.outcome() != TestResult.Outcome.RAN) {
            return Optional.of(false);
        }
        return registry.list().stream()
                .filter(test -> test.name().equals(result.test()))
                .findFirst()
                .flatMap(test -> results.verdict(version, test))
                .map(Verdict::passed);
    }

    private static JsonObject configuration(TestResult result) {
        return JsonMembers.of(
                "name",
                result.test(),
                "digest",
                JsonMembers.of("sha256", result.definition()),
                "annotations",
                JsonMembers.of(
                        "metrics",
                        Optional.ofNullable(result.toJson().members().get("metrics")),
                        "data",
                        result.data(),
                        "started",
                        result.started().toString(),
                        "record",
                        digest(result)));
    }

    private static String digest(TestResult result) {
        return FolderTools.digest(Json.bytes(result.toJson()));
    }

    @Override
    public List<String> disagreements(Version version, JsonObject predicate) {
        List<String> found = new ArrayList<>();
        for (JsonObject signed : predicate.objects("configuration")) {
            String test = signed.string("name");
            JsonObject facts = signed.object("annotations");
            List<TestResult> recorded = results.of(version.id()).stream()
                    .filter(result -> result.test().equals(test))
                    .toList();
            boolean same = recorded.stream().anyMatch(result -> digest(result).equals(facts.string("record")));
            boolean changed = recorded.stream()
                    .anyMatch(result -> result.started().toString().equals(facts.string("started")));
            if (!same && (changed || recorded.size() < TestResults.KEPT)) {
                found.add("the result of test '" + test + "' of " + facts.string("started")
                        + (changed ? " is recorded otherwise than it was signed" : " was signed and is not there"));
            }
        }
        return found;
    }
}
