package dev.mgit.hooks.cascade;

import dev.mgit.delta.MgitException;
import dev.mgit.delta.json.JsonObject;
import dev.mgit.hooks.JsonMembers;
import dev.mgit.hooks.recipe.StaleReason;
import dev.mgit.lineage.version.VersionId;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * How an update stands, or how it ended.
 *
 * @param state {@code open}, {@code stopped}, {@code publishing}, {@code done} or {@code aborting}
 * @param logs folder with the log files of its commands
 */
public record UpdateReport(String id, String target, String state, List<Line> lines, Path logs) {
    /** What stays as it is though it is stale: it cannot be made here. */
    public static final String STALE = "stale";

    private static final String MOVED = "moved";

    /**
     * One unit, a new version it starts from that failed its tests, or a model that stays stale.
     *
     * @param state {@code planned}, {@code running}, {@code ran}, {@code passed}, {@code failed}, {@code skipped},
     *     {@code moved} (somebody gave it another version meanwhile) or {@link #STALE}
     * @param detail why it failed or was skipped, or what its job does
     * @param gate true if a test or a pre-commit hook failed it rather than its command
     * @param reused true if what an earlier run left was taken instead of running the command
     * @param reasons why it is made again
     * @param before the versions it replaces
     * @param after the new versions, once stored
     */
    public record Line(
            String name,
            String state,
            String detail,
            boolean gate,
            boolean reused,
            List<StaleReason> reasons,
            Map<String, VersionId> before,
            Map<String, VersionId> after) {
        /** A model that cannot be made here. */
        static Line stale(String model, VersionId head, String why) {
            return new Line(model, STALE, why, false, false, List.of(), Map.of(model, head), Map.of());
        }

        private Line with(String newState, String newDetail) {
            return new Line(name, newState, newDetail, gate, reused, reasons, before, after);
        }

        static Line fromJson(JsonObject json) {
            return new Line(
                    String.join("+", json.strings("models")),
                    json.string("state"),
                    json.string("detail"),
                    json.flag("gate"),
                    json.flag("reused"),
                    StaleReason.fromJson(json, "reasons"),
                    CascadeState.ids(json, "before"),
                    CascadeState.ids(json, "after"));
        }

        JsonObject toJson() {
            return JsonMembers.of(
                    "models",
                    List.copyOf(before.keySet()),
                    "state",
                    state,
                    "detail",
                    detail,
                    "gate",
                    gate,
                    "reused",
                    reused,
                    "reasons",
                    StaleReason.toJson(reasons),
                    "before",
                    CascadeState.hex(before),
                    "after",
                    CascadeState.hex(after));
        }
    }

    public boolean done() {
        return state.equals("done");
    }

    /** Versions that have become heads of their models; empty while the update is not done. */
    public Map<String, VersionId> published() {
        Map<String, VersionId> result = new LinkedHashMap<>();
        if (done()) {
            lines.stream().filter(line -> line.state().equals("passed")).forEach(line -> result.putAll(line.after()));
        }
        return result;
    }

    /**
     * What the update failed with: GATE if only tests and hooks stood in the way, FAILED if a command did, DIFFERS if
     * nothing failed but something is still stale; empty if all is done.
     */
    public Optional<MgitException.Kind> failure() {
        List<Line> failed = in("failed");
        if (!failed.isEmpty()) {
            return Optional.of(
                    failed.stream().allMatch(Line::gate) ? MgitException.Kind.GATE : MgitException.Kind.FAILED);
        }
        boolean left = done() && !(in(STALE).isEmpty() && in(MOVED).isEmpty());
        return left ? Optional.of(MgitException.Kind.DIFFERS) : Optional.empty();
    }

    private List<Line> in(String wanted) {
        return lines.stream().filter(line -> line.state().equals(wanted)).toList();
    }

    /** Models that somebody gave another version meanwhile, and those below them: to be planned anew. */
    List<String> moved() {
        return in(MOVED).stream()
                .flatMap(line -> line.before().keySet().stream())
                .toList();
    }

    /** What became of models that moved, as a later plan finds them: still stale, or nothing left to do. */
    UpdateReport settledBy(UpdatePlan plan) {
        Map<String, UpdatePlan.Node> nodes = new HashMap<>();
        plan.nodes().forEach(node -> nodes.put(node.model(), node));
        List<Line> settled = new ArrayList<>();
        for (Line line : lines) {
            Optional<UpdatePlan.Node> stuck = line.before().keySet().stream()
                    .map(nodes::get)
                    .filter(node -> node != null && node.action().stops())
                    .findFirst();
            if (!line.state().equals(MOVED)) {
                settled.add(line);
            } else if (stuck.isPresent()) {
                settled.add(line.with(STALE, line.detail() + "; " + stuck.get().reason()));
            } else {
                settled.add(line.with("skipped", line.detail()));
            }
        }
        return new UpdateReport(id, target, state, settled, logs);
    }

    /** What failed, one line a model with the first line of why; empty if nothing did. */
    public String failed() {
        return String.join(
                "\n",
                in("failed").stream()
                        .map(line -> line.name() + ": "
                                + line.detail().lines().findFirst().orElse(""))
                        .toList());
    }

    /** This one and a further one that took up what it had left. */
    UpdateReport followedBy(UpdateReport next) {
        List<Line> made =
                next.lines.stream().filter(line -> !line.state().equals(STALE)).toList();
        Set<String> again = new HashSet<>();
        made.forEach(line -> again.addAll(line.before().keySet()));
        List<Line> all = new ArrayList<>(lines.stream()
                .filter(line -> line.before().keySet().stream().noneMatch(again::contains))
                .toList());
        all.addAll(made);
        return new UpdateReport(next.id, target, next.state, all, next.logs);
    }

    /** Reads what {@link #toJson} wrote. */
    public static UpdateReport fromJson(JsonObject json) {
        return new UpdateReport(
                json.string("id"),
                json.string("target"),
                json.string("state"),
                json.objects("units").stream().map(Line::fromJson).toList(),
                Path.of(json.string("logs")));
    }

    public JsonObject toJson() {
        return JsonMembers.of(
                "schema",
                1,
                "id",
                id,
                "target",
                target,
                "state",
                state,
                "units",
                lines.stream().map(Line::toJson).toList(),
                "logs",
                logs.toString());
    }
}
