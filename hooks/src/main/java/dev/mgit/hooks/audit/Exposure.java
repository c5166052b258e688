package dev.mgit.hooks.audit;

import dev.mgit.lineage.graph.LineageGraph;
import dev.mgit.lineage.query.Impact;
import dev.mgit.lineage.query.Impact.Built;
import dev.mgit.lineage.version.EdgeKind;
import dev.mgit.lineage.version.VersionId;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Everything built on some versions, how each leads back to one of them, and what is clean of them by now. */
public final class Exposure {
    private Exposure() {}

    /**
     * A version that is one of those asked about, or built on one.
     *
     * @param open true for the head of a model: what people use today
     * @param path the way back to a version asked about, itself left out; empty for one of those
     * @param clean the head of its model, where that is neither asked about nor built on what is
     */
    public record Exposed(VersionId version, boolean open, List<Step> path, Optional<VersionId> clean) {}

    /** One step of a way back. */
    public record Step(Optional<EdgeKind> kind, VersionId parent) {}

    /** Heads first, then nearest first. */
    public static List<Exposed> of(LineageGraph graph, List<VersionId> sources) {
        Map<VersionId, List<Step>> paths = new LinkedHashMap<>();
        sources.forEach(source -> paths.put(source, List.of()));
        for (Built built : Impact.built(graph, sources)) {
            List<Step> path = new ArrayList<>(List.of(new Step(built.kind(), built.from())));
            path.addAll(paths.getOrDefault(built.from(), List.of()));
            paths.put(built.version(), path);
        }
        List<Exposed> exposed = new ArrayList<>();
        for (boolean open : new boolean[] {true, false}) {
            paths.forEach((version, path) -> {
                if (graph.isOpen(version) == open) {
                    exposed.add(new Exposed(version, open, path, clean(graph, version, paths)));
                }
            });
        }
        return exposed;
    }

    private static Optional<VersionId> clean(
            LineageGraph graph, VersionId version, Map<VersionId, List<Step>> exposed) {
        int node = graph.node(version);
        if (graph.names().behind(node) < 0) {
            return Optional.empty();
        }
        return Optional.of(graph.id(graph.names().headOf(node))).filter(head -> !exposed.containsKey(head));
    }
}
