package dev.mgit.hooks.cascade;

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
import dev.mgit.hooks.recipe.Recipes;
import dev.mgit.hooks.sharing.SharingGate;
import dev.mgit.lineage.version.Version;
import dev.mgit.lineage.version.VersionId;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Lets the tests decide on a unit's new versions. Each result is journaled as soon as it is there. */
final class UpdateGates {
    private final Workspace workspace;
    private final CascadeState state;
    private final CascadeLog log;
    private final JobProgress progress;
    private final TestRegistry registry;
    private final TestResults results;
    private final TestRunner runner;
    private final SharingGate sharing;

    UpdateGates(Workspace workspace, Executor executor, CascadeState state, CascadeLog log, JobProgress progress) {
        this.workspace = workspace;
        this.state = state;
        this.log = log;
        this.progress = progress;
        this.sharing = new SharingGate(workspace, new Recipes(workspace)::sharing, progress);
        this.registry = new TestRegistry(workspace);
        this.results = new TestResults(workspace);
        this.runner = new TestRunner(workspace, executor, results, new CascadeFiles(workspace.scratch()).tests());
        for (int unit = 0; unit < state.units.size(); unit++) {
            state.unit(unit).results.forEach(entry -> results.add(entry.getKey(), entry.getValue()));
        }
    }

    TestResults results() {
        return results;
    }

    /** @return what is wrong, one line a test and model; empty if all gates let it through */
    List<String> judge(int unit) {
        List<String> failures =
                new ArrayList<>(sharing.objections(state.unit(unit).versions.values()));
        for (Map.Entry<String, VersionId> made : state.unit(unit).versions.entrySet()) {
            for (TestDefinition test : tests(made.getValue())) {
                Verdict verdict = judge(unit, made.getValue(), test);
                progress.on(new JobProgress.Event(
                        JobProgress.Kind.TESTED, made.getKey(), verdict.text(), Optional.of(test.name())));
                if (!verdict.passed()) {
                    failures.add(made.getKey() + ": test " + test.name() + " " + verdict.text());
                }
            }
        }
        return failures;
    }

    private Verdict judge(int unit, VersionId version, TestDefinition test) {
        List<TestResult> before = results.of(version);
        Verdict verdict = runner.run(version, test, false);
        results.of(version).stream()
                .filter(result -> !before.contains(result))
                .forEach(result -> log.write(CascadeState.test(unit, version, result)));
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
}
