package dev.mgit.delta.format.hdf5;

import dev.mgit.delta.layout.FormatException;
import dev.mgit.delta.layout.UnsupportedFormatException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** A heap of many small objects (section III.G), found through a tree of their ids (section III.A.2). */
final class FractalHeap {
    private static final int NAME_INDEX = 5;
    private static final int HASH_BYTES = 4;
    private static final int MAX_DEPTH = 16;
    private static final int NODE_OVERHEAD = 10;
    private static final long MAX_BLOCK = 1L << 31;

    private final Hdf5File file;
    private final int idBytes;
    private final int width;
    private final long firstBlock;
    private final long largestBlock;
    private final int offsetBytes;
    private final long root;
    private final int rows;

    /** Where objects are; read from the tree before any is looked at. */
    private final List<Long> places = new ArrayList<>();

    private int recordBytes;
    private int nodeBytes;

    FractalHeap(Hdf5File file, long address) throws IOException {
        this.file = file;
        file.enter(address, "FRHP");
        file.in.skip(1);
        idBytes = file.in.u16();
        boolean filtered = file.in.u16() > 0;
        file.in.skip(5);
        file.skipLengths(1);
        file.in.skip(file.addressBytes());
        file.skipLengths(1);
        file.in.skip(file.addressBytes());
        file.skipLengths(8);
        width = file.in.u16();
        firstBlock = file.length();
        largestBlock = file.length();
        offsetBytes = (file.in.u16() + 7) / 8;
        file.in.skip(2);
        root = file.address();
        rows = file.in.u16();
        boolean sound = width > 0 && firstBlock > 0 && largestBlock >= firstBlock && largestBlock <= MAX_BLOCK;
        if (filtered || !sound || offsetBytes > 8) {
            throw new UnsupportedFormatException(
                    "the heap at byte " + address + " is compressed, or of an unknown form");
        }
    }

    /**
     * Where the heap's objects are, in the order of the tree.
     *
     * @param tree where the tree of a group's names begins
     */
    List<Long> places(long tree) throws IOException {
        file.enter(tree, "BTHD");
        file.in.skip(1);
        int type = file.in.u8();
        nodeBytes = (int) Math.min(Integer.MAX_VALUE, file.in.u32());
        recordBytes = file.in.u16();
        int depth = file.in.u16();
        file.in.skip(2);
        long node = file.address();
        int records = file.in.u16();
        if (type != NAME_INDEX || recordBytes != HASH_BYTES + idBytes || depth > MAX_DEPTH) {
            throw new UnsupportedFormatException("the tree at byte " + tree + " is of an unknown form");
        }
        if (node != Hdf5File.NOWHERE) {
            node(node, records, depth);
        }
        return places;
    }

    private void node(long address, int records, int depth) throws IOException {
        file.enter(address, depth == 0 ? "BTLF" : "BTIN");
        file.in.skip(2);
        long first = file.in.position();
        for (int i = 0; i < records; i++) {
            file.in.seek(first + (long) i * recordBytes + HASH_BYTES);
            place();
        }
        if (depth > 0) {
            int countBytes = bytesFor(leafRecords());
            int totalBytes = depth > 1 ? bytesFor(totalRecords(depth - 1)) : 0;
            long pointer = first + (long) records * recordBytes;
            for (int i = 0; i <= records; i++) {
                file.in.seek(pointer);
                long child = file.address();
                int count = (int) Math.min(1 << 16, Math.max(0, file.unsigned(countBytes)));
                pointer = file.in.position() + totalBytes;
                node(child, count, depth - 1);
            }
        }
    }

    private long leafRecords() {
        return Math.max(0, nodeBytes - NODE_OVERHEAD) / recordBytes;
    }

    /** Most records in and below a node of this depth: numbers of records are as wide as this needs. */
    private long totalRecords(int depth) {
        long total = leafRecords();
        int totalBytes = 0;
        for (int level = 1; level <= depth; level++) {
            int pointer = file.addressBytes() + bytesFor(leafRecords()) + totalBytes;
            long own = Math.max(0, nodeBytes - NODE_OVERHEAD - pointer) / (recordBytes + pointer);
            total = Math.min(Long.MAX_VALUE >> 17, (own + 1) * Math.min(total, 1L << 40) + own);
            totalBytes = bytesFor(total);
        }
        return total;
    }

    private static int bytesFor(long number) {
        return (63 - Long.numberOfLeadingZeros(Math.max(1, number))) / 8 + 1;
    }

    /** Reads the id of an object kept in a block: a byte of flags, its offset in the heap, its length. */
    private void place() throws IOException {
        file.step();
        int flags = file.in.u8();
        if (flags != 0) {
            throw new UnsupportedFormatException("an object of the heap at byte " + root + " is kept in another way");
        }
        long offset = file.unsigned(offsetBytes);
        if (rows == 0) {
            places.add(within(root, offset, largestBlock));
            return;
        }
        long begin = 0;
        for (int row = 0; row < rows; row++) {
            long block = blockBytes(row);
            if (block > largestBlock) {
                break;
            }
            if (offset < begin + width * block) {
                long column = (offset - begin) / block;
                places.add(within(child(row, column), offset - begin - column * block, block));
                return;
            }
            begin += width * block;
        }
        throw new UnsupportedFormatException("a group has more members than fit its heap's own blocks");
    }

    private long blockBytes(int row) {
        return row < 2 ? firstBlock : row > 31 ? Long.MAX_VALUE : firstBlock << (row - 1);
    }

    private long child(int row, long column) throws IOException {
        file.enter(root, "FHIB");
        file.in.skip(1L + file.addressBytes() + offsetBytes);
        file.in.skip((row * (long) width + column) * file.addressBytes());
        return file.address();
    }

    private static long within(long block, long offset, long bytes) {
        if (block == Hdf5File.NOWHERE || offset < 0 || offset >= bytes) {
            throw new FormatException("an object is outside of the blocks of its heap");
        }
        return block + offset;
    }
}
