package dev.mgit.lineage.detect;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The cheapest set of edges that leads from one root to every node: the minimum spanning arborescence, by the algorithm
 * of Chu and Liu (1965) and Edmonds (1967). Each round takes the cheapest edge into every node; circles are contracted
 * and the round repeated, O(nodes · edges) at worst.
 */
final class Arborescence {
    /** An edge from one node to another. */
    record Edge(int from, int to, double cost) {}

    private Arborescence() {}

    /**
     * @param nodes number of nodes, numbered from 0
     * @return for each node the index of the edge that leads to it, -1 for the root
     * @throws IllegalArgumentException if some node cannot be reached
     */
    static int[] of(int nodes, int root, List<Edge> edges) {
        List<Link> links = new ArrayList<>();
        for (int i = 0; i < edges.size(); i++) {
            Edge edge = edges.get(i);
            if (edge.from() != edge.to() && edge.to() != root) {
                links.add(new Link(edge.from(), edge.to(), edge.cost(), i));
            }
        }
        int[] chosen = new int[nodes];
        Arrays.fill(chosen, -1);
        for (Link link : solve(nodes, root, links)) {
            chosen[edges.get(link.edge).to()] = link.edge;
        }
        return chosen;
    }

    /** An edge between nodes of the contracted graph, and the edge of the whole graph it stands for. */
    private record Link(int from, int to, double cost, int edge) {}

    private static List<Link> solve(int nodes, int root, List<Link> links) {
        Link[] cheapest = new Link[nodes];
        for (Link link : links) {
            if (cheapest[link.to] == null || link.cost < cheapest[link.to].cost) {
                cheapest[link.to] = link;
            }
        }
        for (int node = 0; node < nodes; node++) {
            if (node != root && cheapest[node] == null) {
                throw new IllegalArgumentException("node " + node + " cannot be reached");
            }
        }
        int[] group = new int[nodes];
        int groups = circles(cheapest, root, group);
        if (groups == nodes) {
            return Arrays.stream(cheapest).filter(link -> link != null).toList();
        }
        List<Link> contracted = new ArrayList<>();
        List<Link> originals = new ArrayList<>();
        for (Link link : links) {
            if (group[link.from] != group[link.to]) {
                double saved = inCircle(cheapest, group, link.to) ? cheapest[link.to].cost : 0;
                contracted.add(new Link(group[link.from], group[link.to], link.cost - saved, originals.size()));
                originals.add(link);
            }
        }
        boolean[] entered = new boolean[nodes];
        List<Link> result = new ArrayList<>();
        for (Link link : solve(groups, group[root], contracted)) {
            Link original = originals.get(link.edge);
            entered[original.to] = true;
            result.add(original);
        }
        for (int node = 0; node < nodes; node++) {
            if (node != root && !entered[node] && inCircle(cheapest, group, node)) {
                result.add(cheapest[node]);
            }
        }
        return result;
    }

    /** Numbers circles of cheapest edges, and the nodes outside of any one by one; returns how many there are. */
    private static int circles(Link[] cheapest, int root, int[] group) {
        int[] seen = new int[cheapest.length];
        Arrays.fill(seen, -1);
        Arrays.fill(group, -1);
        int groups = 0;
        for (int start = 0; start < cheapest.length; start++) {
            int node = start;
            while (node != root && seen[node] < 0) {
                seen[node] = start;
                node = cheapest[node].from;
            }
            if (node != root && seen[node] == start && group[node] < 0) {
                for (int at = node; group[at] < 0; at = cheapest[at].from) {
                    group[at] = groups;
                }
                groups++;
            }
        }
        for (int node = 0; node < cheapest.length; node++) {
            if (group[node] < 0) {
                group[node] = groups++;
            }
        }
        return groups;
    }

    private static boolean inCircle(Link[] cheapest, int[] group, int node) {
        return cheapest[node] != null && group[cheapest[node].from] == group[node];
    }
}
