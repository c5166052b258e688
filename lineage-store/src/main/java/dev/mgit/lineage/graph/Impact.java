package dev.mgit.lineage.graph;

import dev.mgit.lineage.version.EdgeKind;
import dev.mgit.lineage.version.VersionId;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collection;
import java.util.Comparator;
import java.util.Deque;
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

    public Impact(LineageGraph graph) {
        this.graph = graph;
    }

    /**
     * Everything downstream of some versions over some edges, these left out: open versions first, then by distance,
     * then as made.
     */
    public List<Affected> of(Collection<VersionId> sources, EdgeFilter edges) {
        int[] distance = new int[graph.size()];
        List<Affected> found = new ArrayList<>();
        Deque<Integer> queue = new ArrayDeque<>();
        BitSet asked = new BitSet();
        for (VersionId source : sources) {
            asked.set(graph.node(source));
            queue.add(graph.node(source));
        }
        Children children = graph.children();
        while (!queue.isEmpty()) {
            int node = queue.remove();
            for (int e = children.start[node]; e < children.start[node + 1]; e++) {
                int child = children.child[e];
                if (edges.follows(children.code[e]) && distance[child] == 0 && !asked.get(child)) {
                    distance[child] = distance[node] + 1;
                    found.add(affected(node, child, children.code[e], distance[child]));
                    queue.add(child);
                }
            }
        }
        found.sort(Comparator.comparing((Affected affected) -> !affected.open()).thenComparingInt(Affected::distance));
        return found;
    }

    private Affected affected(int via, int node, byte edge, int distance) {
        Optional<EdgeKind> kind = EdgeCode.isVersion(edge) ? Optional.empty() : Optional.of(EdgeCode.kind(edge));
        String model = graph.names().modelOf(node);
        return new Affected(
                graph.id(node),
                model,
                kind,
                graph.id(via),
                distance,
                graph.names().isHead(node));
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
