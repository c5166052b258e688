package dev.mgit.lineage.graph;

/** The edges the other way round: children of version {@code n} are {@code start[n]} to {@code start[n + 1]}. */
public final class ChildEdges {
    public final int[] start;
    public final int[] child;
    public final byte[] code;

    ChildEdges(GraphData data) {
        int edges = data.edgeParent.length;
        start = new int[data.size + 1];
        child = new int[edges];
        code = new byte[edges];
        for (int parent : data.edgeParent) {
            start[parent + 1]++;
        }
        for (int node = 0; node < data.size; node++) {
            start[node + 1] += start[node];
        }
        int[] next = start.clone();
        for (int node = 0; node < data.size; node++) {
            for (int e = data.edgeStart[node]; e < data.edgeStart[node + 1]; e++) {
                int at = next[data.edgeParent[e]]++;
                child[at] = node;
                code[at] = data.edgeCode[e];
            }
        }
    }
}
