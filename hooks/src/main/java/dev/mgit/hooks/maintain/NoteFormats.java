package dev.mgit.hooks.maintain;

import dev.mgit.hooks.cost.NotedCosts;
import dev.mgit.hooks.data.Statements;
import dev.mgit.hooks.eval.Evaluations;
import dev.mgit.hooks.modeltest.ResultDifference;
import dev.mgit.hooks.modeltest.TestResults;
import dev.mgit.hooks.recipe.Recipe;
import dev.mgit.hooks.recipe.RecipeAgreement;
import dev.mgit.hooks.recipe.Recipes;
import dev.mgit.hooks.serving.ServingPlans;
import dev.mgit.lineage.remote.UnsentState;
import dev.mgit.lineage.sign.SignatureNotes;
import dev.mgit.lineage.verify.VerifyRules;
import dev.mgit.lineage.version.DroppedState;
import dev.mgit.lineage.version.EdgeNotes;
import dev.mgit.lineage.version.NoteMerger;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/** What notes look like, for {@code mgit fsck}, and how two people's are joined, for remotes. */
public final class NoteFormats {
    private NoteFormats() {}

    /** By namespace: reads a note, or throws. */
    public static Map<String, Consumer<byte[]>> readers() {
        return Map.of(
                TestResults.NAMESPACE,
                note -> TestResults.parse(note),
                Evaluations.NAMESPACE,
                note -> Evaluations.parse(note),
                NotedCosts.NAMESPACE,
                note -> NotedCosts.parse(note),
                ServingPlans.NAMESPACE,
                note -> ServingPlans.parse(note),
                Evaluations.INSTANCES,
                note -> Evaluations.parseInstances(note),
                Recipes.NAMESPACE,
                note -> Recipe.fromBytes(note, "the recipe"),
                Statements.NAMESPACE,
                note -> Statements.parse(note),
                SignatureNotes.NAMESPACE,
                note -> SignatureNotes.parse(note));
    }

    /** All that a check of the lineage has to know of records that are made here. */
    public static VerifyRules rules() {
        return new VerifyRules(
                readers(), Map.of(TestResults.NAMESPACE, new ResultDifference()), List.of(new RecipeAgreement()));
    }

    /** By namespace: joins notes that two people changed. A recipe is one answer, so two of them are a conflict. */
    public static Map<String, NoteMerger> mergers() {
        return Map.of(
                TestResults.NAMESPACE,
                (base, ours, theirs) -> Optional.of(TestResults.union(ours, theirs)),
                Evaluations.NAMESPACE,
                (base, ours, theirs) -> Optional.of(Evaluations.union(ours, theirs)),
                NotedCosts.NAMESPACE,
                (base, ours, theirs) -> Optional.of(NotedCosts.union(ours, theirs)),
                ServingPlans.NAMESPACE,
                (base, ours, theirs) -> Optional.of(ServingPlans.union(ours, theirs)),
                Evaluations.INSTANCES,
                (base, ours, theirs) -> Optional.of(Evaluations.unionOfInstances(ours, theirs)),
                EdgeNotes.NAMESPACE,
                (base, ours, theirs) -> Optional.of(
                        EdgeNotes.parse(ours).union(EdgeNotes.parse(theirs)).format()),
                Statements.NAMESPACE,
                (base, ours, theirs) -> Optional.of(Statements.later(ours, theirs)),
                SignatureNotes.NAMESPACE,
                (base, ours, theirs) -> Optional.of(SignatureNotes.union(ours, theirs)),
                DroppedState.UNSENT,
                UnsentState.merger());
    }
}
