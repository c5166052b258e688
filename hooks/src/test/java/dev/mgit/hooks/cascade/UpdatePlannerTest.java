package dev.mgit.hooks.cascade;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mgit.delta.MgitException;
import dev.mgit.hooks.Family;
import dev.mgit.hooks.FolderWorkspace;
import dev.mgit.hooks.JobProgress;
import dev.mgit.hooks.executor.LocalExecutor;
import dev.mgit.hooks.recipe.Recipes;
import dev.mgit.lineage.version.EdgeKind;
import dev.mgit.lineage.version.ProvenanceEdge;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Plans over a real Git lineage with made models. */
class UpdatePlannerTest {
    @TempDir
    Path temp;

    private FolderWorkspace workspace;
    private Family family;

    @BeforeEach
    void create() {
        workspace = FolderWorkspace.create(temp.resolve("repo"));
        family = new Family(workspace);
    }

    private UpdatePlan plan(UpdateOptions options) {
        return new Updates(workspace, new LocalExecutor(), JobProgress.NONE).plan(options);
    }

    private static UpdateOptions options(List<String> only, List<String> skip, List<String> until) {
        return new UpdateOptions("base", only, skip, until, List.of(), 1, false);
    }

    private static Map<String, String> actions(UpdatePlan plan) {
        Map<String, String> result = new LinkedHashMap<>();
        plan.nodes().forEach(node -> result.put(node.model(), node.action().word()));
        return result;
    }

    private static List<String> units(UpdatePlan plan) {
        return plan.units().stream().map(UpdatePlan.Unit::name).toList();
    }

    @Test
    void everythingDownstreamRunsOnceParentsFirst() {
        family.diamond();
        assertThat(units(plan(UpdateOptions.of("base")))).isEmpty();
        workspace.commit("base", "base2\n");

        UpdatePlan plan = plan(UpdateOptions.of("base"));
        assertThat(units(plan)).containsExactly("a", "b", "c", "d", "q");
        assertThat(plan.upstream(2)).containsExactly(0, 1);
        UpdatePlan.Unit merge = plan.units().get(2);
        assertThat(merge.parents()).allMatch(parent -> parent.now().isEmpty());
        assertThat(plan.units().get(0).parents().get(0).now()).contains(workspace.head("base"));
        assertThat(plan.estimate(1))
                .isCloseTo(
                        plan.units().stream()
                                .mapToDouble(UpdatePlan.Unit::seconds)
                                .sum(),
                        org.assertj.core.data.Offset.offset(1e-9));
        assertThat(plan.estimate(2)).isLessThanOrEqualTo(plan.estimate(1));
    }

    /** It says what the model is made from from now on; the version has no such edge. */
    @Test
    void aRecipeSetLaterLeadsDownstreamToo() {
        family.diamond();
        workspace.commit("stray", "stray\n");
        var recipes = new Recipes(workspace);
        recipes.set(workspace.head("stray"), recipes.get(workspace.head("a")));
        workspace.commit("base", "base2\n");

        assertThat(actions(plan(UpdateOptions.of("base")))).containsEntry("stray", "run");
    }

    @Test
    void onlyOneBranchOfADiamondMayBeAsked() {
        family.diamond();
        workspace.commit("a", "a by hand\n", edge("base"));
        workspace.commit("base", "base2\n");

        assertThat(actions(plan(options(List.of(), List.of("a"), List.of()))))
                .containsEntry("a", "skipped")
                .containsEntry("b", "run")
                .containsEntry("c", "run")
                .containsEntry("q", "run");
        UpdatePlan skipped = plan(options(List.of(), List.of("a"), List.of()));
        UpdatePlan.Unit merge = skipped.units().get(units(skipped).indexOf("c"));
        assertThat(merge.parents().get(0).now()).contains(workspace.head("a"));
        assertThat(merge.parents().get(1).now()).isEmpty();
    }

    private ProvenanceEdge edge(String model) {
        return new ProvenanceEdge(workspace.head(model), model, EdgeKind.FINETUNE, ProvenanceEdge.Source.DECLARED);
    }

