package dev.mgit.lineage.query;

import dev.mgit.lineage.graph.ChildEdges;
import dev.mgit.lineage.graph.EdgeCode;
import dev.mgit.lineage.graph.EdgeFilter;
import dev.mgit.lineage.graph.LineageGraph;
import dev.mgit.lineage.graph.ModelNames;
import dev.mgit.lineage.version.EdgeKind;
import dev.mgit.lineage.version.VersionId;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Collection;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What is downstream of a version. */
public final class Impact {
    /**
     * One version made, directly or not, from the version asked about.
     *
     * @param model the model it belongs to now
     * @param kind how it was derived from {@code via}; empty for a version edge
     * @param via its parent on a shortest way from the version asked about
     * @param distance edges on that way
     * @param open true for the head of a model: what people use today
     * @param builtOn true if what it was derived from leads there; false if it only succeeded a version of which that is
     *     true, as one that was rebuilt from something else
     */
    public record Affected(
            VersionId version,
            String model,
            Optional<EdgeKind> kind,
            VersionId via,
            int distance,
            boolean open,
            boolean builtOn) {}

    private final LineageGraph graph;
    private final EdgeFilter edges;
    /** Versions in the order they are reached, so nearest first. */
    private final int[] reached;

    /** By which edge, from which parent and over how many edges a version was reached. */
    private final byte[] code;

    private final int[] via;
    private final int[] distance;
    private int count;
    private final BitSet builtOn = new BitSet();
    /** From which version and by which edge derivation leads to a version. */
    private final int[] builtFrom;

    private final byte[] builtBy;

    private Impact(LineageGraph graph, EdgeFilter edges) {
        this.graph = graph;
        this.edges = edges;
        reached = new int[graph.size()];
        code = new byte[graph.size()];
        via = new int[graph.size()];
        distance = new int[graph.size()];
        builtFrom = new int[graph.size()];
        builtBy = new byte[graph.size()];
    }

    /**
     * Everything downstream of some versions over some edges, these left out: head versions first, then by distance,
     * then as made.
     *
     * @param openOnly leave out all versions that are not open
     */
    public static List<Affected> of(
            LineageGraph graph, Collection<VersionId> sources, EdgeFilter edges, boolean openOnly) {
        Impact impact = new Impact(graph, edges);
        int asked = impact.spread(graph.nodes(sources));
        var unused = impact.derive(asked);
        List<Affected> found = new ArrayList<>();
        impact.collect(asked, true, found);
        if (!openOnly) {
            impact.collect(asked, false, found);
        }
        return found;
    }

    /**
     * A version that is built on one asked about.
     *
     * @param from the version before it on a shortest way of derivation
     * @param kind how it was derived from that; empty where it was made by hand from it
     */
    public record Built(VersionId version, VersionId from, Optional<EdgeKind> kind) {}

    /** Everything that is built on some versions, these left out, nearest first. */
    public static List<Built> built(LineageGraph graph, Collection<VersionId> sources) {
        Impact impact = new Impact(graph, EdgeFilter.ALL);
        int asked = impact.spread(graph.nodes(sources));
        List<Built> built = new ArrayList<>();
        for (int node : impact.derive(asked)) {
            byte edge = impact.builtBy[node];
            Optional<EdgeKind> kind = EdgeCode.isVersion(edge) ? Optional.empty() : Optional.of(EdgeCode.kind(edge));
            built.add(new Built(graph.id(node), graph.id(impact.builtFrom[node]), kind));
        }
        return built;
    }

    /** Goes as far as the edges lead; returns how many of the versions reached were asked about. */
    private int spread(int[] asked) {
        BitSet seen = new BitSet(graph.size());
        for (int node : asked) {
            if (!seen.get(node)) {
                seen.set(node);
                reached[count++] = node;
            }
        }
        int first = count;
        ChildEdges children = graph.children();
        for (int i = 0; i < count; i++) {
            int node = reached[i];
            for (int e = children.start[node]; e < children.start[node + 1]; e++) {
                int child = children.child[e];
                if (edges.follows(children.code[e]) && !seen.get(child)) {
                    seen.set(child);
                    code[child] = children.code[e];
                    via[child] = node;
                    distance[child] = distance[node] + 1;
                    reached[count++] = child;
                }
            }
        }
        return first;
    }

    /**
     * Follows derivation alone. A version edge leads on only to a version that was made by hand, which is derived from
     * what the version before it was; the next version of one that was asked about replaces it.
     */
    private int[] derive(int asked) {
        int[] queue = new int[count];
        int end = asked;
        System.arraycopy(reached, 0, queue, 0, asked);
        ChildEdges children = graph.children();
        for (int i = 0; i < end; i++) {
            for (int e = children.start[queue[i]]; e < children.start[queue[i] + 1]; e++) {
                int child = children.child[e];
                boolean follows = edges.follows(children.code[e])
                        && (!EdgeCode.isVersion(children.code[e]) || i >= asked && isByHand(child));
                if (follows && !builtOn.get(child) && distance[child] > 0) {
                    builtOn.set(child);
                    builtFrom[child] = queue[i];
                    builtBy[child] = children.code[e];
                    queue[end++] = child;
                }
            }
        }
        return Arrays.copyOfRange(queue, asked, end);
    }

    private boolean isByHand(int node) {
        int first = graph.data.edgeStart[node];
        return graph.data.edgeStart[node + 1] == first + 1 && EdgeCode.isVersion(graph.data.edgeCode[first]);
    }

    private void collect(int from, boolean open, List<Affected> found) {
        ModelNames names = graph.names();
        for (int i = from; i < count; i++) {
            int node = reached[i];
            if (names.isHead(node) == open) {
                Optional<EdgeKind> kind =
                        EdgeCode.isVersion(code[node]) ? Optional.empty() : Optional.of(EdgeCode.kind(code[node]));
                found.add(new Affected(
                        graph.id(node),
                        names.modelOf(node),
                        kind,
                        graph.id(via[node]),
                        distance[node],
                        open,
                        builtOn.get(node)));
            }
        }
    }

    /** Models whose head is still built on what was asked about, by name. */
    public static List<String> stillBuilt(List<Affected> affected) {
        return models(affected, true);
    }

    /** Models whose head only succeeded a version that was. */
    public static List<String> succeeded(List<Affected> affected) {
        return models(affected, false);
    }

    private static List<String> models(List<Affected> affected, boolean builtOn) {
        return affected.stream()
                .filter(one -> one.open() && one.builtOn() == builtOn)
                .map(Affected::model)
                .distinct()
                .sorted()
                .toList();
    }

    /** The affected versions by the kind of edge they hang on, in the order of the kinds; version edges left out. */
    public static Map<EdgeKind, List<Affected>> byKind(List<Affected> affected) {
        Map<EdgeKind, List<Affected>> groups = new EnumMap<>(EdgeKind.class);
        affected.forEach(one -> one.kind()
                .ifPresent(kind ->
                        groups.computeIfAbsent(kind, key -> new ArrayList<>()).add(one)));
        return groups;
    }
}
