package dev.mgit.delta.format.hdf5;

import dev.mgit.delta.Dtype;
import dev.mgit.delta.TensorSpec;
import dev.mgit.delta.layout.FormatException;
import dev.mgit.delta.layout.LayoutBuilder;
import dev.mgit.delta.layout.LogicalTensor.Piece;
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

/**
 * Where the chunks of a dataset are: in a tree of either version (sections III.A.1 and VII.E), an array, or one after the
 * other. None is compressed.
 */
final class ChunkIndex {
    /**
     * @param from its first element, by its index in each dimension
     * @param address of that
     */
    record Chunk(List<Long> from, long address) {}

    private static final int CHUNK_NODE = 1;
    private static final int SINGLE = 1;
    private static final int FIXED_ARRAY = 3;
    private static final int GROWING_ARRAY = 4;
    private static final int RECORD_TREE = 5;
    private static final int CHUNK_RECORD = 10;

    private final Hdf5File file;
    private final List<Long> whole;
    private final List<Long> limits;
    private final List<Long> shape;
    private final long elementBytes;
    private final List<Chunk> chunks = new ArrayList<>();
    private final Set<List<Long>> begun = new HashSet<>();

    private ChunkIndex(Hdf5File file, Extent extent, List<Long> shape, long elementBytes) {
        this.file = file;
        this.whole = extent.shape();
        this.limits = extent.limits();
        this.shape = shape;
        this.elementBytes = elementBytes;
    }

    /**
     * Reads what follows the version and the kind of a layout message.
     *
     * @param extent dimensions of the dataset
     * @return empty if the index is of a kind that is not known here
     */
    static Optional<ChunkIndex> read(Hdf5File file, int version, Extent extent, long elementBytes) throws IOException {
        file.in.skip(version == 3 ? 0 : 1);
        int rank = file.in.u8();
        if (rank != extent.shape().size() + 1) {
            throw new FormatException("its chunks have " + (rank - 1) + " dimensions, but their dataset has "
                    + extent.shape().size());
        }
        long tree = version == 3 ? file.address() : Hdf5File.NOWHERE;
        int width = version == 3 ? 4 : file.in.u8();
        List<Long> shape = new ArrayList<>();
        for (int i = 0; i < rank; i++) {
            shape.add(file.number(Math.min(8, width)));
        }
        shape.remove(rank - 1);
        if (shape.stream().anyMatch(length -> length <= 0)) {
            throw new FormatException("its chunks have no elements");
        }
        var index = new ChunkIndex(file, extent, shape, elementBytes);
        if (LayoutBuilder.checkedLength(new TensorSpec("chunk", Dtype.OPAQUE, shape)) > Long.MAX_VALUE / 16) {
            throw new FormatException("its chunks are more than any file can hold");
        }
        if (version == 3) {
            index.tree(tree);
            return Optional.of(index);
        }
        int kind = file.in.u8();
        file.in.skip(
                switch (kind) {
                    case FIXED_ARRAY -> 1;
                    case GROWING_ARRAY -> 5;
                    case RECORD_TREE -> 6;
                    default -> 0;
                });
        if (kind < SINGLE || kind > RECORD_TREE) {
            return Optional.empty();
        }
        long address = file.address();
        if (address != Hdf5File.NOWHERE && !extent.shape().contains(0L)) {
            index.read(kind, address);
        }
        return Optional.of(index);
    }

