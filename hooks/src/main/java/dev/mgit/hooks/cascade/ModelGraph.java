package dev.mgit.hooks.cascade;

import dev.mgit.hooks.recipe.Recipe;
import dev.mgit.hooks.recipe.Recipes;
import dev.mgit.lineage.version.Lineage;
import dev.mgit.lineage.version.Model;
import dev.mgit.lineage.version.ProvenanceEdge;
import dev.mgit.lineage.version.Version;
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

    private final Map<String, Entry> entries = new TreeMap<>();
    private final Map<String, Set<String>> children = new TreeMap<>();

    ModelGraph(Lineage lineage, Recipes recipes) {
        Map<VersionId, String> owners = new HashMap<>();
        List<Model> models = lineage.models();
        models.forEach(model -> own(lineage, model, owners));
        for (Model model : models) {
            Entry entry = entry(lineage, recipes, model, owners);
            entries.put(model.name(), entry);
            for (Recipe.Parent parent : entry.parents()) {
                if (!parent.model().equals(model.name())) {
                    children.computeIfAbsent(parent.model(), name -> new TreeSet<>())
                            .add(model.name());
                }
            }
        }
    }

    private static void own(Lineage lineage, Model model, Map<VersionId, String> owners) {
        Optional<VersionId> version = Optional.of(model.head());
        while (version.isPresent() && owners.putIfAbsent(version.get(), model.name()) == null) {
            version = lineage.version(version.get()).previous();
        }
    }

    private static Entry entry(Lineage lineage, Recipes recipes, Model model, Map<VersionId, String> owners) {
        Optional<Recipe> recipe = recipes.of(model.head());
        Map<VersionId, Recipe.Parent> parents = new LinkedHashMap<>();
        recipe.ifPresent(made -> made.parents().forEach(parent -> parents.put(parent.version(), parent)));
        if (parents.isEmpty()) {
            for (ProvenanceEdge edge : origins(lineage, model.head())) {
                parents.put(edge.parent(), new Recipe.Parent(edge.model(), edge.parent(), edge.kind()));
            }
        }
        List<Recipe.Parent> owned = parents.values().stream()
                .map(parent -> new Recipe.Parent(
                        owners.getOrDefault(parent.version(), parent.model()), parent.version(), parent.kind()))
                .toList();
        return new Entry(model.name(), model.head(), recipe, owned);
    }

    /** The provenance of the newest version in a model's history that has any. */
    private static List<ProvenanceEdge> origins(Lineage lineage, VersionId head) {
        Version version = lineage.version(head);
        while (version.origins().isEmpty() && version.previous().isPresent()) {
            version = lineage.version(version.previous().get());
        }
        return version.origins();
    }

    Optional<Entry> find(String model) {
        return Optional.ofNullable(entries.get(model));
    }

    Entry get(String model) {
        return find(model).orElseThrow(() -> new IllegalArgumentException("no model " + model));
    }

    /** All models below one, however far, without itself. */
    Set<String> downstream(String model) {
        Set<String> found = new TreeSet<>();
        Deque<String> open = new ArrayDeque<>(List.of(model));
        while (!open.isEmpty()) {
            for (String child : children.getOrDefault(open.remove(), Set.of())) {
                if (!child.equals(model) && found.add(child)) {
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
