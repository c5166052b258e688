package dev.mgit.hooks.cascade;

import dev.mgit.delta.json.JsonObject;
import dev.mgit.hooks.JsonMembers;
import java.util.List;
import java.util.Optional;

/**
 * What {@code mgit update} is asked to do.
 *
 * @param target the model that got a new version; empty for what is stale, or forced, anywhere
 * @param stale update what is stale for any reason, not only what has a parent with a new version
 * @param force models to update though nothing changed
 * @param only globs; models that match none keep their version
 * @param skip globs; models that match keep their version, and what is below them goes on from it
 * @param until globs; models that match are updated, what is below them is not
 * @param gates names of tests that decide; empty for all registered for updates
 * @param jobs how many units run at once
 * @param failFast stop at the first failure and publish nothing until continued, instead of stopping only what is
 *     below the failure
 */
public record UpdateOptions(
        Optional<String> target,
        boolean stale,
        List<String> force,
        List<String> only,
        List<String> skip,
        List<String> until,
        List<String> gates,
        int jobs,
        boolean failFast) {
    public static UpdateOptions of(String target) {
        return new UpdateOptions(target, List.of(), List.of(), List.of(), List.of(), 1, false);
    }

    /** An update of whatever is stale for any reason. */
    public static UpdateOptions ofStale() {
        return new UpdateOptions(
                Optional.empty(), true, List.of(), List.of(), List.of(), List.of(), List.of(), 1, false);
    }

    public UpdateOptions {
        force = List.copyOf(force);
        only = List.copyOf(only);
        skip = List.copyOf(skip);
        until = List.copyOf(until);
        gates = List.copyOf(gates);
    }

    /** An update of what is downstream of a model's new version. */
    public UpdateOptions(
            String target,
            List<String> only,
            List<String> skip,
            List<String> until,
            List<String> gates,
            int jobs,
            boolean failFast) {
        this(Optional.of(target), false, List.of(), only, skip, until, gates, jobs, failFast);
    }

    UpdateOptions withForce(List<String> models) {
        return new UpdateOptions(target, stale, models, only, skip, until, gates, jobs, failFast);
    }

    /** What the update is of, in words: a model's name where there is one. */
    public String subject() {
        return target.orElse(stale ? "stale models" : String.join(", ", force));
    }

    JsonObject toJson() {
        return JsonMembers.of(
                "target",
                target,
                "stale",
                stale,
                "force",
                force,
                "only",
                only,
                "skip",
                skip,
                "until",
                until,
                "gates",
                gates,
                "jobs",
                jobs,
                "failFast",
                failFast);
    }

    static UpdateOptions fromJson(JsonObject json) {
        return new UpdateOptions(
                json.optionalString("target"),
                json.flag("stale"),
                json.strings("force"),
                json.strings("only"),
                json.strings("skip"),
                json.strings("until"),
                json.strings("gates"),
                (int) json.number("jobs"),
                json.flag("failFast"));
    }
}
