package dev.mgit.delta.format.hdf5;

import dev.mgit.delta.format.hdf5.ObjectHeader.Message;
import dev.mgit.delta.layout.LayoutBuilder;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A dataspace message (section IV.A.2.b).
 *
 * @param shape dimensions as they are
 * @param limits up to which they may grow, {@link Hdf5File#UNLIMITED} if without end
 */
record Extent(List<Long> shape, List<Long> limits) {
    private static final int NULL_SPACE = 2;
    private static final int HAS_LIMITS = 1;

    /** None for a dataset that has no value at all. */
    static Optional<Extent> read(Hdf5File file, Message space) throws IOException {
        file.in.seek(space.offset());
        int version = file.in.u8();
        int rank = file.in.u8();
        int flags = file.in.u8();
        boolean isNull = version == 2 && file.in.u8() == NULL_SPACE;
        if (version > 2 || space.isShared() || isNull || rank > LayoutBuilder.MAX_RANK) {
            return Optional.empty();
        }
        file.in.skip(version == 1 ? 5 : 0);
        List<Long> shape = lengths(file, rank);
        return Optional.of(new Extent(shape, (flags & HAS_LIMITS) != 0 ? lengths(file, rank) : shape));
    }

    private static List<Long> lengths(Hdf5File file, int rank) throws IOException {
        List<Long> lengths = new ArrayList<>();
        for (int i = 0; i < rank; i++) {
            lengths.add(file.length());
        }
        return lengths;
    }
}
