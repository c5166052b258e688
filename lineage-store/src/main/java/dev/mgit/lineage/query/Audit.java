package dev.mgit.lineage.query;

import dev.mgit.lineage.graph.EdgeFilter;
import dev.mgit.lineage.graph.LineageGraph;
import dev.mgit.lineage.graph.LineageGraph.CircularEdge;
import dev.mgit.lineage.graph.LineageGraph.Direction;
import dev.mgit.lineage.query.AuditReport.Checked;
import dev.mgit.lineage.query.AuditReport.Entry;
import dev.mgit.lineage.query.AuditReport.Finding;
import dev.mgit.lineage.query.AuditReport.Gap;
import dev.mgit.lineage.query.AuditReport.Licence;
import dev.mgit.lineage.query.AuditReport.Parent;
import dev.mgit.lineage.query.AuditReport.Signature;
import dev.mgit.lineage.verify.LaterRecipe;
import dev.mgit.lineage.version.EdgeNotes;
import dev.mgit.lineage.version.Lineage;
import dev.mgit.lineage.version.Person;
import dev.mgit.lineage.version.ProvenanceEdge.Source;
import dev.mgit.lineage.version.Version;
import dev.mgit.lineage.version.VersionId;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Answers what a version is built from, by whom, how and under which licence, and names what is not known. */
public final class Audit {
    /** Verifies what is stored. The caller has the parameter store, this package has not. */
    public interface Verifier {
        /** Verifies versions: their commits and all these name, their manifests, and if {@code deep} every block. */
        Verified verify(Collection<VersionId> versions, boolean deep);
    }

    /**
     * What was verified.
     *
     * @param wrong what is wrong with a version, one sentence each; no entry where nothing is
     * @param blocks blocks decoded and hashed, and the bytes they hold
     */
    public record Verified(Map<VersionId, List<String>> wrong, int gitObjects, long blocks, long bytes) {}

    /** Finds signatures over a version. */
    public interface Signatures {
        List<Signature> of(VersionId version);
    }

    private final LineageGraph graph;
    private final Lineage lineage;
    private final Verifier verifier;
    private final Optional<Signatures> signatures;
    private final DeclaredFacts claims;

    /** @param signatures empty if signatures are not to be looked for */
    public Audit(LineageGraph graph, Lineage lineage, Verifier verifier, Optional<Signatures> signatures) {
        this.graph = graph;
        this.lineage = lineage;
        this.verifier = verifier;
        this.signatures = signatures;
        this.claims = new DeclaredFacts(lineage);
    }

    /** The graph that an audit of versions needs: their ancestors, also those to whom an edge was withdrawn. */
    public static LineageGraph graph(Lineage lineage, List<VersionId> subjects) {
        List<VersionId> starts = new ArrayList<>(subjects);
        lineage.notes(EdgeNotes.NAMESPACE)
                .forEach((version, note) -> withdrawnEdges(lineage, version).stream()
                        .map(EdgeNotes.Entry::parent)
                        .filter(parent -> lineage.tryResolve(parent.hex()).isPresent())
                        .forEach(starts::add));
        return LineageGraph.of(lineage, starts);
    }

    /** @param deep verify every block, not only commits and manifests */
    public AuditReport of(VersionId subject, boolean deep) {
        return of(List.of(subject), deep);
    }

    /** The same of several versions at once; the first is the report's subject. */
    public AuditReport of(List<VersionId> subjects, boolean deep) {
        VersionId subject = subjects.get(0);
        List<VersionId> versions = List.copyOf(ancestry(subjects));
        List<Entry> entries = new ArrayList<>();
        List<Finding> findings = new ArrayList<>();
        Verified verified =
                verifier.verify(versions.stream().filter(graph::isPresent).toList(), deep);
        for (VersionId id : versions) {
            if (graph.isPresent(id)) {
                Entry entry = entry(graph.version(id));
                entries.add(entry);
                findings.addAll(gaps(entry));
                verified.wrong()
                        .getOrDefault(id, List.of())
                        .forEach(text -> findings.add(new Finding(Gap.NOT_VERIFIED, id, text)));
            } else {
                entries.add(absent(id));
                String text = "its record is not in this repository, so its history is unknown";
                findings.add(new Finding(Gap.PARENT_ABSENT, id, text));
            }
        }
        int checked = (int) versions.stream().filter(graph::isPresent).count();
        return new AuditReport(
                subject,
                entries,
                findings,
                new Checked(
                        checked,
                        verified.gitObjects(),
                        deep,
                        verified.blocks(),
                        verified.bytes(),
                        signatures.isPresent()));
    }

    /** Withdrawing an edge takes nobody out of the ancestry; it only says that the edge was withdrawn. */
    private Set<VersionId> ancestry(List<VersionId> subjects) {
        Set<VersionId> all = new LinkedHashSet<>(graph.reach(subjects, Direction.ANCESTORS, EdgeFilter.ALL));
        Deque<VersionId> open = new ArrayDeque<>();
        List.copyOf(all).forEach(version -> open.addAll(withdrawnParents(version)));
        while (!open.isEmpty()) {
            VersionId next = open.poll();
            if (all.add(next)) {
                List<VersionId> reached = new ArrayList<>(List.of(next));
                reached.addAll(graph.reach(next, Direction.ANCESTORS, EdgeFilter.ALL));
                all.addAll(reached);
                reached.forEach(version -> open.addAll(withdrawnParents(version)));
            }
        }
        return all;
    }

