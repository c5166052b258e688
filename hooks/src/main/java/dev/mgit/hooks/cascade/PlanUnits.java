package dev.mgit.hooks.cascade;

import dev.mgit.hooks.recipe.Recipe;
import dev.mgit.hooks.recipe.StaleReason;
import dev.mgit.lineage.version.VersionId;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiFunction;

/** Gathers the models to run into units of work. */
final class PlanUnits {
    private final ModelGraph graph;
    private final BiFunction<String, Recipe.Parent, Optional<VersionId>> now;

    /** @param now the version of a model's parent to use; empty if the update makes it */
    PlanUnits(ModelGraph graph, BiFunction<String, Recipe.Parent, Optional<VersionId>> now) {
        this.graph = graph;
        this.now = now;
    }

    List<UpdatePlan.Unit> of(Collection<UpdatePlan.Node> nodes) {
        Map<Object, List<UpdatePlan.Node>> groups = new LinkedHashMap<>();
        for (UpdatePlan.Node node : nodes) {
            if (node.action() == UpdatePlan.Action.RUN) {
                groups.computeIfAbsent(key(graph.get(node.model())), key -> new ArrayList<>())
                        .add(node);
            }
        }
        return groups.values().stream().map(this::unit).toList();
    }

    /** Models trained together have the same recipe, made them all in one run, and have the same parents. */
    private static Object key(ModelGraph.Entry entry) {
        List<String> group = entry.recipe().map(Recipe::group).orElse(List.of());
        return group.contains(entry.model())
                ? List.of(group, entry.recipe().map(Recipe::command).orElse(List.of()), entry.parents())
                : entry.model();
    }

    private UpdatePlan.Unit unit(List<UpdatePlan.Node> members) {
        ModelGraph.Entry first = graph.get(members.get(0).model());
        Recipe recipe = first.recipe().orElseThrow();
        Map<String, VersionId> heads = new LinkedHashMap<>();
        Set<StaleReason> reasons = new LinkedHashSet<>();
        members.forEach(member -> {
            heads.put(member.model(), member.head());
            reasons.addAll(member.reasons());
        });
        List<UpdatePlan.Parent> parents = first.parents().stream()
                .map(parent -> new UpdatePlan.Parent(
                        parent.model(), parent.version(), now.apply(first.model(), parent), parent.kind()))
                .toList();
        List<String> models = recipe.group().contains(first.model()) ? recipe.group() : List.of(first.model());
        return new UpdatePlan.Unit(
                models, heads, recipe, parents, recipe.circumstances().seconds(), List.copyOf(reasons));
    }
}
