package dev.mgit.hooks.cascade;

import dev.mgit.delta.MgitException;
import dev.mgit.hooks.Workspace;
import dev.mgit.hooks.recipe.Freshness;
import dev.mgit.hooks.recipe.Recipe;
import dev.mgit.hooks.recipe.Recipes;
import dev.mgit.hooks.recipe.StaleReason;
import dev.mgit.lineage.version.Glob;
import dev.mgit.lineage.version.VersionId;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** Works out what a new version of a model means for everything made from it, or what is stale and why. */
final class UpdatePlanner {
    private final ModelGraph graph;
    private final Recipes recipes;
    private final Optional<Freshness> freshness;
    private final UpdateOptions options;
    private final Map<String, UpdatePlan.Node> nodes = new LinkedHashMap<>();
    private final Set<String> others = new HashSet<>();

    /**
     * @param thorough also look at data, code and packages, not only at what the lineage says
     * @throws MgitException of kind USAGE if there is no model of a name it is given
     */
    UpdatePlanner(Workspace workspace, UpdateOptions options, boolean thorough) {
        this.recipes = new Recipes(workspace);
        this.graph = new ModelGraph(workspace.graph(), recipes);
        this.freshness = thorough ? Optional.of(new Freshness(workspace)) : Optional.empty();
        this.options = options;
        options.target().ifPresent(this::requireModel);
        options.force().forEach(this::requireModel);
    }

    private void requireModel(String name) {
        if (graph.find(name).isEmpty()) {
            throw new MgitException(
                    MgitException.Kind.USAGE, "no model '" + name + "'", "list the models with 'mgit branch'");
        }
    }

    /** @throws MgitException of kind USAGE if a glob matches none of the models concerned */
    UpdatePlan plan() {
        Set<String> scope = scope();
        requireMatches("--only", options.only(), scope);
        requireMatches("--skip", options.skip(), scope);
        requireMatches("--until", options.until(), scope);
        return plan(scope);
    }

    /** The same for some of the models alone, those that an update had to leave: what failed in it is not tried again. */
    UpdatePlan planAnew(Collection<String> left) {
        Set<String> scope = scope();
        scope.stream().filter(model -> !left.contains(model)).forEach(others::add);
        return plan(scope);
    }

    private UpdatePlan plan(Set<String> scope) {
        Set<String> cyclic = new HashSet<>();
        for (String model : graph.ordered(scope, cyclic)) {
            ModelGraph.Entry entry = graph.get(model);
            nodes.put(model, cyclic.contains(model) ? cycle(entry) : decide(entry));
        }
        return new UpdatePlan(
                options.subject(),
                head(),
                targetReasons(),
                shown(),
                new PlanUnits(graph, this::now).of(nodes.values()));
    }

    private Set<String> scope() {
        Set<String> roots = new TreeSet<>(options.force());
        if (options.stale()) {
            options.target().ifPresentOrElse(roots::add, () -> roots.addAll(graph.models()));
        }
        Set<String> scope = new TreeSet<>(roots);
        roots.forEach(root -> scope.addAll(graph.downstream(root)));
        options.target().ifPresent(target -> scope.addAll(graph.downstream(target)));
        return scope;
    }

    private void requireMatches(String option, List<String> globs, Set<String> scope) {
        for (String glob : globs) {
            if (scope.stream().noneMatch(new Glob(glob))) {
                throw new MgitException(
                        MgitException.Kind.USAGE,
                        option + " '" + glob + "' matches no model"
                                + options.target()
                                        .map(target -> " downstream of '" + target + "'")
                                        .orElse(" to update"),
                        scope.isEmpty() ? null : "there are " + named(scope));
            }
        }
    }

    private static String named(Set<String> models) {
        int most = 8;
        return String.join(", ", models.stream().limit(most).toList()) + (models.size() > most ? ", …" : "");
    }

    private Optional<VersionId> head() {
        return options.target().map(target -> graph.get(target).head());
    }

    /** The target is not made again unless that is asked for, but may need it as much as what is below it. */
    private List<StaleReason> targetReasons() {
        return options.target()
                .filter(target -> !nodes.containsKey(target))
                .map(target -> reasons(graph.get(target)))
                .orElse(List.of());
    }

    /** Where the whole repository is in question, only what there is something to say of. */
    private List<UpdatePlan.Node> shown() {
        return nodes.values().stream()
                .filter(node -> !options.stale()
                        || !node.reasons().isEmpty()
                        || node.action().stops())
                .toList();
    }

