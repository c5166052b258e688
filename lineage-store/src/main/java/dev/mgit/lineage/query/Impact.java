package dev.mgit.lineage.query;

import dev.mgit.lineage.graph.ChildEdges;
import dev.mgit.lineage.graph.EdgeCode;
import dev.mgit.lineage.graph.EdgeFilter;
import dev.mgit.lineage.graph.LineageGraph;
import dev.mgit.lineage.graph.ModelNames;
import dev.mgit.lineage.version.EdgeKind;
import dev.mgit.lineage.version.VersionId;
import java.util.ArrayList;
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
     */
    public record Affected(
            VersionId version, String model, Optional<EdgeKind> kind, VersionId via, int distance, boolean open) {}

    private final LineageGraph graph;
    private final EdgeFilter edges;
    /** Versions in the order they are reached, so nearest first. */
    private final int[] reached;

    /** By which edge, from which parent and over how many edges a version was reached. */
    private final byte[] code;

    private final int[] via;
    private final int[] distance;
    private int count;

    private Impact(LineageGraph graph, EdgeFilter edges) {
        this.graph = graph;
        this.edges = edges;
        reached = new int[graph.size()];
        code = new byte[graph.size()];
        via = new int[graph.size()];
        distance = new int[graph.size()];
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
        List<Affected> found = new ArrayList<>();
        impact.collect(asked, true, found);
        if (!openOnly) {
            impact.collect(asked, false, found);
        }
        return found;
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

    private void collect(int from, boolean open, List<Affected> found) {
        ModelNames names = graph.names();
        for (int i = from; i < count; i++) {
            int node = reached[i];
            if (names.isHead(node) == open) {
                Optional<EdgeKind> kind =
                        EdgeCode.isVersion(code[node]) ? Optional.empty() : Optional.of(EdgeCode.kind(code[node]));
                found.add(new Affected(
                        graph.id(node), names.modelOf(node), kind, graph.id(via[node]), distance[node], open));
            }
        }
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
