package dev.mgit.lineage.graph;

import dev.mgit.lineage.graph.LineageGraph.Direction;
import java.util.BitSet;

/** Sets of versions reached over edges, each in one sweep over the numbers, since parents come before children. */
public final class Reach {
    private Reach() {}

    /** The start versions and all that is reached from them. */
    public static BitSet from(LineageGraph graph, int[] start, Direction direction, EdgeFilter edges) {
        BitSet reached = new BitSet(graph.size());
        for (int node : start) {
            reached.set(node);
        }
        return direction == Direction.ANCESTORS
                ? ancestors(graph.data, reached, edges)
                : descendants(graph, reached, edges);
    }

    private static BitSet ancestors(GraphData data, BitSet reached, EdgeFilter edges) {
        for (int node = reached.length() - 1; node >= 0; node = reached.previousSetBit(node - 1)) {
            for (int e = data.edgeStart[node]; e < data.edgeStart[node + 1]; e++) {
                if (edges.follows(data.edgeCode[e])) {
                    reached.set(data.edgeParent[e]);
                }
            }
        }
        return reached;
    }

    private static BitSet descendants(LineageGraph graph, BitSet reached, EdgeFilter edges) {
        ChildEdges children = graph.children();
        for (int node = reached.nextSetBit(0); node >= 0; node = reached.nextSetBit(node + 1)) {
            for (int e = children.start[node]; e < children.start[node + 1]; e++) {
                if (edges.follows(children.code[e])) {
                    reached.set(children.child[e]);
                }
            }
        }
        return reached;
    }

    /** Common ancestors of the weights without a child among them. A version counts as its own ancestor here. */
    static BitSet lowestCommon(LineageGraph graph, int left, int right) {
        BitSet common = from(graph, new int[] {left}, Direction.ANCESTORS, EdgeFilter.WEIGHTS);
        common.and(from(graph, new int[] {right}, Direction.ANCESTORS, EdgeFilter.WEIGHTS));
        BitSet lowest = (BitSet) common.clone();
        GraphData data = graph.data;
        common.stream().forEach(node -> {
            for (int e = data.edgeStart[node]; e < data.edgeStart[node + 1]; e++) {
                if (EdgeFilter.WEIGHTS.follows(data.edgeCode[e])) {
                    lowest.clear(data.edgeParent[e]);
                }
            }
        });
        return lowest;
    }
}
