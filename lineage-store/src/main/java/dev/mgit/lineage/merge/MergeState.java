package dev.mgit.lineage.merge;

import dev.mgit.delta.MgitException;
import dev.mgit.delta.json.CheckedJson;
import dev.mgit.delta.json.JsonException;
import dev.mgit.delta.json.JsonObject;
import dev.mgit.lineage.version.VersionId;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A merge that was begun: all it takes to do it, from the start, at any later time. Kept as checked JSON, schema 1.
 *
 * @param base empty if no common ancestor is known
 * @param model the model to make a version of
 * @param head the model's newest version when the merge was begun; empty for a new model
 * @param rules as the user wrote them; the first that fits a name counts
 * @param tests whether registered tests decide on what may not fit together
 */
public record MergeState(
        VersionId ours,
        VersionId theirs,
        Optional<VersionId> base,
        String model,
        Optional<VersionId> head,
        String message,
        List<String> rules,
        boolean tests) {
    private static final long SCHEMA = 1;

    public MergeState {
        rules = List.copyOf(rules);
    }

    /** The same merge with further rules, which count before those it has. */
    public MergeState with(List<String> further) {
        List<String> all = new ArrayList<>(further);
        all.addAll(rules);
        return new MergeState(ours, theirs, base, model, head, message, all, tests);
    }

    /** @throws MgitException of kind USAGE if one cannot be understood */
    public List<MergeRule> parsedRules() {
        return rules.stream().map(MergeRule::parse).toList();
    }

    public byte[] toJson() {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("schema", SCHEMA);
        json.put("ours", ours.hex());
        json.put("theirs", theirs.hex());
        base.ifPresent(id -> json.put("base", id.hex()));
        json.put("model", model);
        head.ifPresent(id -> json.put("head", id.hex()));
        json.put("message", message);
        json.put("rules", rules);
        json.put("tests", tests);
        return CheckedJson.bytes(json);
    }

    /** @throws MgitException of kind FAILED if the bytes are not such a state */
    public static MergeState parse(byte[] bytes) {
        try {
            JsonObject json = CheckedJson.parse(bytes);
            if (json.number("schema") != SCHEMA) {
                throw new JsonException("written by another version of mgit");
            }
            return new MergeState(
                    new VersionId(json.string("ours")),
                    new VersionId(json.string("theirs")),
                    json.optionalString("base").map(VersionId::new),
                    json.string("model"),
                    json.optionalString("head").map(VersionId::new),
                    json.string("message"),
                    json.strings("rules"),
                    json.flag("tests"));
        } catch (JsonException | IllegalArgumentException e) {
            String message = "the merge state cannot be read: " + e.getMessage();
            throw new MgitException(MgitException.Kind.FAILED, message, "abort it with: mgit merge --abort", e);
        }
    }
}