    private void read(int kind, long address) throws IOException {
        var array = new ChunkArray(file, address, count(), (number, chunk) -> add(from(number), chunk));
        switch (kind) {
            case FIXED_ARRAY -> array.fixed();
            case GROWING_ARRAY -> array.growing();
            case RECORD_TREE -> records(address);
            default -> row(address); // a single chunk, or places kept for all of them
        }
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

    /** Whether all chunks were written. */
    boolean isComplete() {
        long count = 1;
        for (int i = 0; i < whole.size(); i++) {
            count = Math.multiplyExact(count, (whole.get(i) - 1) / shape.get(i) + 1);
        }
        return chunks.size() == count;
    }

    /** What is in each chunk of the dataset, which may end within one. */
    List<Piece> pieces() {
        return chunks.stream()
                .map(chunk -> new Piece(chunk.address(), chunk.from(), within(chunk)))
                .toList();
    }

    private List<Long> within(Chunk chunk) {
        List<Long> within = new ArrayList<>();
        for (int i = 0; i < whole.size(); i++) {
            within.add(Math.min(shape.get(i), whole.get(i) - chunk.from().get(i)));
        }
        return within;
    }

    /** Where the dataset begins whose chunks hold whole rows and lie one behind the other; all are there. */
    Optional<Long> run() {
        for (int i = 1; i < whole.size(); i++) {
            if (shape.get(i) < whole.get(i)) {
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

    /** Dimensions of all rows as the chunks store them. */
    List<Long> rows() {
        List<Long> rows = new ArrayList<>(shape);
        if (!rows.isEmpty()) {
            rows.set(0, whole.get(0));
        }
        return rows;
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

    /** Chunks beyond the dataset's end are none of it. */
    private void add(List<Long> from, long address) {
        for (int d = 0; d < whole.size(); d++) {
            if (from.get(d) < 0 || from.get(d) >= whole.get(d)) {
                return;
            }
        }
        if (chunks.size() >= LayoutBuilder.MAX_TENSORS) {
            throw new UnsupportedFormatException("it has more than " + LayoutBuilder.MAX_TENSORS + " chunks");
        }
        for (int d = 0; d < whole.size(); d++) {
            if (from.get(d) % shape.get(d) != 0) {
                throw new FormatException("a chunk begins at element " + from + ", within others");
            }
        }
        if (!begun.add(from)) {
            throw new FormatException("two of its chunks begin at element " + from);
        }
        chunks.add(new Chunk(from, address));
    }

    /** All chunks in the order of their numbers. */
    private void row(long address) {
        long count = count();
        for (long i = 0; i < count; i++) {
            file.step();
            add(from(i), address + i * bytes());
        }
    }

    /** Records of an address and the chunk's index in each dimension (section VII.E). */
    private void records(long address) throws IOException {
        int recordBytes = file.addressBytes() + Long.BYTES * shape.size();
        RecordTree.read(file, address, CHUNK_RECORD, recordBytes, () -> {
            long chunk = file.address();
            List<Long> from = new ArrayList<>();
            for (int d = 0; d < shape.size(); d++) {
                from.add(first(file.in.i64(), d));
            }
            add(from, chunk);
        });
    }

    private long first(long index, int dimension) {
        if (index < 0 || index > Long.MAX_VALUE / shape.get(dimension)) {
            throw new FormatException("a chunk is number " + Long.toUnsignedString(index) + " along dimension "
                    + dimension + ", which is more than any file can hold");
        }
        return index * shape.get(dimension);
    }

    /** Numbers that chunks may have, now or when the dataset has grown as far as it may. */
    private long count() {
        long count = 1;
        for (int i = 0; i < whole.size(); i++) {
            long along = along(i);
            count = count > Long.MAX_VALUE / along ? Long.MAX_VALUE : count * along;
        }
        return count;
    }

    private long along(int dimension) {
        long most = limits.get(dimension) == Hdf5File.UNLIMITED ? whole.get(dimension) : limits.get(dimension);
        return Math.max(1, (most - 1) / shape.get(dimension) + 1);
    }

    /** The first element of a chunk, by its number; the last dimension goes first, one without a limit last. */
    private List<Long> from(long number) {
        Long[] from = new Long[whole.size()];
        int endless = limits.indexOf(Hdf5File.UNLIMITED);
        long rest = number;
        for (int d = whole.size() - 1; d >= 0; d--) {
            if (d != endless) {
                from[d] = rest % along(d) * shape.get(d);
                rest /= along(d);
            }
        }
        if (endless >= 0) {
            from[endless] = first(rest, endless);
        }
        return List.of(from);
    }
}
