package dev.mgit.lineage.graph;

import dev.mgit.lineage.version.Version;
import java.util.BitSet;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.PriorityQueue;
import java.util.function.IntPredicate;

/** Shows a set of versions newest first, a version only after all its children in the set. */
public final class LogOrder implements Iterator<Version> {
    private static final int NONE = -1;

    private final LineageGraph graph;
    private final BitSet set;
    private final IntPredicate shown;
    /** Children in the set not passed yet. */
    private final int[] waiting;

    private final PriorityQueue<Integer> ready;
    private int next = NONE;

    private LogOrder(LineageGraph graph, BitSet set, IntPredicate shown) {
        this.graph = graph;
        this.set = set;
        this.shown = shown;
        GraphData data = graph.data;
        waiting = new int[data.size];
        for (int node = set.nextSetBit(0); node >= 0; node = set.nextSetBit(node + 1)) {
            count(node, 1);
        }
        ready = new PriorityQueue<>((a, b) -> {
            int byTime = Long.compare(data.when[b], data.when[a]);
            return byTime != 0 ? byTime : Integer.compare(b, a);
        });
        for (int node = set.nextSetBit(0); node >= 0; node = set.nextSetBit(node + 1)) {
            if (waiting[node] == 0) {
                ready.add(node);
            }
        }
    }

    /**
     * Versions whose record is absent are passed over.
     *
     * @param shown which of the others to show
     */
    public static Iterator<Version> of(LineageGraph graph, BitSet set, IntPredicate shown) {
        for (int node = set.nextSetBit(0); node >= 0; node = set.nextSetBit(node + 1)) {
            if (graph.data.absent[node] != 0) {
                set.clear(node);
            }
        }
        return new LogOrder(graph, set, shown);
    }

    private void count(int node, int change) {
        GraphData data = graph.data;
        for (int e = data.edgeStart[node]; e < data.edgeStart[node + 1]; e++) {
            waiting[data.edgeParent[e]] += change;
        }
    }

    private void pass(int node) {
        count(node, -1);
        GraphData data = graph.data;
        for (int e = data.edgeStart[node]; e < data.edgeStart[node + 1]; e++) {
            int parent = data.edgeParent[e];
            if (waiting[parent] == 0 && set.get(parent)) {
                set.clear(parent);
                ready.add(parent);
            }
        }
    }

    @Override
    public boolean hasNext() {
        while (next == NONE && !ready.isEmpty()) {
            int node = ready.remove();
            pass(node);
            next = shown.test(node) ? node : NONE;
        }
        return next != NONE;
    }

    @Override
    public Version next() {
        if (!hasNext()) {
            throw new NoSuchElementException();
        }
        int node = next;
        next = NONE;
        return graph.version(node);
    }
}
