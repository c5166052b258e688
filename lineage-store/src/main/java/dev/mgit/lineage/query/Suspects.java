package dev.mgit.lineage.query;

import dev.mgit.lineage.graph.GraphData;
import java.util.BitSet;

/** Weighs suspects by how many suspect ancestors each has, itself included. */
final class Suspects {
    private static final int BATCH = Long.SIZE;

    private final int[] nodes;
    /** Parents among the suspects, as positions in {@link #nodes}: of suspect i, {@code first[i]} to {@code first[i+1]}. */
    private final int[] parents;

    private final int[] first;

    private final int count;
    private boolean merges;

    Suspects(GraphData data, BitSet suspects) {
        nodes = suspects.stream().toArray();
        count = nodes.length;
        int[] position = new int[suspects.length()];
        for (int i = 0; i < count; i++) {
            position[nodes[i]] = i;
        }
        parents = new int[data.edgeParent.length];
        first = new int[count + 1];
        for (int i = 0; i < count; i++) {
            int next = first[i];
            for (int e = data.edgeStart[nodes[i]]; e < data.edgeStart[nodes[i] + 1]; e++) {
                if (suspects.get(data.edgeParent[e])) {
                    parents[next++] = position[data.edgeParent[e]];
                }
            }
            first[i + 1] = next;
            merges |= next - first[i] > 1;
        }
    }

    /**
     * The suspect whose answer leaves the fewest suspects in the worse case: if bad, its suspect ancestors and itself;
     * if good, all others. The oldest of equals. Suspects that are bad for certain tell nothing: all descend from them.
     *
     * @return −1 if only skipped ones would tell something
     */
    int mostTelling(BitSet skipped) {
        int[] weights = merges ? weights() : treeWeights();
        int best = -1;
        int bestLeft = Integer.MAX_VALUE;
        for (int i = 0; i < count; i++) {
            int left = Math.max(weights[i], count - weights[i]);
            if (left < count && left < bestLeft && !skipped.get(nodes[i])) {
                best = nodes[i];
                bestLeft = left;
            }
        }
        return best;
    }

    private int[] treeWeights() {
        int[] weights = new int[count];
        for (int i = 0; i < count; i++) {
            weights[i] = 1 + (first[i] == first[i + 1] ? 0 : weights[parents[first[i]]]);
        }
        return weights;
    }

    /** Counts ancestors 64 at a time: bit b of a version's word says that it descends from the b-th of the batch. */
    private int[] weights() {
        int[] weights = new int[count];
        for (int start = 0; start < count; start += BATCH) {
            long[] descends = new long[count - start];
            for (int i = start; i < count; i++) {
                long word = i - start < BATCH ? 1L << (i - start) : 0;
                for (int p = first[i]; p < first[i + 1]; p++) {
                    word |= parents[p] >= start ? descends[parents[p] - start] : 0;
                }
                descends[i - start] = word;
                weights[i] += Long.bitCount(word);
            }
        }
        return weights;
    }
}