    private List<VersionId> withdrawnParents(VersionId version) {
        return withdrawnEdges(lineage, version).stream()
                .map(EdgeNotes.Entry::parent)
                .filter(parent -> lineage.tryResolve(parent.hex()).isPresent())
                .toList();
    }

    private static List<EdgeNotes.Entry> withdrawnEdges(Lineage lineage, VersionId version) {
        List<EdgeNotes.Entry> later = lineage.note(EdgeNotes.NAMESPACE, version, EdgeNotes::parse)
                .map(EdgeNotes::entries)
                .orElse(List.of());
        Map<VersionId, EdgeNotes.Entry> last = new LinkedHashMap<>();
        later.forEach(entry -> last.put(entry.parent(), entry));
        return last.values().stream()
                .filter(entry -> entry.op() == EdgeNotes.Op.REMOVE)
                .toList();
    }

    private List<Finding> withdrawn(Entry entry) {
        if (entry.later().isEmpty()) {
            return List.of();
        }
        Set<String> named = claims.recipeParents(entry.version());
        return withdrawnEdges(lineage, entry.version()).stream()
                .filter(edge -> named.contains(edge.parent().hex()))
                .map(edge -> new Finding(
                        Gap.EDGE_WITHDRAWN,
                        entry.version(),
                        "its edge to " + edge.model() + "@" + edge.parent().abbreviated() + " was withdrawn by "
                                + edge.by() + " at " + edge.when() + ", but its recipe was carried out on it"))
                .toList();
    }

    private Entry entry(Version version) {
        List<Parent> parents = new ArrayList<>();
        version.previous()
                .ifPresent(id -> parents.add(new Parent(id, version.model(), Optional.empty(), Source.DECLARED)));
        version.origins()
                .forEach(edge ->
                        parents.add(new Parent(edge.parent(), edge.model(), Optional.of(edge.kind()), edge.source())));
        return new Entry(
                version.id(),
                graph.modelOf(version.id()),
                version.model(),
                true,
                version.author(),
                version.when(),
                version.subject(),
                claims.licence(version),
                claims.hasRecipe(version.id()),
                parents,
                lineage.note(EdgeNotes.NAMESPACE, version.id(), EdgeNotes::parse)
                        .map(EdgeNotes::entries)
                        .orElse(List.of()),
                signatures.map(door -> door.of(version.id())).orElse(List.of()));
    }

    private Entry absent(VersionId id) {
        String model = graph.modelOf(id);
        Optional<Licence> none = Optional.empty();
        Person nobody = new Person("", "");
        return new Entry(
                id, model, model, false, nobody, Instant.EPOCH, "", none, false, List.of(), List.of(), List.of());
    }

    private List<Finding> gaps(Entry entry) {
        VersionId id = entry.version();
        List<Finding> gaps = new ArrayList<>();
        boolean derived =
                entry.parents().stream().anyMatch(parent -> parent.kind().isPresent());
        if (entry.parents().isEmpty() && claims.base(id).isPresent()) {
            String text = claims.base(id).get() + ", but no edge says which version that was";
            gaps.add(new Finding(Gap.NO_PARENT_KNOWN, id, text));
        } else if (entry.parents().isEmpty() && !entry.recipe()) {
            gaps.add(new Finding(Gap.NO_PARENT_KNOWN, id, "no parent and no recipe: its origin is not recorded"));
        }
        if (derived && !entry.recipe()) {
            gaps.add(new Finding(Gap.NO_RECIPE, id, "derived, but the recipe is not recorded"));
        }
        LaterRecipe.of(lineage, id)
                .filter(LaterRecipe::replaces)
                .ifPresent(later -> gaps.add(new Finding(
                        Gap.RECIPE_REPLACED,
                        id,
                        "its recipe was " + later.text() + "; the one it was made by is kept ('mgit recipe show "
                                + "--original')")));
        gaps.addAll(withdrawn(entry));
        if (entry.licence().isEmpty()) {
            gaps.add(new Finding(
                    Gap.NO_LICENCE, id, "no license: no License trailer, none in README.md, no LICENSE file"));
        }
        for (Parent parent : entry.parents()) {
            if (parent.source() == Source.INFERRED) {
                String text = "its edge to " + parent.version().abbreviated() + " was detected from the weights, not "
                        + "declared";
                gaps.add(new Finding(Gap.INFERRED_EDGE, id, text));
            }
        }
        for (CircularEdge edge : graph.circularEdges()) {
            if (edge.child().equals(id)) {
                String text = "an added edge to " + edge.parent().abbreviated() + " would make it its own ancestor";
                gaps.add(new Finding(Gap.CIRCULAR_EDGE, id, text));
            }
        }
        lineage.checkpoint(id)
                .lossy()
                .ifPresent(bound -> gaps.add(new Finding(
                        Gap.LOSSY,
                        id,
                        "its weights were stored within " + bound + " of those committed, not exactly")));
        return gaps;
    }
}
