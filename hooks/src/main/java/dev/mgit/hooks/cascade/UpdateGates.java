package dev.mgit.hooks.cascade;

import dev.mgit.delta.json.JsonObject;
import dev.mgit.hooks.JobProgress;
import dev.mgit.hooks.Workspace;
import dev.mgit.hooks.executor.Executor;
import dev.mgit.hooks.modeltest.Event;
import dev.mgit.hooks.modeltest.TestDefinition;
import dev.mgit.hooks.modeltest.TestRegistry;
import dev.mgit.hooks.modeltest.TestResult;
import dev.mgit.hooks.modeltest.TestResults;
import dev.mgit.hooks.modeltest.TestRunner;
import dev.mgit.hooks.modeltest.Verdict;
import dev.mgit.hooks.policy.PolicyGate;
import dev.mgit.hooks.recipe.Recipes;
import dev.mgit.hooks.sharing.SharingGate;
import dev.mgit.lineage.version.Version;
import dev.mgit.lineage.version.VersionId;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * Lets the tests decide on the new versions that units start from, and on those they make. Each result is journaled as
 * soon as it is there.
 */
final class UpdateGates {
    private final Workspace workspace;
    private final CascadeState state;
    private final CascadeLog log;
    private final JobProgress progress;
    private final Cancellation cancellation;
    private final TestRegistry registry;
    private final TestResults results;
    private final TestRunner runner;
    private final SharingGate sharing;
    private final PolicyGate policy;

    UpdateGates(
            Workspace workspace,
            Executor executor,
            CascadeState state,
            CascadeLog log,
            JobProgress progress,
            Cancellation cancellation) {
        this.workspace = workspace;
        this.state = state;
        this.log = log;
        this.progress = progress;
        this.cancellation = cancellation;
        this.sharing = new SharingGate(workspace, new Recipes(workspace)::sharing, progress);
        this.policy = new PolicyGate(workspace);
        this.registry = new TestRegistry(workspace);
        this.results = new TestResults(workspace);
        this.runner = new TestRunner(workspace, executor, results, new CascadeFiles(workspace.scratch()).tests());
        state.bases.values().forEach(base -> base.results.forEach(result -> results.add(base.version, result)));
        for (int unit = 0; unit < state.units.size(); unit++) {
            state.unit(unit).results.forEach(entry -> results.add(entry.getKey(), entry.getValue()));
        }
    }

    TestResults results() {
        return results;
    }

    /** Judges what units are to start from, before any does. */
    void judgeBases() {
        state.bases.forEach((model, base) -> {
            if (base.state == CascadeState.Unit.PLANNED) {
                List<String> failures =
                        judge(model, base.version, result -> CascadeRecord.test(model, base.version, result));
                boolean passed = failures.isEmpty();
                String why = String.join("\n", failures);
                log.write(CascadeRecord.base(model, passed ? CascadeState.Unit.PASSED : CascadeState.Unit.FAILED, why));
                if (!passed) {
                    progress.on(JobProgress.Kind.FAILED, model, why);
                }
            }
        });
    }

    /** @return what is wrong, one line a test and model; empty if all gates let it through */
    List<String> judge(int unit) {
        List<String> failures =
                new ArrayList<>(sharing.objections(state.unit(unit).versions.values()));
        policy.objections(state.unit(unit).versions.values(), PolicyGate.Stage.ENTRY)
                .forEach(finding -> failures.addAll(finding.sentences()));
        state.unit(unit)
                .versions
                .forEach((model, version) ->
                        failures.addAll(judge(model, version, result -> CascadeRecord.test(unit, version, result))));
        return failures;
    }

    private List<String> judge(String model, VersionId version, Function<TestResult, JsonObject> record) {
        List<String> failures = new ArrayList<>();
        for (TestDefinition test : tests(version)) {
            Verdict verdict = judge(version, test, result -> log.write(record.apply(result)));
            progress.on(
                    new JobProgress.Event(JobProgress.Kind.TESTED, model, verdict.text(), Optional.of(test.name())));
            if (!verdict.passed()) {
                failures.add(model + ": test " + test.name() + " " + verdict.text());
            }
        }
        return failures;
    }

    private Verdict judge(VersionId version, TestDefinition test, Consumer<TestResult> found) {
        cancellation.require();
        List<TestResult> before = results.of(version);
        Verdict verdict = runner.run(version, test, false);
        cancellation.require();
        results.of(version).stream().filter(result -> !before.contains(result)).forEach(found);
        return verdict;
    }

    private List<TestDefinition> tests(VersionId id) {
        synchronized (workspace) {
            Version version = workspace.lineage().version(id);
            return state.options.gates().isEmpty()
                    ? registry.matching(version, Event.UPDATE)
                    : state.options.gates().stream()
                            .map(registry::get)
                            .filter(test -> test.on().matches(version))
                            .toList();
        }
    }

    /** What of a unit's parents its gates refused. */
    Optional<String> refusedBase(int unit) {
        for (Map.Entry<String, VersionId> base :
                state.units.get(unit).newVersions().entrySet()) {
            NewBase judged = state.bases.get(base.getKey());
            if (judged != null && judged.state == CascadeState.Unit.FAILED) {
                return Optional.of(base.getKey());
            }
        }
        return Optional.empty();
    }
}
