package dev.mgit.hooks.modeltest;

import dev.mgit.delta.json.Json;
import dev.mgit.delta.json.JsonObject;
import dev.mgit.hooks.JsonMembers;
import dev.mgit.hooks.Workspace;
import dev.mgit.lineage.version.Transaction;
import dev.mgit.lineage.version.Version;
import dev.mgit.lineage.version.VersionId;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Results as noted on versions, and new ones that wait to be noted. A note keeps the latest results of each test,
 * newest last. Safe for use by several threads.
 */
public final class TestResults {
    /** The namespace of the notes. */
    public static final String NAMESPACE = "tests";

    private static final int SCHEMA = 1;
    /** Results of one test that a note keeps. */
    public static final int KEPT = 8;

    private final Workspace workspace;
    private final Map<VersionId, List<TestResult>> waiting = new LinkedHashMap<>();

    public TestResults(Workspace workspace) {
        this.workspace = workspace;
    }

    /** All results of a version, oldest first. */
    public synchronized List<TestResult> of(VersionId version) {
        List<TestResult> results = new ArrayList<>(noted(version));
        results.addAll(waiting.getOrDefault(version, List.of()));
        return results;
    }

    private List<TestResult> noted(VersionId version) {
        synchronized (workspace) {
            return workspace
                    .lineage()
                    .note(NAMESPACE, version, TestResults::parse)
                    .orElse(List.of());
        }
    }

    /** @throws dev.mgit.delta.MgitException of kind INTEGRITY if it is no note of results */
    public static List<TestResult> parse(byte[] note) {
        return JsonMembers.read(
                note,
                "the record of test results",
                json -> json.objects("results").stream()
                        .map(TestResult::fromJson)
                        .toList());
    }

    /** The latest result of a test's command, under whatever name, and whatever data it was run on. */
    public Optional<TestResult> latest(VersionId version, TestDefinition test) {
        String digest = test.digest();
        return of(version).stream()
                .filter(result -> result.definition().equals(digest))
                .reduce((first, second) -> second);
    }

    /** What a test says of a version by the results there are; runs nothing. Empty if it was not run on it. */
    public Optional<Verdict> verdict(Version version, TestDefinition test) {
        return latest(version.id(), test).map(result -> judged(version, test, result));
    }

    /** The same of every result that is kept, oldest first. */
    public List<Verdict> verdicts(Version version, TestDefinition test) {
        String digest = test.digest();
        return of(version.id()).stream()
                .filter(result -> result.definition().equals(digest))
                .map(result -> judged(version, test, result))
                .toList();
    }

    private Verdict judged(Version version, TestDefinition test, TestResult result) {
        Optional<TestResult> previous = version.previous().flatMap(id -> latest(id, test));
        Optional<TestResult> parent =
                version.origins().stream().findFirst().flatMap(edge -> latest(edge.parent(), test));
        return Verdict.of(version.id(), test, result, parent, previous, baselines(test));
    }

    Baselines baselines(TestDefinition test) {
        synchronized (workspace) {
            return Baselines.of(workspace.lineage(), test, id -> latest(id, test));
        }
    }

    /** The result of this very test on this very data. A timeout or crash is no answer and is not found. */
    public Optional<TestResult> cached(VersionId version, TestDefinition test, String data) {
        String digest = test.digest();
        return of(version).stream()
                .filter(result ->
                        result.definition().equals(digest) && result.data().equals(data))
                .filter(result -> result.outcome() == TestResult.Outcome.RAN)
                .reduce((first, second) -> second);
    }

    public synchronized void add(VersionId version, TestResult result) {
        waiting.computeIfAbsent(version, key -> new ArrayList<>()).add(result);
    }

    public synchronized boolean anyWaiting() {
        return !waiting.isEmpty();
    }

    /** Notes everything that waits, in the caller's transaction. */
    public synchronized void putInto(Transaction transaction) {
        waiting.forEach((version, results) -> {
            List<TestResult> all = new ArrayList<>(noted(version));
            all.addAll(results);
            transaction.putNote(NAMESPACE, version, note(all));
        });
        waiting.clear();
    }

    /** Forgets what waits for a version. */
    public synchronized void drop(VersionId version) {
        waiting.remove(version);
    }

    /** The results of two notes on one version, each once, oldest first. */
    public static byte[] union(byte[] ours, byte[] theirs) {
        Set<TestResult> all = new LinkedHashSet<>(parse(ours));
        all.addAll(parse(theirs));
        return note(
                all.stream().sorted(Comparator.comparing(TestResult::started)).toList());
    }

    private static byte[] note(List<TestResult> results) {
        Map<String, List<TestResult>> byTest = new LinkedHashMap<>();
        results.forEach(result ->
                byTest.computeIfAbsent(result.test(), name -> new ArrayList<>()).add(result));
        List<JsonObject> kept = byTest.values().stream()
                .flatMap(list -> list.subList(Math.max(0, list.size() - KEPT), list.size()).stream())
                .map(TestResult::masked)
                .map(TestResult::toJson)
                .toList();
        return Json.pretty(JsonMembers.of("schema", SCHEMA, "results", kept));
    }
}
