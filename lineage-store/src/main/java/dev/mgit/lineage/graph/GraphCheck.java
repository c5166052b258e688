package dev.mgit.lineage.graph;

/** Checks that columns read from a file fit together, so that nothing that uses them can run out of bounds. */
final class GraphCheck {
    private GraphCheck() {}

    static boolean isSound(GraphData data) {
        int size = data.size;
        int edges = data.edgeParent.length;
        int strings = data.strings.size();
        return size >= 0
                && data.ids.length == (long) size * GraphData.ID_BYTES
                && data.when.length == size
                && within(data.model, size, strings)
                && within(data.authorName, size, Math.max(1, strings))
                && within(data.authorMail, size, Math.max(1, strings))
                && data.absent.length == size
                && isRanges(data.textStart, size, data.text.length)
                && isRanges(data.edgeStart, size, edges)
                && data.edgeCode.length == edges
                && within(data.edgeModel, edges, strings)
                && edgesAreSound(data)
                && within(data.modelName, data.modelName.length, strings)
                && within(data.modelHead, data.modelName.length, size)
                && within(data.tagName, data.tagName.length, strings)
                && within(data.tagNode, data.tagName.length, size)
                && within(data.circular, data.circular.length & ~1, size);
    }

    private static boolean within(int[] values, int count, int limit) {
        if (values.length != count) {
            return false;
        }
        for (int value : values) {
            if (value < 0 || value >= limit) {
                return false;
            }
        }
        return true;
    }

    /** Starts that begin with 0, never fall, and end with the length of what they cut up. */
    private static boolean isRanges(int[] starts, int count, int length) {
        if (starts.length != count + 1 || starts[0] != 0 || starts[count] != length) {
            return false;
        }
        for (int i = 0; i < count; i++) {
            if (starts[i] > starts[i + 1]) {
                return false;
            }
        }
        return true;
    }

    private static boolean edgesAreSound(GraphData data) {
        for (int node = 0; node < data.size; node++) {
            int start = data.edgeStart[node];
            for (int e = start; e < data.edgeStart[node + 1]; e++) {
                boolean parentFirst = data.edgeParent[e] >= 0 && data.edgeParent[e] < node;
                boolean versionFirst = e == start || !EdgeCode.isVersion(data.edgeCode[e]);
                if (!parentFirst || !versionFirst || !EdgeCode.isValid(data.edgeCode[e])) {
                    return false;
                }
            }
        }
        return true;
    }
}
