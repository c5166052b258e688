package dev.mgit.hooks.cascade;

import dev.mgit.hooks.recipe.Recipe;
import dev.mgit.hooks.recipe.Recipes;
import dev.mgit.lineage.graph.LineageGraph;
import dev.mgit.lineage.version.Model;
import dev.mgit.lineage.version.VersionId;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Which model was made from which, as their newest versions say. A parent version belongs to the model whose history
 * holds it, under whatever name that model has today.
 */
final class ModelGraph {
    /** A model with what its newest version was made from. */
    record Entry(String model, VersionId head, Optional<Recipe> recipe, List<Recipe.Parent> parents) {}

    private final LineageGraph graph;
    private final Recipes recipes;
    private final Map<String, VersionId> heads = new TreeMap<>();
    private final Map<String, Entry> entries = new HashMap<>();
    /** Those that may be children; whether they are, their entry says. Reading one costs a look into its tree. */
    private final Map<String, Set<String>> children = new TreeMap<>();

    ModelGraph(LineageGraph graph, Recipes recipes) {
        this.graph = graph;
        this.recipes = recipes;
        Set<VersionId> changed = recipes.changed();
        for (Model model : graph.models()) {
            heads.put(model.name(), model.head());
            // What a recipe names was recorded as edges too when the version was made, except where either was changed.
            List<Recipe.Parent> parents =
                    changed.contains(model.head()) ? get(model.name()).parents() : recorded(model.head());
            for (Recipe.Parent parent : parents) {
                if (!parent.model().equals(model.name())) {
                    children.computeIfAbsent(parent.model(), name -> new TreeSet<>())
                            .add(model.name());
                }
            }
        }
    }

    /** The provenance of the newest version in a model's history that has any. */
    private List<Recipe.Parent> recorded(VersionId head) {
        return graph.derivedFrom(head).stream()
                .map(edge -> owned(new Recipe.Parent(edge.model(), edge.parent(), edge.kind())))
                .toList();
    }

    private Recipe.Parent owned(Recipe.Parent parent) {
        return new Recipe.Parent(
                graph.ownerOf(parent.version()).orElse(parent.model()), parent.version(), parent.kind());
    }

    private Entry entry(String model, VersionId head) {
        Optional<Recipe> recipe = recipes.of(head);
        Map<VersionId, Recipe.Parent> parents = new LinkedHashMap<>();
        recipe.ifPresent(made -> made.parents().forEach(parent -> parents.put(parent.version(), owned(parent))));
        if (parents.isEmpty()) {
            recorded(head).forEach(parent -> parents.put(parent.version(), parent));
        }
        return new Entry(model, head, recipe, List.copyOf(parents.values()));
    }

    Optional<Entry> find(String model) {
        return Optional.ofNullable(heads.get(model))
                .map(head -> entries.computeIfAbsent(model, name -> entry(name, head)));
    }

    Entry get(String model) {
        return find(model).orElseThrow(() -> new IllegalArgumentException("no model " + model));
    }

    /** The names of all models. */
    Set<String> models() {
        return heads.keySet();
    }

    /** All models below one, however far, without itself. */
    Set<String> downstream(String model) {
        Set<String> found = new TreeSet<>();
        Deque<String> open = new ArrayDeque<>(List.of(model));
        while (!open.isEmpty()) {
            String above = open.remove();
            for (String child : children.getOrDefault(above, Set.of())) {
                boolean isChild = get(child).parents().stream()
                        .anyMatch(parent -> parent.model().equals(above));
                if (isChild && !child.equals(model) && found.add(child)) {
                    open.add(child);
                }
            }
        }
        return found;
    }

    /**
     * Models in an order with parents before children, by name where either would do. Those on a cycle or below one
     * come last and are added to {@code cyclic}.
     */
    List<String> ordered(Set<String> models, Set<String> cyclic) {
        Map<String, Set<String>> waitsFor = new TreeMap<>();
        for (String model : models) {
            Set<String> parents = new HashSet<>();
            get(model).parents().forEach(parent -> parents.add(parent.model()));
            parents.retainAll(models);
            parents.remove(model);
            waitsFor.put(model, parents);
        }
        List<String> order = new ArrayList<>();
        var ready = new TreeSet<String>();
        waitsFor.forEach((model, parents) -> {
            if (parents.isEmpty()) {
                ready.add(model);
            }
        });
        for (String model = ready.pollFirst(); model != null; model = ready.pollFirst()) {
            order.add(model);
            for (String child : children.getOrDefault(model, Set.of())) {
                Set<String> parents = waitsFor.get(child);
                if (parents != null && parents.remove(model) && parents.isEmpty()) {
                    ready.add(child);
                }
            }
        }
        Set<String> done = new HashSet<>(order);
        models.stream().filter(model -> !done.contains(model)).forEach(cyclic::add);
        order.addAll(cyclic);
        return order;
    }
}
