package dev.mgit.delta.format.hdf5;

import dev.mgit.delta.Dtype;
import dev.mgit.delta.TensorSpec;
import dev.mgit.delta.layout.FormatException;
import dev.mgit.delta.layout.LayoutBuilder;
import dev.mgit.delta.layout.UnsupportedFormatException;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Where the chunks of a dataset are: in a tree (section III.A.1), an array, or one after the other. None is compressed. */
final class ChunkIndex {
    /**
     * @param from its first element, by its index in each dimension
     * @param address of that
     */
    record Chunk(List<Long> from, long address) {}

    private static final int CHUNK_NODE = 1;
    private static final int SINGLE = 1;
    private static final int IMPLICIT = 2;
    private static final int FIXED_ARRAY = 3;
    private static final int CHECKSUM = 4;

    private final Hdf5File file;
    private final List<Long> whole;
    private final List<Long> shape;
    private final long elementBytes;
    private final List<Chunk> chunks = new ArrayList<>();

    private ChunkIndex(Hdf5File file, List<Long> whole, List<Long> shape, long elementBytes) {
        this.file = file;
        this.whole = whole;
        this.shape = shape;
        this.elementBytes = elementBytes;
    }

    /**
     * Reads what follows the version and the kind of a layout message.
     *
     * @param whole dimensions of the dataset
     * @return empty if the index is of a kind that is not known here
     */
    static Optional<ChunkIndex> read(Hdf5File file, int version, List<Long> whole, long elementBytes)
            throws IOException {
        file.in.skip(version == 3 ? 0 : 1);
        int rank = file.in.u8();
        if (rank != whole.size() + 1) {
            throw new FormatException(
                    "its chunks have " + (rank - 1) + " dimensions, but their dataset has " + whole.size());
        }
        long tree = version == 3 ? file.address() : Hdf5File.NOWHERE;
        int width = version == 3 ? 4 : file.in.u8();
        List<Long> shape = new ArrayList<>();
        for (int i = 0; i < rank; i++) {
            shape.add(file.unsigned(Math.min(8, width)));
        }
        shape.remove(rank - 1);
        if (shape.stream().anyMatch(length -> length <= 0)) {
            throw new FormatException("its chunks have no elements");
        }
        var index = new ChunkIndex(file, whole, shape, elementBytes);
        if (LayoutBuilder.checkedLength(new TensorSpec("chunk", Dtype.OPAQUE, shape)) > Long.MAX_VALUE / 16) {
            throw new FormatException("its chunks are more than any file can hold");
        }
        if (version == 3) {
            index.tree(tree);
            return Optional.of(index);
        }
        int kind = file.in.u8();
        if (kind == FIXED_ARRAY) {
            file.in.skip(1);
            return index.array(file.address());
        }
        return kind == SINGLE || kind == IMPLICIT ? Optional.of(index.row(file.address())) : Optional.empty();
    }

    List<Chunk> list() {
        return chunks;
    }

    List<Long> shape() {
        return shape;
    }

    long bytes() {
        return Math.multiplyExact(new TensorSpec("chunk", Dtype.OPAQUE, shape).elements(), elementBytes);
    }

    /** Where the dataset begins whose chunks are whole rows and lie one behind the other; all are there. */
    Optional<Long> run() {
        for (int i = 1; i < whole.size(); i++) {
            if (!shape.get(i).equals(whole.get(i))) {
                return Optional.empty();
            }
        }
        long rows = whole.isEmpty() ? 1 : whole.get(0);
        long step = whole.isEmpty() ? 1 : shape.get(0);
        if (chunks.size() != (rows + step - 1) / step || chunks.isEmpty()) {
            return Optional.empty();
        }
        chunks.sort(Comparator.comparing(
                chunk -> chunk.from().isEmpty() ? 0 : chunk.from().get(0)));
        long first = chunks.get(0).address();
        for (int i = 0; i < chunks.size(); i++) {
            Chunk chunk = chunks.get(i);
            boolean inRow = chunk.from().isEmpty() || chunk.from().get(0) == i * step;
            if (!inRow || chunk.address() != first + i * bytes()) {
                return Optional.empty();
            }
        }
        return Optional.of(first);
    }