    private static UpdatePlan.Node cycle(ModelGraph.Entry entry) {
        String reason = "it is downstream of itself, or of a model that is";
        return new UpdatePlan.Node(entry.model(), entry.head(), UpdatePlan.Action.CYCLE, reason, List.of());
    }

    private UpdatePlan.Node decide(ModelGraph.Entry entry) {
        List<StaleReason> reasons = reasons(entry);
        Verdict verdict = leftOut(entry).or(() -> blocked(entry)).orElseGet(() -> act(entry, reasons));
        return new UpdatePlan.Node(entry.model(), entry.head(), verdict.action(), verdict.reason(), reasons);
    }

    private record Verdict(UpdatePlan.Action action, String reason) {}

    private Optional<Verdict> leftOut(ModelGraph.Entry entry) {
        if (others.contains(entry.model())) {
            return Optional.of(new Verdict(UpdatePlan.Action.SKIPPED, "not concerned"));
        }
        if (Glob.any(options.skip(), entry.model())) {
            return Optional.of(new Verdict(UpdatePlan.Action.SKIPPED, "skipped by --skip"));
        }
        if (!options.only().isEmpty() && !Glob.any(options.only(), entry.model())) {
            return Optional.of(new Verdict(UpdatePlan.Action.SKIPPED, "excluded by --only"));
        }
        return entry.parents().stream()
                .flatMap(parent -> beyond(parent.model()).stream())
                .findFirst()
                .map(reason -> new Verdict(UpdatePlan.Action.BEYOND, reason));
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

    private Optional<Verdict> blocked(ModelGraph.Entry entry) {
        return entry.parents().stream()
                .map(parent -> nodes.get(parent.model()))
                .filter(above -> above != null && above.action().stops())
                .findFirst()
                .map(above -> new Verdict(UpdatePlan.Action.BLOCKED, "'" + above.model() + "' cannot be rebuilt"));
    }

    private Verdict act(ModelGraph.Entry entry, List<StaleReason> reasons) {
        if (reasons.isEmpty()) {
            return new Verdict(UpdatePlan.Action.UP_TO_DATE, "none of its parents changed");
        }
        String why = StaleReason.text(reasons, StaleReason::leads);
        if (why.isEmpty()) {
            String other = StaleReason.text(reasons);
            return new Verdict(options.stale() ? UpdatePlan.Action.RUN : UpdatePlan.Action.STALE, other);
        }
        if (entry.recipe().isEmpty()) {
            return new Verdict(UpdatePlan.Action.NO_RECIPE, why + ", but it has no recipe");
        }
        if (!recipes.trusted(entry.model(), entry.recipe().get())) {
            return new Verdict(UpdatePlan.Action.UNTRUSTED, why + ", but its recipe has not been approved here");
        }
        return new Verdict(UpdatePlan.Action.RUN, why);
    }

    private List<StaleReason> reasons(ModelGraph.Entry entry) {
        List<StaleReason> reasons = new ArrayList<>();
        for (Recipe.Parent parent : entry.parents()) {
            Optional<VersionId> now = now(entry.model(), parent);
            if (now.isEmpty() || !now.get().equals(parent.version())) {
                reasons.add(new StaleReason(
                        StaleReason.Kind.PARENT,
                        parent.model(),
                        Optional.of(parent.version().hex()),
                        now.map(VersionId::hex)));
            }
        }
        if (options.force().contains(entry.model())) {
            reasons.add(StaleReason.forced());
        }
        // Until it is accepted, nothing that a recipe names is read or asked.
        entry.recipe()
                .filter(recipe -> recipes.trusted(entry.model(), recipe))
                .ifPresent(recipe -> freshness.ifPresent(look -> reasons.addAll(look.changes(entry.head(), recipe))));
        return reasons;
    }

    /**
     * The version of a parent to use now: empty if this update makes it, the newest if the parent is within reach, and
     * the one used last time if the parent has nothing to do with the update, or is an earlier version of the model.
     */
    private Optional<VersionId> now(String model, Recipe.Parent parent) {
        if (parent.model().equals(model)) {
            return Optional.of(parent.version());
        }
        UpdatePlan.Node above = nodes.get(parent.model());
        if (above != null) {
            return above.action() == UpdatePlan.Action.RUN ? Optional.empty() : Optional.of(above.head());
        }
        boolean reached = options.target().filter(parent.model()::equals).isPresent()
                || options.stale()
                || options.force().contains(model);
        return Optional.of(
                reached
                        ? graph.find(parent.model()).map(ModelGraph.Entry::head).orElse(parent.version())
                        : parent.version());
    }
}
