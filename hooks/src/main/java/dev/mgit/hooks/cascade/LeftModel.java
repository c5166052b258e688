package dev.mgit.hooks.cascade;

import dev.mgit.delta.json.JsonObject;
import dev.mgit.hooks.JsonMembers;
import dev.mgit.lineage.version.VersionId;

/**
 * A model that stays stale, whatever becomes of the update.
 *
 * @param reason why it cannot be made
 */
record LeftModel(String model, VersionId head, String reason) {
    static LeftModel of(UpdatePlan.Node node) {
        return new LeftModel(node.model(), node.head(), node.reason());
    }

    JsonObject toJson() {
        return JsonMembers.of("model", model, "head", head.hex(), "reason", reason);
    }

    static LeftModel fromJson(JsonObject json) {
        return new LeftModel(json.string("model"), new VersionId(json.string("head")), json.string("reason"));
    }
}
