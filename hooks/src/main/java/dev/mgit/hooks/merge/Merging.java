package dev.mgit.hooks.merge;

import dev.mgit.delta.MgitException;
import dev.mgit.hooks.Folders;
import dev.mgit.hooks.NewModelVersion;
import dev.mgit.hooks.Workspace;
import dev.mgit.hooks.executor.Executor;
import dev.mgit.hooks.modeltest.TestDefinition;
import dev.mgit.hooks.modeltest.TestRegistry;
import dev.mgit.hooks.modeltest.TestResults;
import dev.mgit.hooks.modeltest.TestRunner;
import dev.mgit.hooks.modeltest.Verdict;
import dev.mgit.hooks.recipe.MergeRecipe;
import dev.mgit.hooks.recipe.Recipe;
import dev.mgit.hooks.recipe.RecipeRunner;
import dev.mgit.hooks.recipe.Recipes;
import dev.mgit.lineage.merge.Merge;
import dev.mgit.lineage.merge.MergePlan;
import dev.mgit.lineage.merge.MergePlan.Outcome;
import dev.mgit.lineage.merge.MergeState;
import dev.mgit.lineage.version.EdgeKind;
import dev.mgit.lineage.version.Model;
import dev.mgit.lineage.version.Transaction;
import dev.mgit.lineage.version.VersionId;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Carries out a merge that can go on: writes the result to a folder, stores it as a version nobody sees yet, lets tests
 * judge it, then makes it the model's newest version. Whatever ends it before that leaves the models as they were.
 */
public final class Merging {
    /** Keeps the result alive until tests have judged it. */
    private static final String CANDIDATE = "merge/candidate";

    private final Workspace workspace;
    private final Executor executor;
    private final MergeFiles files;
    private final RecipeRunner.Gate gate;

    /** @param gate asked before the result is stored */
    public Merging(Workspace workspace, Executor executor, MergeFiles files, RecipeRunner.Gate gate) {
        this.workspace = workspace;
        this.executor = executor;
        this.files = files;
        this.gate = gate;
    }

    /**
     * What came of it.
     *
     * @param version the new version; empty if a test held it back
     */
    public record Result(Optional<VersionId> version, List<Verdict> verdicts) {}

    /**
     * The tests that would judge the result: those registered for its model and trusted here, if the sides changed what
     * may depend on each other.
     */
    public List<TestDefinition> tests(MergeState state, MergePlan plan) {
        if (!state.tests() || plan.outcome() == Outcome.NO_CONFLICT) {
            return List.of();
        }
        return new TestRegistry(workspace).matching(state.model(), RecipeRunner.edges(parents(state)));
    }

    /**
     * Does it.
     *
     * @throws MgitException of kind CONFLICT if the model got another version meanwhile
     */
    public Result run(MergeState state, Merge merge, MergePlan plan) throws IOException {
        Instant started = Instant.now();
        files.clear();
        requireHead(state);
        merge.write(plan, Folders.create(files.result()));
        double seconds = Duration.between(started, Instant.now()).toMillis() / 1000.0;
        Recipe recipe = MergeRecipe.of(parents(state), state.rules(), started, seconds);
        gate.require(state.model(), RecipeRunner.edges(recipe.parents()), to -> Folders.copy(files.result(), to));
        VersionId candidate = workspace.locked("merge", () -> store(state, recipe));
        files.clear();
        boolean published = false;
        try {
            TestResults results = new TestResults(workspace);
            List<Verdict> verdicts = judge(candidate, tests(state, plan), results);
            if (!verdicts.stream().allMatch(Verdict::passed)) {
                return new Result(Optional.empty(), verdicts);
            }
            workspace.locked("merge", () -> publish(state, candidate, results));
            published = true;
            new Recipes(workspace).accept(state.model(), recipe);
            return new Result(Optional.of(candidate), verdicts);
        } finally {
            if (!published) {
                workspace.locked("merge", () -> withdraw(workspace));
            }
        }
    }

    private List<Recipe.Parent> parents(MergeState state) {
        List<VersionId> ids = new ArrayList<>(List.of(state.ours(), state.theirs()));
        state.base().filter(base -> !ids.contains(base)).ifPresent(ids::add);
        return ids.stream()
                .map(id -> new Recipe.Parent(workspace.lineage().version(id).model(), id, EdgeKind.MERGE))
                .toList();
    }

    private void requireHead(MergeState state) {
        Optional<VersionId> now = workspace.lineage().model(state.model()).map(Model::head);
        if (!now.equals(state.head())) {
            throw new MgitException(
                    MgitException.Kind.CONFLICT,
                    "'" + state.model() + "' has a new version since the merge started; nothing was changed",
                    "abort with 'mgit merge --abort' and start again");
        }
    }

    private VersionId store(MergeState state, Recipe recipe) {
        Transaction transaction = workspace.lineage().begin("merge: store the result", workspace.author());
        VersionId version = workspace.write(
                transaction,
                new NewModelVersion(
                        state.model(),
                        state.head(),
                        RecipeRunner.edges(recipe.parents()),
                        state.message(),
                        files.result(),
                        Map.of(Recipe.FILE, recipe.toBytes())));
        transaction.setPrivateRef(CANDIDATE, version);
        transaction.apply();
        return version;
    }

    private List<Verdict> judge(VersionId version, List<TestDefinition> tests, TestResults results) {
        List<Verdict> verdicts = new ArrayList<>();
        TestRunner runner = new TestRunner(workspace, executor, results, files.tests());
        for (TestDefinition test : tests) {
            verdicts.add(runner.run(version, test, false));
        }
        return verdicts;
    }

    private VersionId publish(MergeState state, VersionId version, TestResults results) {
        requireHead(state);
        Transaction transaction = workspace.lineage().begin("merge " + state.model(), workspace.author());
        transaction.setModel(state.model(), version);
        transaction.deletePrivateRef(CANDIDATE);
        results.putInto(transaction);
        transaction.apply();
        return version;
    }

    /** Lets go of a result that was not published, if there is one. The caller holds the lock. */
    public static boolean withdraw(Workspace workspace) {
        boolean any = workspace.lineage().privateRefs(CANDIDATE).containsKey(CANDIDATE);
        if (any) {
            Transaction transaction = workspace.lineage().begin("merge: discard the result", workspace.author());
            transaction.deletePrivateRef(CANDIDATE);
            transaction.apply();
        }
        return any;
    }
}
