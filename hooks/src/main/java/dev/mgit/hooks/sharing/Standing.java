package dev.mgit.hooks.sharing;

import dev.mgit.delta.json.JsonObject;
import dev.mgit.hooks.JsonMembers;
import dev.mgit.lineage.version.VersionId;
import java.util.List;
import java.util.Optional;

/**
 * Whether a version keeps a promise.
 *
 * @param against the version it was held against; empty if there is none
 * @param name of that version for people
 * @param tensors those that break it
 * @param problem why it could not be held against anything; empty if it could
 */
public record Standing(
        Promise promise, Optional<VersionId> against, String name, List<String> tensors, String problem) {
    private static final int SHOWN = 5;

    public Standing {
        tensors = List.copyOf(tensors);
    }

    public boolean kept() {
        return tensors.isEmpty() && problem.isEmpty();
    }

    /** One sentence: {@code promised to keep encoder.* frozen, but encoder.0.weight differs from base@1234567890}. */
    public String text() {
        if (kept()) {
            return "promised to " + promise.text() + ", and does (" + name + ")";
        }
        if (!problem.isEmpty()) {
            return "promised to " + promise.text() + ", but " + problem;
        }
        String names = String.join(", ", tensors.subList(0, Math.min(SHOWN, tensors.size())))
                + (tensors.size() > SHOWN ? " and " + (tensors.size() - SHOWN) + " more" : "");
        String how = promise.kind() == Promise.Kind.INIT_FROM
                ? (tensors.size() == 1
                        ? " is not there or has another shape than in "
                        : " are not there or have other " + "shapes than in ")
                : (tensors.size() == 1 ? " differs from " : " differ from ");
        return "promised to " + promise.text() + ", but " + names + how + name;
    }

    public JsonObject toJson() {
        return JsonMembers.of(
                "promise",
                promise.toJson(),
                "kept",
                kept(),
                "against",
                against.map(VersionId::hex),
                "tensors",
                tensors,
                "text",
                text());
    }
}
