package dev.mgit.hooks.cascade;

import dev.mgit.delta.json.JsonObject;
import dev.mgit.hooks.JsonMembers;
import dev.mgit.hooks.recipe.Recipe;
import dev.mgit.hooks.recipe.StaleReason;
import dev.mgit.lineage.version.EdgeKind;
import dev.mgit.lineage.version.VersionId;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.PriorityQueue;

/**
 * What an update would do: every model downstream of the target once, parents before children, and the units of work.
 *
 * @param target what it is of, as {@link UpdateOptions#subject}
 * @param head the target's newest version; empty if no model was named
 * @param targetReasons why the target itself, which is not made again, is stale
 */
public record UpdatePlan(
        String target, Optional<VersionId> head, List<StaleReason> targetReasons, List<Node> nodes, List<Unit> units) {
    /** What becomes of a model. */
    public enum Action {
        RUN,
        /** Nothing it was made from has changed. */
        UP_TO_DATE,
        /** None of its parents has changed, but something else its recipe reads has; made again only if asked for. */
        STALE,
        /** Left out by {@code --only} or {@code --skip}; what is below goes on from its present version. */
        SKIPPED,
        /** Below {@code --until}. */
        BEYOND,
        NO_RECIPE,
        /** It has a recipe that nobody has accepted here. */
        UNTRUSTED,
        /** Something above it cannot be made. */
        BLOCKED,
        /** It is downstream of itself. */
        CYCLE;

        public String word() {
            return name().toLowerCase(Locale.ROOT).replace('_', '-');
        }

        /** True where nothing below can be made either. */
        public boolean stops() {
            return this == NO_RECIPE || this == UNTRUSTED || this == BLOCKED || this == CYCLE;
        }
    }

    /**
     * One model downstream.
     *
     * @param reason for the action, in words
     * @param reasons why it is stale, whatever is done about it
     */
    public record Node(String model, VersionId head, Action action, String reason, List<StaleReason> reasons) {
        public Node {
            reasons = List.copyOf(reasons);
        }

        /** What else than its parents is new, and taken along if it is made again; in words. */
        public String takesAlong() {
            boolean led = reasons.stream().anyMatch(StaleReason::leads);
            return led ? StaleReason.text(reasons, reason -> !reason.leads()) : "";
        }
    }

    /**
     * A parent of a unit.
     *
     * @param was the version used the last time
     * @param now the version to use; empty if this update makes it
     */
    public record Parent(String model, VersionId was, Optional<VersionId> now, EdgeKind kind) {}

    /**
     * Models made by one run of one recipe: one model, or a group.
     *
     * @param models every model the recipe makes, in its order
     * @param heads the present versions of those that this update replaces
     * @param seconds how long it took the last time
     * @param reasons why it is made again
     */
    public record Unit(
            List<String> models,
            Map<String, VersionId> heads,
            Recipe recipe,
            List<Parent> parents,
            double seconds,
            List<StaleReason> reasons) {
        public String name() {
            return String.join("+", heads.keySet());
        }

        /** Parents' versions it was not made from before and that this update does not make, by model. */
        Map<String, VersionId> newVersions() {
            Map<String, VersionId> result = new LinkedHashMap<>();
            parents.forEach(parent -> parent.now()
                    .filter(now -> !now.equals(parent.was()))
                    .ifPresent(now -> result.put(parent.model(), now)));
            return result;
        }

        /** Whether it is to run though there may be outputs of the same run. */
        boolean forced() {
            return reasons.contains(StaleReason.forced());
        }

        JsonObject toJson() {
            Map<String, Object> ids = new LinkedHashMap<>();
            heads.forEach((model, id) -> ids.put(model, id.hex()));
            return JsonMembers.of(
                    "models",
                    models,
                    "heads",
                    ids,
                    "recipe",
                    recipe.toJson(),
                    "parents",
                    parents.stream().map(UpdatePlan::toJson).toList(),
                    "seconds",
                    seconds,
                    "reasons",
                    StaleReason.toJson(reasons));
        }

        static Unit fromJson(JsonObject json) {
            Map<String, VersionId> heads = new LinkedHashMap<>();
            JsonMembers.texts(json, "heads").forEach((model, id) -> heads.put(model, new VersionId(id)));
            return new Unit(
                    json.strings("models"),
                    heads,
                    Recipe.fromJson(json.object("recipe")),
                    json.objects("parents").stream()
                            .map(parent -> new Parent(
                                    parent.string("model"),
                                    new VersionId(parent.string("was")),
                                    parent.optionalString("now").map(VersionId::new),
                                    EdgeKind.parse(parent.string("kind"))))
                            .toList(),
                    json.optionalReal("seconds").orElse(0.0),
                    StaleReason.fromJson(json, "reasons"));
        }
    }

    /** Models that stay stale because they cannot be made here. */
    public List<Node> stuck() {
        return nodes.stream().filter(node -> node.action().stops()).toList();
    }

    public UpdatePlan {
        targetReasons = List.copyOf(targetReasons);
        nodes = List.copyOf(nodes);
        units = List.copyOf(units);
    }

    private static JsonObject toJson(Parent parent) {
        return JsonMembers.of(
                "model",
                parent.model(),
                "was",
                parent.was().hex(),
                "now",
                parent.now().map(VersionId::hex),
                "kind",
                parent.kind().word());
    }

    /** Indices of the units a unit waits for. */
    public List<Integer> upstream(int unit) {
        return Units.upstream(units, unit);
    }

    /** Seconds the whole would take with so many jobs at a time, if every unit took as long as the last time. */
    public double estimate(int jobs) {
        double[] end = new double[units.size()];
        var free = new PriorityQueue<Double>();
        for (int i = 0; i < Math.max(1, jobs); i++) {
            free.add(0.0);
        }
        double last = 0;
        for (int unit = 0; unit < units.size(); unit++) {
            double ready =
                    upstream(unit).stream().mapToDouble(i -> end[i]).max().orElse(0);
            Double slot = free.poll();
            end[unit] =
                    Math.max(ready, slot == null ? 0 : slot) + units.get(unit).seconds();
            free.add(end[unit]);
            last = Math.max(last, end[unit]);
        }
        return last;
    }

    /** The plan for programs. */
    public JsonObject toJson(int jobs) {
        return JsonMembers.of(
                "schema",
                1,
                "target",
                target,
                "head",
                head.map(VersionId::hex),
                "targetReasons",
                StaleReason.toJson(targetReasons),
                "nodes",
                nodes.stream()
                        .map(node -> JsonMembers.of(
                                "model",
                                node.model(),
                                "head",
                                node.head().hex(),
                                "action",
                                node.action().word(),
                                "reason",
                                node.reason(),
                                "reasons",
                                StaleReason.toJson(node.reasons())))
                        .toList(),
                "units",
                units.stream()
                        .map(unit -> JsonMembers.of(
                                "models",
                                List.copyOf(unit.heads().keySet()),
                                "command",
                                unit.recipe().command(),
                                "parents",
                                unit.parents().stream().map(UpdatePlan::toJson).toList(),
                                "seconds",
                                unit.seconds()))
                        .toList(),
                "estimateSeconds",
                estimate(jobs));
    }
}
