package dev.mgit.lineage.graph;

import dev.mgit.lineage.version.VersionId;
import java.util.Arrays;
import java.util.HexFormat;

/** Finds a version's number by its id: lists of the numbers whose ids, which are hashes, end in the same bits. */
final class IdTable {
    private static final int BYTES = GraphData.ID_BYTES;

    private final byte[] ids;

    /** The last number of each list, and the one before each; plus one, so that none is 0. */
    private final int[] last;

    private final int[] before;

    IdTable(byte[] ids, int size) {
        this.ids = ids;
        this.last = new int[Integer.highestOneBit(size + 1) * 2];
        this.before = new int[size];
        for (int node = 0; node < size; node++) {
            int list = list(ids, node);
            before[node] = last[list];
            last[list] = node + 1;
        }
    }

    private int list(byte[] from, int node) {
        int end = (node + 1) * BYTES;
        int bits = from[end - 4] << 24
                | (from[end - 3] & 0xff) << 16
                | (from[end - 2] & 0xff) << 8
                | (from[end - 1] & 0xff);
        return bits & (last.length - 1);
    }

    /** The version's number, or −1. */
    int find(VersionId id) {
        return find(HexFormat.of().parseHex(id.hex()));
    }

    /** @param wanted the 20 bytes of an id */
    int find(byte[] wanted) {
        for (int found = last[list(wanted, 0)]; found > 0; found = before[found - 1]) {
            int start = (found - 1) * BYTES;
            if (Arrays.equals(ids, start, start + BYTES, wanted, 0, BYTES)) {
                return found - 1;
            }
        }
        return -1;
    }
}
