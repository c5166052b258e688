package dev.mgit.delta.format.hdf5;

import dev.mgit.delta.layout.UnsupportedFormatException;
import java.io.IOException;

/** A B-tree of version 2, whose nodes hold records of one length (section III.A.2). */
final class RecordTree {
    private static final int MAX_DEPTH = 16;
    private static final int NODE_OVERHEAD = 10;

    /** Takes a record; the file is read from its first byte on. */
    @FunctionalInterface
    interface Records {
        void next() throws IOException;
    }

    private final Hdf5File file;
    private final int recordBytes;
    private final Records records;
    private int nodeBytes;

    private RecordTree(Hdf5File file, int recordBytes, Records records) {
        this.file = file;
        this.recordBytes = recordBytes;
        this.records = records;
    }

    /**
     * Reads all records, in the order of the nodes.
     *
     * @param type of its records
     * @param recordBytes of each
     * @throws UnsupportedFormatException if its records are of another type or length
     */
    static void read(Hdf5File file, long address, int type, int recordBytes, Records records) throws IOException {
        file.enter(address, "BTHD");
        file.in.skip(1);
        var tree = new RecordTree(file, recordBytes, records);
        int stored = file.in.u8();
        tree.nodeBytes = (int) Math.min(Integer.MAX_VALUE, file.in.u32());
        int storedBytes = file.in.u16();
        int depth = file.in.u16();
        file.in.skip(2);
        long root = file.address();
        int count = file.in.u16();
        if (stored != type || storedBytes != recordBytes || depth > MAX_DEPTH) {
            throw new UnsupportedFormatException("the tree at byte " + address + " is of an unknown form");
        }
        if (root != Hdf5File.NOWHERE) {
            tree.node(root, count, depth);
        }
    }

    private void node(long address, int count, int depth) throws IOException {
        file.enter(address, depth == 0 ? "BTLF" : "BTIN");
        file.in.skip(2);
        long first = file.in.position();
        for (int i = 0; i < count; i++) {
            file.step();
            file.in.seek(first + (long) i * recordBytes);
            records.next();
        }
        if (depth > 0) {
            int countBytes = bytesFor(leafRecords());
            int totalBytes = depth > 1 ? bytesFor(totalRecords(depth - 1)) : 0;
            long pointer = first + (long) count * recordBytes;
            for (int i = 0; i <= count; i++) {
                file.in.seek(pointer);
                long child = file.address();
                int below = (int) Math.min(1 << 16, Math.max(0, file.number(countBytes)));
                pointer = file.in.position() + totalBytes;
                node(child, below, depth - 1);
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
}
