package dev.mgit.lineage.graph;

import dev.mgit.lineage.version.Version;
import java.util.BitSet;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.PriorityQueue;

/** Shows a set of versions newest first, a version only after all its children in the set. */
final class LogOrder implements Iterator<Version> {
    private final LineageGraph graph;
    private final BitSet set;
    /** Children in the set not shown yet. */
    private final int[] waiting;

    private final PriorityQueue<Integer> ready;

    private LogOrder(LineageGraph graph, BitSet set) {
        this.graph = graph;
        this.set = set;
        GraphData data = graph.data;
        waiting = new int[data.size];
        set.stream().forEach(node -> count(node, 1));
        ready = new PriorityQueue<>((a, b) -> {
            int byTime = Long.compare(data.when[b], data.when[a]);
            return byTime != 0 ? byTime : Integer.compare(b, a);
        });
        set.stream().filter(node -> waiting[node] == 0).forEach(ready::add);
    }

    /** Versions whose record is absent are passed over. */
    static Iterator<Version> of(LineageGraph graph, BitSet set) {
        for (int node = set.nextSetBit(0); node >= 0; node = set.nextSetBit(node + 1)) {
            if (graph.data.absent[node] != 0) {
                set.clear(node);
            }
        }
        return new LogOrder(graph, set);
    }

    private void count(int node, int change) {
        GraphData data = graph.data;
        for (int e = data.edgeStart[node]; e < data.edgeStart[node + 1]; e++) {
            waiting[data.edgeParent[e]] += change;
        }
    }

    @Override
    public boolean hasNext() {
        return !ready.isEmpty();
    }

    @Override
    public Version next() {
        Integer node = ready.poll();
        if (node == null) {
            throw new NoSuchElementException();
        }
        count(node, -1);
        GraphData data = graph.data;
        for (int e = data.edgeStart[node]; e < data.edgeStart[node + 1]; e++) {
            int parent = data.edgeParent[e];
            if (waiting[parent] == 0 && set.get(parent)) {
                set.clear(parent);
                ready.add(parent);
            }
        }
        return graph.version(node);
    }
}
