package dev.mgit.hooks.cascade;

import dev.mgit.delta.MgitException;
import dev.mgit.delta.json.JsonObject;
import dev.mgit.hooks.JsonMembers;
import dev.mgit.lineage.version.VersionId;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * How an update stands, or how it ended.
 *
 * @param state {@code open}, {@code stopped}, {@code publishing}, {@code done} or {@code aborting}
 * @param logs folder with the log files of its commands
 */
public record UpdateReport(String id, String target, String state, List<Line> lines, Path logs) {
    /**
     * One unit.
     *
     * @param state {@code planned}, {@code running}, {@code ran}, {@code passed}, {@code failed} or {@code skipped}
     * @param detail why it failed or was skipped, or what its job does
     * @param gate true if a test or a pre-commit hook failed it rather than its command
     * @param before the versions it replaces
     * @param after the new versions, once stored
     */
    public record Line(
            String name,
            String state,
            String detail,
            boolean gate,
            Map<String, VersionId> before,
            Map<String, VersionId> after) {
        static Line fromJson(JsonObject json) {
            return new Line(
                    String.join("+", json.strings("models")),
                    json.string("state"),
                    json.string("detail"),
                    json.flag("gate"),
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

    /** What the update failed with: GATE if only tests and hooks stood in the way, FAILED if a command did; empty if nothing. */
    public Optional<MgitException.Kind> failure() {
        List<Line> failed =
                lines.stream().filter(line -> line.state().equals("failed")).toList();
        if (failed.isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(failed.stream().allMatch(Line::gate) ? MgitException.Kind.GATE : MgitException.Kind.FAILED);
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
