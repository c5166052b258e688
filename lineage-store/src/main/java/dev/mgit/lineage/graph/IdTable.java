package dev.mgit.lineage.graph;

import dev.mgit.lineage.version.VersionId;
import java.util.Arrays;
import java.util.HexFormat;

/** Finds a version's number by its id: numbers sorted by id, searched by halves. */
final class IdTable {
    private static final int BYTES = GraphData.ID_BYTES;

    private final byte[] ids;
    private final int[] order;

    IdTable(byte[] ids, int size) {
        this.ids = ids;
        this.order = sorted(ids, size);
    }

    /** Sorts by the first 31 bits and the number packed into one long, then puts the few ties in order. */
    private static int[] sorted(byte[] ids, int size) {
        long[] keys = new long[size];
        for (int node = 0; node < size; node++) {
            keys[node] = (prefix(ids, node) >>> 1) << Integer.SIZE | node;
        }
        Arrays.sort(keys);
        int[] order = new int[size];
        for (int i = 0; i < size; i++) {
            int node = (int) keys[i];
            int at = i;
            while (at > 0 && compare(ids, order[at - 1], ids, node) > 0) {
                order[at] = order[at - 1];
                at--;
            }
            order[at] = node;
        }
        return order;
    }

    private static long prefix(byte[] ids, int node) {
        int at = node * BYTES;
        return (ids[at] & 0xffL) << 24 | (ids[at + 1] & 0xff) << 16 | (ids[at + 2] & 0xff) << 8 | (ids[at + 3] & 0xff);
    }

    private static int compare(byte[] a, int nodeA, byte[] b, int nodeB) {
        int startA = nodeA * BYTES;
        int startB = nodeB * BYTES;
        return Arrays.compareUnsigned(a, startA, startA + BYTES, b, startB, startB + BYTES);
    }

    /** The version's number, or −1. */
    int find(VersionId id) {
        return find(HexFormat.of().parseHex(id.hex()));
    }

    /** @param wanted the 20 bytes of an id */
    int find(byte[] wanted) {
        int low = 0;
        int high = order.length - 1;
        while (low <= high) {
            int middle = (low + high) >>> 1;
            int compared = compare(ids, order[middle], wanted, 0);
            if (compared == 0) {
                return order[middle];
            }
            if (compared < 0) {
                low = middle + 1;
            } else {
                high = middle - 1;
            }
        }
        return -1;
    }
}