    @Test
    void onlySkipAndUntilDoWhatTheySay() {
        family.diamond();
        workspace.commit("base", "base2\n");

        assertThat(actions(plan(options(List.of("a"), List.of(), List.of()))))
                .containsEntry("a", "run")
                .containsEntry("b", "skipped")
                .containsEntry("c", "skipped");
        assertThat(actions(plan(options(List.of(), List.of("?"), List.of()))).values())
                .containsOnly("skipped");
        assertThat(actions(plan(options(List.of(), List.of(), List.of("a")))))
                .containsEntry("a", "run")
                .containsEntry("b", "run")
                .containsEntry("c", "beyond")
                .containsEntry("q", "beyond")
                .containsEntry("d", "run");
        assertThat(actions(plan(options(List.of(), List.of("a", "b"), List.of()))))
                .containsEntry("c", "up-to-date")
                .containsEntry("q", "up-to-date")
                .containsEntry("d", "run");
    }

    @Test
    void aModelWithoutRecipeStopsWhatIsBelowUnlessItIsSkipped() {
        workspace.commit("base", "base1\n");
        workspace.commit("hand", "by hand\n", edge("base"));
        family.derive("below", "hand").derive("beside", "base");
        workspace.commit("base", "base2\n");

        assertThat(actions(plan(UpdateOptions.of("base"))))
                .containsEntry("hand", "no-recipe")
                .containsEntry("below", "blocked")
                .containsEntry("beside", "run");
        assertThat(actions(plan(options(List.of(), List.of("hand"), List.of()))))
                .containsEntry("hand", "skipped")
                .containsEntry("below", "up-to-date");
    }

    @Test
    void aHandMadeVersionStillDescendsFromWhatItsModelWasMadeFrom() {
        family.diamond();
        workspace.commit("d", "patched by hand\n");
        workspace.commit("base", "base2\n");

        assertThat(actions(plan(UpdateOptions.of("base")))).containsEntry("d", "no-recipe");
    }

    @Test
    void whatIsAlreadyUpToDateIsLeftAloneAndItsChildrenAreNot() {
        family.diamond();
        workspace.commit("base", "base2\n");
        family.derive("a", "base");

        UpdatePlan plan = plan(UpdateOptions.of("base"));
        assertThat(actions(plan)).containsEntry("a", "up-to-date").containsEntry("c", "run");
        UpdatePlan.Unit merge = plan.units().get(units(plan).indexOf("c"));
        assertThat(merge.parents().get(0).now()).contains(workspace.head("a"));
    }

    @Test
    void recipesFromElsewhereAreInertUntilAccepted() throws Exception {
        family.diamond();
        workspace.commit("base", "base2\n");
        Files.delete(workspace.trusted());

        assertThat(actions(plan(UpdateOptions.of("base"))))
                .containsEntry("a", "untrusted")
                .containsEntry("c", "blocked");
    }

    @Test
    void modelsThatDescendFromEachOtherAreNamedAndNotRun() {
        workspace.commit("base", "base1\n");
        family.derive("x", "base").derive("y", "x").derive("x", "base", "y");
        workspace.commit("base", "base2\n");

        assertThat(actions(plan(UpdateOptions.of("base"))))
                .containsEntry("x", "cycle")
                .containsEntry("y", "cycle");
    }

    @Test
    void modelsTrainedTogetherAreOneUnit() {
        workspace.commit("base", "base1\n");
        family.together(List.of("mtl/a", "mtl/b"), "base");
        family.derive("below", "mtl/b");
        workspace.commit("base", "base2\n");

        UpdatePlan plan = plan(UpdateOptions.of("base"));
        assertThat(units(plan)).containsExactly("mtl/a+mtl/b", "below");
        assertThat(plan.upstream(1)).containsExactly(0);
    }

    @Test
    void anUnknownTargetIsAUsageError() {
        assertThatThrownBy(() -> plan(UpdateOptions.of("nobody")))
                .isInstanceOf(MgitException.class)
                .hasMessage("no model 'nobody'");
    }
}
