package dev.mgit.delta.format.hdf5;

import dev.mgit.delta.layout.FormatException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * Addresses of chunks in the order of their numbers, in an array of a fixed length (section VII.C) or one that grows by
 * blocks of doubling length (section VII.D). Pages that were never written hold anything; a bit for each tells.
 */
final class ChunkArray {
    private static final int CHECKSUM = 4;
    private static final int MOST_BITS = 56;

    /** Takes a chunk that was written. */
    @FunctionalInterface
    interface Chunks {
        void add(long number, long address);
    }

    /**
     * A data block of an array that grows.
     *
     * @param first number of its first chunk
     * @param length chunks in it
     * @param bitmap where the bits of the pages of all blocks beside it begin
     * @param page the bit of its first page
     */
    private record Block(long first, long length, long address, long bitmap, long page) {}

    /** Data blocks of one length that a block of their own leads to. */
    private record Group(long address, long first, long length, long members) {}

    private final Hdf5File file;
    private final long header;
    private final long count;
    private final Chunks chunks;
    private long page;
    private int offsetBytes;

    /**
     * @param header where it begins
     * @param count chunks that the dataset has at most; what comes after these is not read
     */
    ChunkArray(Hdf5File file, long header, long count, Chunks chunks) {
        this.file = file;
        this.header = header;
        this.count = count;
        this.chunks = chunks;
    }

    void fixed() throws IOException {
        file.enter(header, "FAHD");
        file.in.skip(2);
        int width = file.in.u8();
        int pageBits = file.in.u8();
        require(width == file.addressBytes() && pageBits <= MOST_BITS && file.length() == count);
        page = 1L << pageBits;
        long block = file.address();
        if (block == Hdf5File.NOWHERE) {
            return;
        }
        file.enter(block, "FADB");
        file.in.skip(2L + file.addressBytes());
        long bitmap = file.in.position();
        if (count > page) {
            file.in.skip(((count - 1) / page + 1 + Byte.SIZE - 1) / Byte.SIZE + CHECKSUM);
            pages(new Block(0, count, block, bitmap, 0));
        } else {
            elements(0, count);
        }
    }

    void growing() throws IOException {
        file.enter(header, "EAHD");
        file.in.skip(2);
        int width = file.in.u8();
        int bits = file.in.u8();
        int direct = file.in.u8();
        int shortest = file.in.u8();
        int pointers = file.in.u8();
        int pageBits = file.in.u8();
        file.skipLengths(6);
        require(width == file.addressBytes()
                && bits <= MOST_BITS
                && pageBits <= MOST_BITS
                && Integer.bitCount(shortest) == 1
                && Integer.bitCount(pointers) == 1);
        page = 1L << pageBits;
        offsetBytes = (bits + Byte.SIZE - 1) / Byte.SIZE;
        long index = file.address();
        if (index != Hdf5File.NOWHERE) {
            index(index, direct, shortest, 1 + bits - log2(shortest), 2 * log2(pointers));
        }
    }

    private static int log2(int power) {
        return Integer.numberOfTrailingZeros(power);
    }

    /**
     * Reads the index block.
     *
     * @param direct chunks in it
     * @param groups of data blocks there may be, each of twice the chunks of the one before
     * @param near groups whose data blocks it leads to; to those of others, each a block of its own does
     */
    private void index(long address, int direct, int shortest, int groups, int near) throws IOException {
        file.enter(address, "EAIB");
        file.in.skip(2L + file.addressBytes());
        elements(0, direct);
        List<Block> blocks = new ArrayList<>();
        List<Group> far = new ArrayList<>();
        long first = direct;
        for (int group = 0; group < groups && first < count; group++) {
            long length = (long) shortest << ((group + 1) / 2);
            long members = 1L << (group / 2);
            if (group < near) {
                blocks(blocks, first, length, members, Hdf5File.NOWHERE);
            } else {
                far.add(new Group(file.address(), first, length, members));
            }
            first += members * length;
        }
        for (Block block : blocks) {
            block(block);
        }
        for (Group group : far) {
            if (group.address() != Hdf5File.NOWHERE) {
                group(group);
            }
        }
    }

    private void group(Group group) throws IOException {
        file.enter(group.address(), "EASB");
        file.in.skip(2L + file.addressBytes() + offsetBytes);
        long bitmap = file.in.position();
        if (group.length() > page) {
            file.in.skip(group.members() * ((group.length() / page + Byte.SIZE - 1) / Byte.SIZE));
        }
        List<Block> blocks = new ArrayList<>();
        blocks(blocks, group.first(), group.length(), group.members(), bitmap);
        for (Block block : blocks) {
            block(block);
        }
    }

    private void blocks(List<Block> blocks, long first, long length, long members, long bitmap) throws IOException {
        for (long i = 0; i < members && first + i * length < count; i++) {
            file.step();
            long address = file.address();
            if (address != Hdf5File.NOWHERE) {
                blocks.add(new Block(first + i * length, length, address, bitmap, i * (length / page)));
            }
        }
    }

    private void block(Block block) throws IOException {
        file.enter(block.address(), "EADB");
        file.in.skip(2L + file.addressBytes() + offsetBytes);
        if (block.length() > page && block.bitmap() != Hdf5File.NOWHERE) {
            file.in.skip(CHECKSUM);
            pages(block);
        } else {
            elements(block.first(), block.length());
        }
    }

    /** Pages with a checksum behind each. */
    private void pages(Block block) throws IOException {
        long begin = file.in.position();
        long step = page * file.addressBytes() + CHECKSUM;
        for (long i = 0; i * page < block.length() && block.first() + i * page < count; i++) {
            file.step();
            long bit = block.page() + i;
            file.in.seek(block.bitmap() + bit / Byte.SIZE);
            if ((file.in.u8() & (0x80 >> (bit % Byte.SIZE))) != 0) {
                file.in.seek(begin + i * step);
                elements(block.first() + i * page, Math.min(page, block.length() - i * page));
            }
        }
    }

    private void elements(long first, long length) throws IOException {
        long wanted = Math.max(0, Math.min(length, count - first));
        for (long i = 0; i < wanted; i++) {
            file.step();
            long address = file.address();
            if (address != Hdf5File.NOWHERE) {
                chunks.add(first + i, address);
            }
        }
        file.in.skip((length - wanted) * file.addressBytes());
    }

    private void require(boolean fits) {
        if (!fits) {
            throw new FormatException("the array of chunks at byte " + header + " does not fit its dataset");
        }
    }
}