    private void tree(long root) throws IOException {
        Deque<Long> nodes = new ArrayDeque<>();
        Set<Long> known = new HashSet<>();
        if (root != Hdf5File.NOWHERE) {
            nodes.push(root);
        }
        while (!nodes.isEmpty()) {
            long node = nodes.pop();
            file.enter(node, "TREE");
            if (!known.add(node) || file.in.u8() != CHUNK_NODE) {
                throw new FormatException("the tree of chunks leads to byte " + node + ", which is none of its own");
            }
            int level = file.in.u8();
            int count = file.in.u16();
            file.in.skip(2L * file.addressBytes());
            for (int i = 0; i < count; i++) {
                file.step();
                file.in.skip(8);
                List<Long> from = new ArrayList<>();
                for (int d = 0; d < shape.size(); d++) {
                    from.add(file.in.i64());
                }
                file.in.skip(8);
                long child = file.address();
                if (level == 0) {
                    add(from, child);
                } else {
                    nodes.push(child);
                }
            }
        }
    }

    private void add(List<Long> from, long address) {
        if (chunks.size() >= LayoutBuilder.MAX_TENSORS) {
            throw new UnsupportedFormatException("it has more than " + LayoutBuilder.MAX_TENSORS + " chunks");
        }
        chunks.add(new Chunk(from, address));
    }

    /** Addresses of all chunks, in pages if there are many (sections III.C and VII.C); none of chunks never written. */
    private Optional<ChunkIndex> array(long address) throws IOException {
        if (address == Hdf5File.NOWHERE || whole.contains(0L)) {
            return Optional.of(this);
        }
        file.enter(address, "FAHD");
        file.in.skip(2);
        int width = file.in.u8();
        int pageBits = file.in.u8();
        long count = count();
        if (file.length() != count) {
            return Optional.empty(); // of a dataset that may still grow, whose chunks are numbered otherwise
        }
        if (width != file.addressBytes() || pageBits >= Integer.SIZE) {
            throw new FormatException("the array of chunks at byte " + address + " does not fit its dataset");
        }
        long block = file.address();
        if (block == Hdf5File.NOWHERE) {
            return Optional.of(this);
        }
        file.enter(block, "FADB");
        file.in.skip(2 + file.addressBytes());
        long page = 1L << pageBits;
        boolean paged = count > page;
        if (paged) {
            file.in.skip(((count + page - 1) / page + Byte.SIZE - 1) / Byte.SIZE + CHECKSUM);
        }
        for (long i = 0; i < count; i++) {
            if (paged && i > 0 && i % page == 0) {
                file.in.skip(CHECKSUM);
            }
            file.step();
            long chunk = file.address();
            if (chunk != Hdf5File.NOWHERE) {
                add(from(i), chunk);
            }
        }
        return Optional.of(this);
    }

    /** All chunks in the order of their indexes. */
    private ChunkIndex row(long address) {
        if (address == Hdf5File.NOWHERE || whole.contains(0L)) {
            return this;
        }
        long count = count();
        for (long i = 0; i < count; i++) {
            file.step();
            add(from(i), address + i * bytes());
        }
        return this;
    }

    private long count() {
        long count = 1;
        for (int i = 0; i < whole.size(); i++) {
            long along = (whole.get(i) - 1) / shape.get(i) + 1;
            if (along > LayoutBuilder.MAX_TENSORS || count * along > LayoutBuilder.MAX_TENSORS) {
                throw new UnsupportedFormatException("it has more than " + LayoutBuilder.MAX_TENSORS + " chunks");
            }
            count *= along;
        }
        return count;
    }

    /** The first element of a chunk, by its number; the last dimension goes first. */
    private List<Long> from(long number) {
        Long[] from = new Long[whole.size()];
        long rest = number;
        for (int d = whole.size() - 1; d >= 0; d--) {
            long along = (whole.get(d) - 1) / shape.get(d) + 1;
            from[d] = rest % along * shape.get(d);
            rest /= along;
        }
        return List.of(from);
    }
}
