package dev.mgit.hooks.merge;

import dev.mgit.hooks.NewModelVersion;
import dev.mgit.hooks.Workspace;
import dev.mgit.hooks.commit.Candidate;
import dev.mgit.hooks.commit.Incoming;
import dev.mgit.hooks.executor.Executor;
import dev.mgit.hooks.modeltest.TestDefinition;
import dev.mgit.hooks.modeltest.TestResults;
import dev.mgit.hooks.modeltest.TestRunner;
import dev.mgit.hooks.modeltest.Verdict;
import dev.mgit.hooks.recipe.Recipe;
import dev.mgit.hooks.recipe.RecipeRunner;
import dev.mgit.hooks.recipe.Recipes;
import dev.mgit.lineage.merge.MergeState;
import dev.mgit.lineage.version.Transaction;
import dev.mgit.lineage.version.VersionId;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The result of a merge: kept by a private reference while tests judge it, which takes their time and no lock. */
final class IncomingMerge implements Incoming<Merging.Result> {
    private final Workspace workspace;
    private final Executor executor;
    private final MergeFiles files;
    private final MergeState state;
    private final Recipe recipe;
    private final List<TestDefinition> tests;
    private final TestResults results;
    private final List<Verdict> verdicts = new ArrayList<>();
    private @Nullable VersionId candidate;
    private boolean published;

    IncomingMerge(
            Workspace workspace,
            Executor executor,
            MergeFiles files,
            MergeState state,
            Recipe recipe,
            List<TestDefinition> tests) {
        this.workspace = workspace;
        this.executor = executor;
        this.files = files;
        this.state = state;
        this.recipe = recipe;
        this.tests = tests;
        this.results = new TestResults(workspace);
    }

    @Override
    public List<Candidate> check() {
        return List.of(Candidate.of(version()));
    }

    @Override
    public void store() {
        candidate = workspace.locked("merge", () -> {
            Transaction transaction = workspace.lineage().begin("merge: store the result", workspace.author());
            VersionId stored = workspace.write(transaction, version());
            transaction.setPrivateRef(Merging.CANDIDATE, stored);
            transaction.apply();
            return stored;
        });
        files.clear();
    }

    @Override
    public List<VersionId> pending() {
        return List.of(stored());
    }

    @Override
    public boolean judge() {
        TestRunner runner = new TestRunner(workspace, executor, results, files.tests());
        tests.forEach(test -> verdicts.add(runner.run(stored(), test, false)));
        return verdicts.stream().allMatch(Verdict::passed);
    }

    @Override
    public void publish() {
        published = workspace.locked("merge", () -> {
            Merging.requireHead(workspace, state);
            Transaction transaction = workspace.lineage().begin("merge " + state.model(), workspace.author());
            transaction.setModel(state.model(), stored());
            transaction.deletePrivateRef(Merging.CANDIDATE);
            results.putInto(transaction);
            transaction.apply();
            return true;
        });
        new Recipes(workspace).accept(state.model(), recipe);
    }

    @Override
    public Merging.Result result() {
        return new Merging.Result(published ? Optional.of(stored()) : Optional.empty(), verdicts);
    }

    @Override
    public List<VersionId> published() {
        return published ? List.of(stored()) : List.of();
    }

    @Override
    public void close() {
        if (candidate != null && !published) {
            workspace.locked("merge", () -> Merging.withdraw(workspace));
        }
    }

    private VersionId stored() {
        return Objects.requireNonNull(candidate, "nothing is stored yet");
    }

    private NewModelVersion version() {
        return new NewModelVersion(
                state.model(),
                state.head(),
                RecipeRunner.edges(recipe.parents()),
                state.message(),
                files.result(),
                Map.of(Recipe.FILE, recipe.toBytes()));
    }
}
