package dev.mgit.lineage.graph;

import dev.mgit.lineage.graph.LineageGraph.CircularEdge;
import dev.mgit.lineage.version.ProvenanceEdge;
import dev.mgit.lineage.version.ProvenanceEdge.Source;
import dev.mgit.lineage.version.Version;
import dev.mgit.lineage.version.VersionId;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Puts versions in an order with parents before children. What is in a commit cannot make a circle, but edges added
 * later can (two people add one each): then the added edges between versions on circles are left out.
 */
record TopologicalOrder(List<Version> order, Set<CircularEdge> leftOut) {
    static TopologicalOrder open(List<Version> rows) {
        if (isOrdered(rows)) {
            return new TopologicalOrder(rows, Set.of());
        }
        List<Version> order = sort(rows, Set.of());
        if (order.size() == rows.size()) {
            return new TopologicalOrder(order, Set.of());
        }
        Set<CircularEdge> leftOut = addedEdgesWithin(onCircles(rows, order));
        return new TopologicalOrder(sort(rows, leftOut), leftOut);
    }

    private static boolean isOrdered(List<Version> rows) {
        Map<VersionId, Integer> numbers = new HashMap<>();
        rows.forEach(row -> numbers.put(row.id(), numbers.size()));
        return rows.stream()
                .allMatch(row -> GraphBuilder.parents(row).stream()
                        .allMatch(parent -> numbers.getOrDefault(parent, -1) < numbers.getOrDefault(row.id(), 0)));
    }

    /** Versions whose ancestors are all placed before them, in their given order as far as possible (Kahn 1962). */
    private static List<Version> sort(List<Version> rows, Set<CircularEdge> without) {
        Map<VersionId, Integer> waitingFor = new HashMap<>();
        Map<VersionId, List<Version>> children = new HashMap<>();
        rows.forEach(row -> waitingFor.put(row.id(), 0));
        for (Version row : rows) {
            for (VersionId parent : GraphBuilder.parents(row)) {
                if (waitingFor.containsKey(parent) && !without.contains(new CircularEdge(row.id(), parent))) {
                    waitingFor.merge(row.id(), 1, Integer::sum);
                    children.computeIfAbsent(parent, key -> new ArrayList<>()).add(row);
                }
            }
        }
        Deque<Version> ready = new ArrayDeque<>();
        rows.stream().filter(row -> waitingFor.getOrDefault(row.id(), 0) == 0).forEach(ready::add);
        List<Version> order = new ArrayList<>();
        while (!ready.isEmpty()) {
            Version row = ready.remove();
            order.add(row);
            for (Version child : children.getOrDefault(row.id(), List.of())) {
                if (waitingFor.merge(child.id(), -1, Integer::sum) == 0) {
                    ready.add(child);
                }
            }
        }
        return order;
    }

    /** What could not be ordered, less what only hangs below a circle. */
    private static List<Version> onCircles(List<Version> rows, List<Version> ordered) {
        Set<VersionId> placed = new HashSet<>();
        ordered.forEach(row -> placed.add(row.id()));
        List<Version> left = new ArrayList<>(rows);
        boolean shrunk = true;
        while (shrunk) {
            left.removeIf(row -> placed.contains(row.id()));
            Set<VersionId> parents = new HashSet<>();
            left.forEach(row -> parents.addAll(GraphBuilder.parents(row)));
            shrunk = false;
            for (Version row : left) {
                shrunk |= !parents.contains(row.id()) && placed.add(row.id());
            }
        }
        return left;
    }

    private static Set<CircularEdge> addedEdgesWithin(List<Version> circle) {
        Set<VersionId> ids = new HashSet<>();
        circle.forEach(row -> ids.add(row.id()));
        Set<CircularEdge> added = new HashSet<>();
        for (Version row : circle) {
            for (ProvenanceEdge edge : row.origins()) {
                if (edge.source() != Source.DECLARED && ids.contains(edge.parent())) {
                    added.add(new CircularEdge(row.id(), edge.parent()));
                }
            }
        }
        return added;
    }
}
