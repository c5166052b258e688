package dev.mgit.delta;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Ids of 32 bytes, numbered in the order they came: about 40 bytes each, so that a store of millions of blocks can be
 * looked at as a whole. An open-addressing table of numbers over chunks of packed ids; ids are hashes already, so
 * their first bytes are their hash code.
 */
public final class IdSet {
    private static final int ID = BlockId.BYTES;
    private static final int CHUNK_IDS = 1 << 14;
    private static final int EMPTY = -1;

    private final List<byte[]> chunks = new ArrayList<>();
    private int[] table = emptyTable(1 << 10);
    private int size;

    private static int[] emptyTable(int slots) {
        int[] table = new int[slots];
        Arrays.fill(table, EMPTY);
        return table;
    }

    public int size() {
        return size;
    }

    /** The id's number; it is given the next one if it is new. */
    public int add(byte[] id) {
        int slot = slot(table, id);
        if (table[slot] != EMPTY) {
            return table[slot];
        }
        if (size % CHUNK_IDS == 0) {
            chunks.add(new byte[CHUNK_IDS * ID]);
        }
        System.arraycopy(id, 0, chunks.get(size / CHUNK_IDS), size % CHUNK_IDS * ID, ID);
        table[slot] = size++;
        if (size > table.length / 4 * 3) {
            grow();
        }
        return size - 1;
    }

    /** The id's number, -1 if it is not here. */
    public int find(byte[] id) {
        return table[slot(table, id)];
    }

    public byte[] get(int number) {
        int at = number % CHUNK_IDS * ID;
        return Arrays.copyOfRange(chunks.get(number / CHUNK_IDS), at, at + ID);
    }

    /** First byte of an id, to walk ids in 256 shares. */
    public int firstByte(int number) {
        return chunks.get(number / CHUNK_IDS)[number % CHUNK_IDS * ID] & 0xff;
    }

    private void grow() {
        int[] larger = emptyTable(table.length * 2);
        for (int number = 0; number < size; number++) {
            larger[slot(larger, get(number))] = number;
        }
        table = larger;
    }

    /** Where in a table the id is, or would be. */
    private int slot(int[] in, byte[] id) {
        int slot = hash(id) & (in.length - 1);
        while (in[slot] != EMPTY && !equal(in[slot], id)) {
            slot = (slot + 1) & (in.length - 1);
        }
        return slot;
    }

    private boolean equal(int number, byte[] id) {
        int at = number % CHUNK_IDS * ID;
        return Arrays.equals(chunks.get(number / CHUNK_IDS), at, at + ID, id, 0, ID);
    }

    private static int hash(byte[] id) {
        return (id[0] & 0xff) | (id[1] & 0xff) << 8 | (id[2] & 0xff) << 16 | (id[3] & 0xff) << 24;
    }
}
