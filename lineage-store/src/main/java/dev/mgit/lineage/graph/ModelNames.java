package dev.mgit.lineage.graph;

import java.util.Arrays;
import java.util.BitSet;

/** Which model each version now belongs to, and how many version edges lie between it and that model's head. */
public final class ModelNames {
    private final GraphData data;
    /** Number of a model, −1 where no head leads here by version edges. */
    private final int[] owner;

    private final int[] hops;
    private final BitSet heads = new BitSet();

    ModelNames(GraphData data) {
        this.data = data;
        owner = new int[data.size];
        hops = new int[data.size];
        Arrays.fill(owner, -1);
        for (int model = 0; model < data.modelHead.length; model++) {
            heads.set(data.modelHead[model]);
            claim(data.modelHead[model], model, 0);
        }
        for (int node = data.size - 1; node >= 0; node--) {
            int first = data.edgeStart[node];
            boolean hasPrevious = first < data.edgeStart[node + 1] && EdgeCode.isVersion(data.edgeCode[first]);
            if (hasPrevious && owner[node] >= 0) {
                claim(data.edgeParent[first], owner[node], hops[node] + 1);
            }
        }
    }

    private void claim(int node, int model, int distance) {
        boolean better = owner[node] < 0 || preference(node, model) < preference(node, owner[node]);
        if (better || (owner[node] == model && distance < hops[node])) {
            owner[node] = model;
            hops[node] = distance;
        }
    }

    /** The recorded name first, then by name. */
    private int preference(int node, int model) {
        return data.modelName[model] == data.model[node] ? -1 : model;
    }

    public boolean isHead(int node) {
        return heads.get(node);
    }

    public String modelOf(int node) {
        return data.strings.get(modelString(node));
    }

    /** Number of the string that {@link #modelOf} gives. */
    public int modelString(int node) {
        return owner[node] < 0 ? data.model[node] : data.modelName[owner[node]];
    }

    /** Version edges between a model's head and this version; 0 for a head, −1 where no head leads here. */
    public int behind(int node) {
        return owner[node] < 0 ? -1 : hops[node];
    }

    /** The head of the model that owns a version; the version must have an owner. */
    public int headOf(int node) {
        return data.modelHead[owner[node]];
    }
}
