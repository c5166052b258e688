package dev.mgit.serve.web;

import dev.mgit.lineage.graph.EdgeCode;
import dev.mgit.lineage.graph.GraphData;
import dev.mgit.lineage.graph.LineageGraph;
import dev.mgit.lineage.version.Model;
import dev.mgit.lineage.version.Tag;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** The graph as it stands, and what questions of pages need beside it; made once for each state of the repository. */
final class Snapshot {
    /** The versions made directly or indirectly from one that was made from nothing, and from nothing before it. */
    record Family(int root, int size) {}

    /** A model or tag. */
    record Named(String name, String folded, boolean tag, int node) {}

    private final LineageGraph graph;
    private final Map<Integer, List<String>> tags = new HashMap<>();
    private final List<Named> names = new ArrayList<>();
    private final List<Family> families;

    Snapshot(LineageGraph graph) {
        this.graph = graph;
        for (Model model : graph.models()) {
            names.add(named(model.name(), false, graph.node(model.head())));
        }
        for (Tag tag : graph.tags()) {
            int node = graph.node(tag.version());
            names.add(named(tag.name(), true, node));
            tags.computeIfAbsent(node, at -> new ArrayList<>()).add(tag.name());
        }
        families = families(graph.data, graph.size());
    }

    private static Named named(String name, boolean tag, int node) {
        return new Named(name, name.toLowerCase(Locale.ROOT), tag, node);
    }

    /** Every version counts in the family of its first parent; one sweep, since parents come before children. */
    private static List<Family> families(GraphData data, int size) {
        int[] root = new int[size];
        int[] members = new int[size];
        for (int node = 0; node < size; node++) {
            boolean made = data.edgeStart[node] < data.edgeStart[node + 1];
            root[node] = made ? root[data.edgeParent[data.edgeStart[node]]] : node;
            members[root[node]]++;
        }
        List<Family> families = new ArrayList<>();
        for (int node = 0; node < size; node++) {
            if (root[node] == node) {
                families.add(new Family(node, members[node]));
            }
        }
        families.sort(Comparator.comparingInt(Family::size).reversed());
        return families;
    }

    LineageGraph graph() {
        return graph;
    }

    List<String> tags(int node) {
        return tags.getOrDefault(node, List.of());
    }

    /** The largest first. */
    List<Family> families() {
        return families;
    }

    List<Named> names() {
        return names;
    }

    /** Models and tags whose name holds a text, those that begin with it first. */
    List<Named> search(String text, int most) {
        String wanted = text.toLowerCase(Locale.ROOT);
        List<Named> first = new ArrayList<>();
        List<Named> later = new ArrayList<>();
        for (Named named : names) {
            int at = named.folded().indexOf(wanted);
            if (at == 0) {
                first.add(named);
            } else if (at > 0 && later.size() < most) {
                later.add(named);
            }
            if (first.size() == most) {
                break;
            }
        }
        first.addAll(later.subList(0, Math.min(later.size(), most - first.size())));
        return first;
    }

    /** How a version edge or the kind of another is called. */
    static String kind(byte code) {
        return EdgeCode.isVersion(code) ? "version" : EdgeCode.kind(code).word();
    }
}
