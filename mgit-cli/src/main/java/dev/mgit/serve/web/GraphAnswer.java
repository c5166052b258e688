package dev.mgit.serve.web;

import dev.mgit.lineage.checkpoint.LossReport;
import dev.mgit.lineage.graph.LineageGraph;
import dev.mgit.lineage.query.Staleness;
import dev.mgit.lineage.text.VisibleText;
import dev.mgit.lineage.version.Model;
import dev.mgit.lineage.version.ProvenanceEdge;
import dev.mgit.lineage.version.Version;
import dev.mgit.lineage.version.VersionId;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * A neighbourhood in words, for the page and the interface alike; parents before children.
 *
 * @param families left out, and the versions in them
 * @param moreFamilies the key that opens them
 * @param cut whether there was no room for all that was asked for
 */
record GraphAnswer(
        List<Node> nodes,
        List<Edge> edges,
        List<Neighbourhood.Fold> folds,
        List<Neighbourhood.Run> runs,
        int families,
        long inFamilies,
        String moreFamilies,
        boolean cut,
        Snapshot snapshot) {
    private static final int LONGEST = 200;
    private static final int EDGES_A_NODE = 64;

    /**
     * A version.
     *
     * @param label the shortest name
     * @param stale why its model should be made again, by what the lineage alone says; empty if it need not
     * @param lossy the bound it was stored within; empty for the original to the bit
     */
    record Node(
            int number,
            VersionId id,
            String label,
            String model,
            String subject,
            String author,
            String when,
            boolean head,
            List<String> tags,
            String stale,
            String lossy,
            int distance) {}

    /** @param source how mgit knows of it; {@code version} for a version edge */
    record Edge(int parent, int child, String kind, String source) {}

    static GraphAnswer of(Neighbourhood around, int limit) {
        Snapshot snapshot = around.snapshot();
        Map<Integer, Integer> sorted = new TreeMap<>(around.shown());
        List<Node> nodes = new ArrayList<>();
        List<Edge> edges = new ArrayList<>();
        sorted.forEach((number, distance) -> {
            nodes.add(node(snapshot, number, distance));
            edges(snapshot.graph(), number, sorted, edges);
        });
        List<Snapshot.Family> left = around.familiesLeftOut();
        return new GraphAnswer(
                nodes,
                edges,
                around.folds(),
                around.runs(),
                left.size(),
                left.stream().mapToLong(Snapshot.Family::size).sum(),
                "families:" + 2 * (around.familiesShown() + 1),
                nodes.size() >= limit,
                snapshot);
    }

    private static Node node(Snapshot snapshot, int number, int distance) {
        LineageGraph graph = snapshot.graph();
        VersionId id = graph.id(number);
        Version version = graph.version(number);
        boolean present = graph.data.absent[number] == 0;
        return new Node(
                number,
                id,
                brief(graph.describe(id)),
                graph.modelOf(id),
                present ? brief(version.subject()) : "its record is not in this repository",
                brief(version.author().name()),
                present ? version.when().toString() : "",
                graph.isOpen(id),
                snapshot.tags(number).stream().map(GraphAnswer::brief).toList(),
                graph.isOpen(id) ? stale(graph, id) : "",
                LossReport.markOf(version).orElse(""),
                distance);
    }

    private static String brief(String text) {
        String shown = VisibleText.of(text);
        return shown.length() <= LONGEST ? shown : shown.substring(0, LONGEST - 1) + "…";
    }

    private static String stale(LineageGraph graph, VersionId head) {
        List<String> behind = new Staleness(graph)
                .of(new Model(graph.modelOf(head), head)).stream()
                        .limit(3)
                        .map(one -> one.versions() + " behind " + one.upstream())
                        .toList();
        return brief(String.join(", ", behind));
    }

    private static void edges(LineageGraph graph, int child, Map<Integer, Integer> shown, List<Edge> edges) {
        Version version = graph.version(child);
        int most = edges.size() + EDGES_A_NODE;
        Optional<Integer> previous = version.previous().map(graph::node).filter(shown::containsKey);
        previous.ifPresent(parent -> edges.add(new Edge(parent, child, "version", "version")));
        for (ProvenanceEdge edge : version.origins()) {
            int parent = graph.find(edge.parent());
            if (shown.containsKey(parent) && edges.size() < most) {
                edges.add(new Edge(
                        parent, child, edge.kind().word(), edge.source().word()));
            }
        }
    }
}
