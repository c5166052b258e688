package dev.mgit.hooks.recipe;

import dev.mgit.delta.json.Json;
import dev.mgit.delta.json.JsonObject;
import dev.mgit.hooks.JsonMembers;
import dev.mgit.hooks.executor.JobStatus;
import dev.mgit.lineage.version.VersionId;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * What a machine says that has carried out a {@link NodeOrder}.
 *
 * @param order digest of the order
 * @param recipe digest of the recipe in it
 * @param timedOut whether it ended the command because its time was over
 * @param exit the command's exit code; 1 also if what it made cannot be stored
 * @param versions what it made, by model; empty unless it went well
 * @param node the machine's name
 * @param runtime program and version that executed the code
 * @param packages what that sees, by name
 */
record NodeResult(
        String run,
        String order,
        String recipe,
        boolean timedOut,
        int exit,
        double seconds,
        Map<String, VersionId> versions,
        String node,
        Optional<String> runtime,
        Map<String, String> packages,
        String machine) {
    /** The name of the result among the files of its parcel; what the command printed lies beside it. */
    static final String FILE = "result.json";

    static final String OUT = "stdout.log";
    static final String ERRORS = "stderr.log";

    static final long MAX_BYTES = 4 << 20;

    /** Bytes of what the command printed that come back, from its end. */
    static final int MAX_LOG = 1 << 20;

    boolean good() {
        return exit == 0 && !timedOut;
    }

    JobStatus status() {
        return timedOut ? JobStatus.timedOut() : JobStatus.exitCode(exit);
    }

    /** A recipe as it was carried out there. */
    Recipe completed(Recipe captured) {
        return captured.with(
                captured.inputs(),
                captured.parents(),
                captured.circumstances().on(Optional.of(node), runtime, packages, machine));
    }

    byte[] toBytes() {
        Map<String, String> ids = new LinkedHashMap<>();
        versions.forEach((model, version) -> ids.put(model, version.hex()));
        return Json.pretty(JsonMembers.of(
                "schema",
                1,
                "run",
                run,
                "order",
                order,
                "recipe",
                recipe,
                "timedOut",
                timedOut,
                "exit",
                exit,
                "seconds",
                seconds,
                "versions",
                ids,
                "node",
                node,
                "runtime",
                runtime,
                "packages",
                packages,
                "machine",
                machine));
    }

    static NodeResult fromBytes(byte[] bytes) {
        return JsonMembers.read(bytes, "the result of a run", NodeResult::fromJson);
    }

    private static NodeResult fromJson(JsonObject json) {
        Map<String, VersionId> versions = new LinkedHashMap<>();
        JsonMembers.texts(json, "versions").forEach((model, id) -> versions.put(model, new VersionId(id)));
        long exit = json.number("exit");
        if (exit < 0 || exit > 255) {
            throw new IllegalArgumentException(exit + " is no exit code");
        }
        return new NodeResult(
                json.string("run"),
                json.string("order"),
                json.string("recipe"),
                json.flag("timedOut"),
                (int) exit,
                Math.max(0, json.optionalReal("seconds").orElse(0.0)),
                versions,
                json.string("node"),
                json.optionalString("runtime"),
                JsonMembers.texts(json, "packages"),
                json.string("machine"));
    }
}
