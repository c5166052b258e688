package dev.mgit.hooks.audit;

import dev.mgit.lineage.graph.EdgeFilter;
import dev.mgit.lineage.graph.LineageGraph;
import dev.mgit.lineage.graph.LineageGraph.Direction;
import dev.mgit.lineage.query.AuditReport.Finding;
import dev.mgit.lineage.query.AuditReport.Gap;
import dev.mgit.lineage.query.AuditReport.Parent;
import dev.mgit.lineage.query.DeclaredFacts;
import dev.mgit.lineage.query.DeclaredFacts.Claim;
import dev.mgit.lineage.version.EdgeKind;
import dev.mgit.lineage.version.VersionId;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;

/** What is not known of a version, or contradicts something else that is recorded of it. */
final class Gaps {
    /** Kinds of derivation that take data. */
    private static final Set<EdgeKind> TRAINED = EnumSet.of(
            EdgeKind.FINETUNE,
            EdgeKind.CONTINUE_PRETRAIN,
            EdgeKind.DISTILL,
            EdgeKind.RL,
            EdgeKind.ADAPTER,
            EdgeKind.SEARCH);

    private final LineageGraph graph;
    private final DeclaredFacts facts;

    Gaps(LineageGraph graph, DeclaredFacts facts) {
        this.graph = graph;
        this.facts = facts;
    }

    List<Finding> of(Provenance version) {
        List<Finding> gaps = new ArrayList<>();
        data(version, gaps);
        claims(version, gaps);
        version.tests().stream()
                .filter(test -> !test.passed() && !test.status().equals("ran"))
                .forEach(test -> gaps.add(new Finding(
                        Gap.TEST_FAILED, version.id(), "test '" + test.test() + "' is overridden: " + test.text())));
        return gaps;
    }

    private static void data(Provenance version, List<Finding> gaps) {
        boolean trained = version.entry().parents().isEmpty()
                || version.entry().parents().stream()
                        .anyMatch(parent ->
                                parent.kind().filter(TRAINED::contains).isPresent());
        if (trained && version.data().isEmpty()) {
            gaps.add(new Finding(
                    Gap.DATA_UNKNOWN,
                    version.id(),
                    "the data it was trained on is not recorded: no input of a recipe, no --data, no datasets in "
                            + "README.md"));
        }
        version.data().stream()
                .filter(data -> data.sha256().isEmpty())
                .forEach(data -> gaps.add(new Finding(
                        Gap.DATASET_WITHOUT_DIGEST,
                        version.id(),
                        data.source() + " names the data set '" + data.name() + "', but no digest says which state "
                                + "of it")));
    }

    /** A claim holds if it names any ancestor: cards are handed down. */
    private void claims(Provenance version, List<Finding> gaps) {
        boolean derived = version.entry().parents().stream()
                .anyMatch(parent -> parent.kind().isPresent());
        List<Claim> claims = derived ? facts.claims(version.id()) : List.of();
        if (claims.isEmpty()) {
            return;
        }
        Set<String> names = new HashSet<>();
        version.entry().parents().forEach(parent -> add(names, parent));
        List<Claim> open = open(claims, names);
        if (!open.isEmpty()) {
            graph.reach(version.id(), Direction.ANCESTORS, EdgeFilter.ALL).forEach(id -> add(names, id));
            open = open(claims, names);
        }
        String made = version.entry().parents().stream()
                .filter(parent -> parent.kind().isPresent())
                .map(parent -> parent.model() + "@" + parent.version().abbreviated())
                .collect(Collectors.joining(", "));
        open.forEach(claim -> gaps.add(new Finding(
                Gap.CLAIM_CONTRADICTS_EDGE,
                version.id(),
                claim.file() + " says it was made from '" + claim.base() + "', but its edges lead to " + made
                        + " and no ancestor is called that")));
    }

    private static List<Claim> open(List<Claim> claims, Set<String> names) {
        return claims.stream()
                .filter(claim -> !names.contains(last(claim.base())))
                .toList();
    }

    private void add(Set<String> names, Parent parent) {
        names.add(last(parent.model()));
        add(names, parent.version());
    }

    private void add(Set<String> names, VersionId id) {
        names.add(last(graph.modelOf(id)));
        if (graph.isPresent(id)) {
            names.add(last(graph.version(id).model()));
            facts.ownNames(id).forEach(name -> names.add(last(name)));
        }
    }

    /** Without the organization, in small letters. */
    private static String last(String name) {
        return name.substring(name.lastIndexOf('/') + 1).toLowerCase(Locale.ROOT);
    }
}
