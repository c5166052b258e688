package dev.mgit.lineage.graph;

import dev.mgit.delta.Hashes;
import dev.mgit.lineage.graph.LineageGraph.Direction;
import dev.mgit.lineage.version.EdgeNotes;
import dev.mgit.lineage.version.Lineage;
import dev.mgit.lineage.version.Model;
import dev.mgit.lineage.version.ProvenanceEdge;
import dev.mgit.lineage.version.Tag;
import dev.mgit.lineage.version.Version;
import dev.mgit.lineage.version.VersionId;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.IntStream;

/** Builds the columns of a graph from a lineage: all of it, or only what is new since an earlier graph. */
final class GraphBuilder {
    private GraphBuilder() {}

    static GraphData build(Lineage lineage) {
        return build(lineage, starts(lineage));
    }

    static GraphData build(Lineage lineage, Collection<VersionId> starts) {
        List<Version> rows = new ArrayList<>();
        lineage.walk(starts).forEachRemaining(rows::add);
        Collections.reverse(rows);
        TopologicalOrder circles = TopologicalOrder.open(rows);
        GraphColumns columns = new GraphColumns(GraphData.EMPTY, new LineageGraph(GraphData.EMPTY));
        columns.addAll(circles.order(), circles.leftOut());
        return columns.finish(lineage, circles.leftOut(), notesDigest(lineage));
    }

    /**
     * The earlier graph and the versions made since; empty if it takes more than adding versions: versions went away,
     * or edges of known versions changed.
     */
    static Optional<GraphData> extend(LineageGraph old, Lineage lineage) {
        String digest = notesDigest(lineage);
        Set<VersionId> starts = starts(lineage);
        if (!digest.equals(old.data.notesDigest) || absentArrived(old, lineage)) {
            return Optional.empty();
        }
        List<Version> rows = unknown(old, starts, lineage);
        if (!stillReached(old, starts, rows)) {
            return Optional.empty();
        }
        GraphColumns columns = new GraphColumns(old.data, old);
        TopologicalOrder circles = TopologicalOrder.open(rows);
        columns.addAll(circles.order(), circles.leftOut());
        return Optional.of(columns.finish(lineage, circles.leftOut(), digest));
    }

    private static boolean absentArrived(LineageGraph old, Lineage lineage) {
        return IntStream.range(0, old.size())
                .filter(node -> old.data.absent[node] != 0)
                .anyMatch(node -> lineage.tryResolve(old.id(node).hex()).isPresent());
    }

    private static Set<VersionId> starts(Lineage lineage) {
        Set<VersionId> starts = new LinkedHashSet<>();
        lineage.models().stream().map(Model::head).forEach(starts::add);
        lineage.tags().stream().map(Tag::version).forEach(starts::add);
        return starts;
    }

    /** Versions the earlier graph does not have, parents before children: depth first, without recursion. */
    private static List<Version> unknown(LineageGraph old, Set<VersionId> starts, Lineage lineage) {
        Map<VersionId, Version> read = new HashMap<>();
        Set<VersionId> done = new LinkedHashSet<>();
        List<VersionId> open = new ArrayList<>(starts);
        while (!open.isEmpty()) {
            VersionId id = open.get(open.size() - 1);
            if (old.contains(id) || done.contains(id)) {
                open.remove(open.size() - 1);
                continue;
            }
            if (read.containsKey(id)) {
                done.add(id);
                open.remove(open.size() - 1);
                continue;
            }
            Version version = lineage.version(id);
            read.put(id, version);
            for (VersionId parent : parents(version)) {
                if (!read.containsKey(parent)
                        && !old.contains(parent)
                        && lineage.tryResolve(parent.hex()).isPresent()) {
                    open.add(parent);
                }
            }
        }
        return done.stream()
                .flatMap(id -> Optional.ofNullable(read.get(id)).stream())
                .toList();
    }

    /** True if each version of the earlier graph is still reached from a model, a tag or a new version. */
    private static boolean stillReached(LineageGraph old, Set<VersionId> starts, List<Version> rows) {
        Set<VersionId> from = new HashSet<>(starts);
        rows.forEach(version -> from.addAll(parents(version)));
        from.removeIf(id -> !old.contains(id));
        return Reach.from(old, old.nodes(from), Direction.ANCESTORS, EdgeFilter.ALL)
                        .cardinality()
                == old.size();
    }

    static List<VersionId> parents(Version version) {
        List<VersionId> parents = new ArrayList<>();
        version.previous().ifPresent(parents::add);
        version.origins().stream().map(ProvenanceEdge::parent).forEach(parents::add);
        return parents;
    }

    private static String notesDigest(Lineage lineage) {
        MessageDigest digest = Hashes.sha256();
        new TreeMap<>(lineage.notes(EdgeNotes.NAMESPACE)).forEach((id, note) -> {
            digest.update(id.hex().getBytes(StandardCharsets.US_ASCII));
            digest.update(Hashes.sha256().digest(note));
        });
        return HexFormat.of().formatHex(digest.digest());
    }
}
