package dev.mgit.hooks.cascade;

import dev.mgit.delta.MgitException;
import dev.mgit.hooks.Workspace;
import dev.mgit.hooks.recipe.Recipe;
import dev.mgit.hooks.recipe.Recipes;
import dev.mgit.lineage.version.Glob;
import dev.mgit.lineage.version.VersionId;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Works out what a new version of a model means for everything made from it. */
final class UpdatePlanner {
    private final ModelGraph graph;
    private final Recipes recipes;
    private final UpdateOptions options;
    private final ModelGraph.Entry target;
    private final Map<String, UpdatePlan.Node> nodes = new LinkedHashMap<>();

    /** @throws MgitException of kind USAGE if there is no such model */
    UpdatePlanner(Workspace workspace, UpdateOptions options) {
        this.recipes = new Recipes(workspace);
        this.graph = new ModelGraph(workspace.graph(), recipes);
        this.options = options;
        this.target = graph.find(options.target())
                .orElseThrow(() -> new MgitException(
                        MgitException.Kind.USAGE,
                        "no model '" + options.target() + "'",
                        "list the models with 'mgit branch'"));
    }

    UpdatePlan plan() {
        Set<String> cyclic = new HashSet<>();
        List<String> order = graph.ordered(graph.downstream(target.model()), cyclic);
        for (String model : order) {
            ModelGraph.Entry entry = graph.get(model);
            nodes.put(model, cyclic.contains(model) ? cycle(entry) : decide(entry));
        }
        return new UpdatePlan(target.model(), target.head(), new ArrayList<>(nodes.values()), units());
    }

    private static UpdatePlan.Node cycle(ModelGraph.Entry entry) {
        return node(entry, UpdatePlan.Action.CYCLE, "it is downstream of itself, or of a model that is");
    }

    private static UpdatePlan.Node node(ModelGraph.Entry entry, UpdatePlan.Action action, String reason) {
        return new UpdatePlan.Node(entry.model(), entry.head(), action, reason);
    }

    private UpdatePlan.Node decide(ModelGraph.Entry entry) {
        String model = entry.model();
        if (Glob.any(options.skip(), model)) {
            return node(entry, UpdatePlan.Action.SKIPPED, "skipped by --skip");
        }
        if (!options.only().isEmpty() && !Glob.any(options.only(), model)) {
            return node(entry, UpdatePlan.Action.SKIPPED, "excluded by --only");
        }
        for (Recipe.Parent parent : entry.parents()) {
            Optional<String> beyond = beyond(parent.model());
            if (beyond.isPresent()) {
                return node(entry, UpdatePlan.Action.BEYOND, beyond.get());
            }
        }
        for (Recipe.Parent parent : entry.parents()) {
            UpdatePlan.Node above = nodes.get(parent.model());
            if (above != null && above.action().stops()) {
                return node(entry, UpdatePlan.Action.BLOCKED, "'" + above.model() + "' cannot be rebuilt");
            }
        }
        List<String> changed = changed(entry);
        if (changed.isEmpty()) {
            return node(entry, UpdatePlan.Action.UP_TO_DATE, "none of its parents changed");
        }
        String reason = String.join(", ", changed) + (changed.size() == 1 ? " has" : " have") + " a new version";
        if (entry.recipe().isEmpty()) {
            return node(entry, UpdatePlan.Action.NO_RECIPE, reason + ", but it has no recipe");
        }
        if (!recipes.trusted(model, entry.recipe().get())) {
            return node(entry, UpdatePlan.Action.UNTRUSTED, reason + ", but its recipe has not been approved here");
        }
        return node(entry, UpdatePlan.Action.RUN, reason);
    }

    private Optional<String> beyond(String parent) {
        UpdatePlan.Node above = nodes.get(parent);
        if (above == null) {
            return Optional.empty();
        }
        if (above.action() == UpdatePlan.Action.BEYOND) {
            return Optional.of("downstream of '" + parent + "', which is past --until");
        }
        return Glob.any(options.until(), parent) ? Optional.of("past --until " + parent) : Optional.empty();
    }

    /** Names of the parents, within reach of this update, whose newest version is not the one used last time. */
    private List<String> changed(ModelGraph.Entry entry) {
        Set<String> changed = new LinkedHashSet<>();
        for (Recipe.Parent parent : entry.parents()) {
            Optional<VersionId> now = now(parent);
            if (now.isEmpty() || !now.get().equals(parent.version())) {
                changed.add(parent.model());
            }
        }
        return List.copyOf(changed);
    }

    /**
     * The version of a parent to use now: empty if this update makes it, the newest if the parent is within reach, and
     * the one used last time if the parent has nothing to do with the target.
     */
    private Optional<VersionId> now(Recipe.Parent parent) {
        if (parent.model().equals(target.model())) {
            return Optional.of(target.head());
        }
        UpdatePlan.Node above = nodes.get(parent.model());
        if (above == null) {
            return Optional.of(parent.version());
        }
        return above.action() == UpdatePlan.Action.RUN ? Optional.empty() : Optional.of(above.head());
    }

    private List<UpdatePlan.Unit> units() {
        Map<Object, List<ModelGraph.Entry>> groups = new LinkedHashMap<>();
        for (UpdatePlan.Node node : nodes.values()) {
            if (node.action() == UpdatePlan.Action.RUN) {
                ModelGraph.Entry entry = graph.get(node.model());
                groups.computeIfAbsent(key(entry), key -> new ArrayList<>()).add(entry);
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

    private UpdatePlan.Unit unit(List<ModelGraph.Entry> members) {
        ModelGraph.Entry first = members.get(0);
        Recipe recipe = first.recipe().orElseThrow();
        Map<String, VersionId> heads = new LinkedHashMap<>();
        members.forEach(member -> heads.put(member.model(), member.head()));
        List<UpdatePlan.Parent> parents = first.parents().stream()
                .map(parent -> new UpdatePlan.Parent(parent.model(), parent.version(), now(parent), parent.kind()))
                .toList();
        List<String> models = recipe.group().contains(first.model()) ? recipe.group() : List.of(first.model());
        return new UpdatePlan.Unit(
                models, heads, recipe, parents, recipe.circumstances().seconds());
    }
}
