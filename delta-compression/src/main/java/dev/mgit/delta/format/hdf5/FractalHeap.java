package dev.mgit.delta.format.hdf5;

import dev.mgit.delta.layout.FormatException;
import dev.mgit.delta.layout.UnsupportedFormatException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** A heap of many small objects (section III.G), found through a tree of their ids. */
final class FractalHeap {
    private static final int NAME_INDEX = 5;
    private static final int HASH_BYTES = 4;
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
        RecordTree.read(file, tree, NAME_INDEX, HASH_BYTES + idBytes, () -> {
            file.in.skip(HASH_BYTES);
            place();
        });
        return places;
    }

    /** Reads the id of an object kept in a block: a byte of flags, its offset in the heap, its length. */
    private void place() throws IOException {
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
