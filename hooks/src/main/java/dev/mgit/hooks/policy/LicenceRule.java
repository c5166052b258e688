package dev.mgit.hooks.policy;

import dev.mgit.delta.json.JsonException;
import dev.mgit.delta.json.JsonObject;
import dev.mgit.hooks.licence.LicenceExpression;
import dev.mgit.lineage.version.EdgeKind;
import dev.mgit.lineage.version.ProvenanceEdge;
import dev.mgit.lineage.version.Version;
import dev.mgit.lineage.version.VersionId;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Which licences may be used for what.
 *
 * @param edges kinds of derivation: whatever a version was derived from by one of these, and all behind it, must be under
 *     an allowed licence; empty for a rule about each version's own licence
 * @param allowed licences as SPDX expressions; a version's own may be any that whoever uses it can satisfy with these
 */
record LicenceRule(List<EdgeKind> edges, List<LicenceExpression> allowed) implements Rule {
    static LicenceRule read(JsonObject json) {
        List<LicenceExpression> allowed =
                json.strings("allowed").stream().map(LicenceExpression::read).toList();
        if (allowed.isEmpty()) {
            throw new JsonException("no licence is 'allowed'");
        }
        return new LicenceRule(
                json.strings("edges").stream().map(EdgeKind::parse).toList(), allowed);
    }

    @Override
    public String name() {
        return "licences";
    }

    @Override
    public boolean concerns(Version version, Facts facts) {
        return edges.isEmpty() || !meant(version, facts).isEmpty();
    }

    private List<ProvenanceEdge> meant(Version version, Facts facts) {
        return facts.origins(version).stream()
                .filter(edge -> edges.contains(edge.kind()))
                .toList();
    }

    @Override
    public List<String> objections(Version version, Facts facts) {
        if (edges.isEmpty()) {
            return objection(version, facts).map(why -> List.of("is " + why)).orElse(List.of());
        }
        Set<String> found = new LinkedHashSet<>();
        for (ProvenanceEdge edge : meant(version, facts)) {
            for (VersionId ancestor : facts.lineage(edge.parent())) {
                Optional<Version> behind = facts.version(ancestor);
                boolean parent = ancestor.equals(edge.parent());
                if (behind.isPresent() && (parent || facts.licence(behind.get()).isPresent())) {
                    objection(behind.get(), facts)
                            .ifPresent(why -> found.add("is a " + edge.kind().word()
                                    + (parent ? " of " : " of what was made from ") + facts.name(ancestor)
                                    + ", which is " + why));
                }
            }
        }
        return new ArrayList<>(found);
    }

    private Optional<String> objection(Version version, Facts facts) {
        Optional<String> licence = facts.licence(version);
        if (licence.isEmpty()) {
            return Optional.of("under no recorded licence");
        }
        if (LicenceExpression.read(licence.get()).isSatisfiedBy(allowed)) {
            return Optional.empty();
        }
        String others = allowed.stream().map(LicenceExpression::text).collect(Collectors.joining(" or "));
        return Optional.of("under " + licence.get() + ", not " + others);
    }

    @Override
    public String advice() {
        return "use another parent; record a missing licence with --trailer License=ID or in README.md";
    }
}
