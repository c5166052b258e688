package dev.mgit.hooks.sharing;

import dev.mgit.delta.MgitException;
import dev.mgit.delta.json.JsonObject;
import dev.mgit.hooks.JsonMembers;
import dev.mgit.lineage.version.Glob;
import dev.mgit.lineage.version.VersionId;
import java.util.Locale;
import java.util.Optional;

/**
 * One thing that a recipe declares of some of its model's tensors.
 *
 * @param tensors which, by name
 * @param model whose tensors they are held against; empty for what the version was trained from
 * @param version of that model, where the version is not made from another one of it; only of {@link Kind#INIT_FROM}
 */
public record Promise(Kind kind, Glob tensors, Optional<String> model, Optional<VersionId> version) {
    /** What is promised. */
    public enum Kind {
        /** They are, to the bit, those of the version it was trained from. */
        FREEZE,
        /** They are, to the bit, those of another model. */
        ENTANGLE,
        /** They began as those of another version: they have its names and shapes. */
        INIT_FROM;

        public String word() {
            return name().toLowerCase(Locale.ROOT).replace('_', '-');
        }
    }

    public static Promise freeze(String glob) {
        return new Promise(Kind.FREEZE, glob(glob), Optional.empty(), Optional.empty());
    }

    public static Promise entangle(String model, String glob) {
        return new Promise(Kind.ENTANGLE, glob(glob), Optional.of(model), Optional.empty());
    }

    public static Promise initFrom(String model, VersionId version, String glob) {
        return new Promise(Kind.INIT_FROM, glob(glob), Optional.of(model), Optional.of(version));
    }

    private static Glob glob(String text) {
        if (text.isBlank()) {
            throw new MgitException(
                    MgitException.Kind.USAGE, "which tensors are shared is not said", "write a glob: 'encoder.*'");
        }
        return new Glob(text);
    }

    /** What it says, as the end of a sentence: {@code keep encoder.* frozen}. */
    public String text() {
        return switch (kind) {
            case FREEZE -> "keep " + tensors + " frozen";
            case ENTANGLE -> "share " + tensors + " with " + model.orElse("");
            case INIT_FROM ->
                "initialise " + tensors + " from " + model.orElse("")
                        + version.map(id -> "@" + id.abbreviated()).orElse("");
        };
    }

    public JsonObject toJson() {
        return JsonMembers.of(
                "kind",
                kind.word(),
                "tensors",
                tensors.pattern(),
                "model",
                model,
                "version",
                version.map(VersionId::hex));
    }

    /** @throws IllegalArgumentException if there is no such kind, or no such id */
    public static Promise fromJson(JsonObject json) {
        return new Promise(
                Kind.valueOf(json.string("kind").toUpperCase(Locale.ROOT).replace('-', '_')),
                new Glob(json.string("tensors")),
                json.optionalString("model"),
                json.optionalString("version").map(VersionId::new));
    }
}
