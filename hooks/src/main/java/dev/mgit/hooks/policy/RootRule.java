package dev.mgit.hooks.policy;

import dev.mgit.delta.json.JsonException;
import dev.mgit.delta.json.JsonObject;
import dev.mgit.lineage.version.Glob;
import dev.mgit.lineage.version.Version;
import dev.mgit.lineage.version.VersionId;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What everything must come from.
 *
 * @param allowed models by glob, or versions by id
 */
record RootRule(List<String> allowed) implements Rule {
    private static final int SHORTEST_ID = 10;

    static RootRule read(JsonObject json) {
        List<String> allowed = json.strings("allowed");
        if (allowed.isEmpty()) {
            throw new JsonException("no root is 'allowed'");
        }
        return new RootRule(allowed);
    }

    @Override
    public String name() {
        return "roots";
    }

    @Override
    public List<String> objections(Version version, Facts facts) {
        List<String> found = new ArrayList<>();
        for (VersionId ancestor : facts.lineage(version.id())) {
            Optional<Version> known = facts.version(ancestor);
            boolean root = known.map(
                            one -> one.previous().isEmpty() && one.origins().isEmpty())
                    .orElse(true);
            if (root && !isAllowed(ancestor, known)) {
                String itself = ancestor.equals(version.id()) ? "is a root" : "comes from " + facts.name(ancestor);
                found.add(itself + (known.isPresent() ? ", which is no allowed root" : ", which is not here"));
            }
        }
        return found;
    }

    private boolean isAllowed(VersionId id, Optional<Version> version) {
        return allowed.stream()
                .anyMatch(name -> (name.length() >= SHORTEST_ID && id.hex().startsWith(name))
                        || version.map(known -> new Glob(name).test(known.model()))
                                .orElse(false));
    }

    @Override
    public String advice() {
        return "declare what it was made from with --from or 'mgit edge add', or allow its root in the policy";
    }
}
