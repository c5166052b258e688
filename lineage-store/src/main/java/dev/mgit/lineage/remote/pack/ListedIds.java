package dev.mgit.lineage.remote.pack;

import dev.mgit.delta.BlockId;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;

/**
 * The ids that the listings of some packs name, numbered in their order, each once. They stay where they are, in the
 * listings, so that it takes some 12 bytes an id; ids are hashes already, so their first bytes are their hash code.
 */
public final class ListedIds {
    private static final int ID = BlockId.BYTES;
    private static final int EMPTY = -1;

    private final byte[][] arrays;
    /** Ids of all arrays count through, as places; where those of each array begin. */
    private final int[] firstPlaces;
    /** Where the id of each number stands. */
    private int[] places = new int[16];

    private int[] table = emptyTable(1 << 6);
    private int size;

    private ListedIds(List<ListedPack> packs, Function<PackListing, byte[]> ids) {
        this.arrays = packs.stream().map(pack -> ids.apply(pack.listing())).toArray(byte[][]::new);
        this.firstPlaces = new int[arrays.length + 1];
        for (int a = 0; a < arrays.length; a++) {
            firstPlaces[a + 1] = firstPlaces[a] + arrays[a].length / ID;
        }
    }

    /** For the blocks that packs name; none is known before it is {@linkplain #add added}. */
    public static ListedIds blocks(List<ListedPack> packs) {
        return new ListedIds(packs, listing -> listing.names);
    }

    /** All objects in packs. */
    public static ListedIds objects(List<ListedPack> packs) {
        var ids = new ListedIds(packs, listing -> listing.objectIds);
        for (int pack = 0; pack < ids.arrays.length; pack++) {
            for (int i = 0; i < ids.arrays[pack].length / ID; i++) {
                ids.add(pack, i);
            }
        }
        return ids;
    }

    private static int[] emptyTable(int slots) {
        int[] table = new int[slots];
        Arrays.fill(table, EMPTY);
        return table;
    }

    public int size() {
        return size;
    }

    /** The number of an id that stands in a pack's listing; it is given the next one if it is new. */
    public int add(int pack, int index) {
        byte[] array = arrays[pack];
        int slot = slot(table, array, index * ID);
        if (table[slot] != EMPTY) {
            return table[slot];
        }
        if (size == places.length) {
            places = Arrays.copyOf(places, size + size / 2);
        }
        places[size] = firstPlaces[pack] + index;
        table[slot] = size++;
        if (size > table.length / 4 * 3) {
            grow();
        }
        return size - 1;
    }

    /** The id's number, -1 if it is not here. */
    public int find(byte[] id) {
        return table[slot(table, id, 0)];
    }

    /** The number of the pack whose listing has an id of a number. */
    public int pack(int number) {
        return arrayOf(places[number]);
    }

    /** The place of an id of a number in that listing. */
    public int index(int number) {
        return places[number] - firstPlaces[arrayOf(places[number])];
    }

    private int arrayOf(int place) {
        int found = Arrays.binarySearch(firstPlaces, place);
        int array = found >= 0 ? found : -found - 2;
        while (firstPlaces[array + 1] == firstPlaces[array]) {
            array++; // an empty one begins where the next one does
        }
        return array;
    }

    private void grow() {
        int[] larger = emptyTable(table.length * 2);
        for (int number = 0; number < size; number++) {
            larger[slot(larger, arrays[pack(number)], index(number) * ID)] = number;
        }
        table = larger;
    }

    /** Where in a table the id is that stands at some offset of an array, or would be. */
    private int slot(int[] in, byte[] array, int offset) {
        int slot = hash(array, offset) & (in.length - 1);
        while (in[slot] != EMPTY && !equal(in[slot], array, offset)) {
            slot = (slot + 1) & (in.length - 1);
        }
        return slot;
    }

    private boolean equal(int number, byte[] array, int offset) {
        int at = index(number) * ID;
        return Arrays.equals(arrays[pack(number)], at, at + ID, array, offset, offset + ID);
    }

    private static int hash(byte[] id, int at) {
        return (id[at] & 0xff) | (id[at + 1] & 0xff) << 8 | (id[at + 2] & 0xff) << 16 | (id[at + 3] & 0xff) << 24;
    }
}
