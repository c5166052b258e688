package dev.mgit.lineage.drawing;

import dev.mgit.lineage.graph.LineageGraph;
import dev.mgit.lineage.version.EdgeKind;
import dev.mgit.lineage.version.ProvenanceEdge;
import dev.mgit.lineage.version.Version;
import dev.mgit.lineage.version.VersionId;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A part of the graph to be drawn.
 *
 * @param nodes parents before children
 * @param edges between these nodes only
 * @param marks what else is said of some of the versions
 */
record GraphView(List<Node> nodes, List<Edge> edges, Map<VersionId, GraphMark> marks) {
    /** @param label the shortest name of the version */
    record Node(int number, Version version, String model, String label, boolean open) {}

    /** @param kind empty for a version edge */
    record Edge(int parent, int child, Optional<EdgeKind> kind) {
        String word() {
            return kind.map(EdgeKind::word).orElse("");
        }
    }

    static GraphView of(LineageGraph graph, Collection<VersionId> versions, Map<VersionId, GraphMark> marks) {
        Map<VersionId, Node> nodes = new LinkedHashMap<>();
        int[] numbers =
                versions.stream().mapToInt(graph::node).sorted().distinct().toArray();
        for (int number : numbers) {
            if (graph.data.absent[number] == 0) {
                Version version = graph.version(number);
                VersionId id = version.id();
                nodes.put(id, new Node(nodes.size(), version, graph.modelOf(id), graph.describe(id), graph.isOpen(id)));
            }
        }
        List<Edge> edges = new ArrayList<>();
        for (Node node : nodes.values()) {
            node.version().previous().ifPresent(parent -> add(edges, nodes.get(parent), node, Optional.empty()));
            for (ProvenanceEdge edge : node.version().origins()) {
                add(edges, nodes.get(edge.parent()), node, Optional.of(edge.kind()));
            }
        }
        return new GraphView(List.copyOf(nodes.values()), edges, Map.copyOf(marks));
    }

    Optional<GraphMark> mark(Node node) {
        return Optional.ofNullable(marks.get(node.version().id()));
    }

    private static void add(List<Edge> edges, @Nullable Node parent, Node child, Optional<EdgeKind> kind) {
        if (parent != null) {
            edges.add(new Edge(parent.number(), child.number(), kind));
        }
    }
}
