package dev.mgit.hooks.serving;

import dev.mgit.delta.json.JsonObject;
import dev.mgit.hooks.JsonMembers;
import java.time.Instant;

/**
 * A plan and what it was made for.
 *
 * @param weights hash of the weights, see {@link ServingPlans#weights}
 * @param profile hash of the latencies, see {@link LatencyProfile#sha256}
 * @param profilePath where they were read from, relative to the repository's root where they lie below it; empty where
 *     they were measured and not kept
 */
public record NotedPlan(ServingPlan plan, String weights, String profile, String profilePath, Instant made) {
    JsonObject toJson() {
        return JsonMembers.of(
                "plan",
                plan.toJson(),
                "weights",
                weights,
                "profile",
                profile,
                "profilePath",
                profilePath,
                "made",
                made.toString());
    }

    static NotedPlan fromJson(JsonObject json) {
        return new NotedPlan(
                ServingPlan.fromJson(json.object("plan")),
                json.string("weights"),
                json.string("profile"),
                json.string("profilePath"),
                Instant.parse(json.string("made")));
    }
}
