package dev.mgit.lineage.query;

import dev.mgit.lineage.graph.EdgeCode;
import dev.mgit.lineage.graph.GraphData;
import dev.mgit.lineage.graph.LineageGraph;
import dev.mgit.lineage.version.EdgeKind;
import dev.mgit.lineage.version.Model;
import dev.mgit.lineage.version.VersionId;
import java.util.ArrayList;
import java.util.List;

/** Which models were derived from versions that have been replaced since. */
public final class Staleness {
    /**
     * A model is {@code versions} behind {@code upstream}.
     *
     * @param upstream the model the parent belongs to now
     * @param used the parent it was derived from
     * @param newest the upstream model's head
     */
    public record Behind(Model model, String upstream, EdgeKind kind, VersionId used, VersionId newest, int versions) {}

    private final LineageGraph graph;

    public Staleness(LineageGraph graph) {
        this.graph = graph;
    }

    /**
     * Upstream models that have newer versions than the ones this model's head was made from. What a head was made from
     * is recorded on it or, where a later version was made by hand, on the latest version before it that has provenance
     * edges. A parent no model's version edges lead to is left out: nothing replaced it.
     */
    public List<Behind> of(Model model) {
        GraphData data = graph.data;
        int node = graph.latestDerived(graph.node(model.head()));
        List<Behind> behind = new ArrayList<>();
        for (int e = data.edgeStart[node]; e < data.edgeStart[node + 1]; e++) {
            int parent = data.edgeParent[e];
            int versions = graph.names().behind(parent);
            if (!EdgeCode.isVersion(data.edgeCode[e]) && versions > 0) {
                String upstream = graph.names().modelOf(parent);
                VersionId newest = graph.id(graph.names().headOf(parent));
                EdgeKind kind = EdgeCode.kind(data.edgeCode[e]);
                behind.add(new Behind(model, upstream, kind, graph.id(parent), newest, versions));
            }
        }
        behind.removeIf(one -> one.upstream().equals(model.name()));
        return behind;
    }

    /** All stale models, by name. */
    public List<Behind> all() {
        return graph.models().stream().flatMap(model -> of(model).stream()).toList();
    }
}
