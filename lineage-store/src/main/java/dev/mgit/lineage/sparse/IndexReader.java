package dev.mgit.lineage.sparse;

import dev.mgit.delta.Dtype;
import dev.mgit.lineage.sparse.SparsePatch.Update;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Reads the indices of an update in order, and holds them against the tensor they are for. */
final class IndexReader {
    private static final int CHUNK = 1 << 16;

    private final Update update;
    private final long elements;
    private final int width;
    private final ByteBuffer chunk;
    private long read;
    private long last = -1;

    /** @param elements of the tensor */
    IndexReader(Update update, long elements) {
        this.update = update;
        this.elements = elements;
        this.width = update.width().bytes();
        this.chunk = ByteBuffer.allocate(CHUNK).order(ByteOrder.LITTLE_ENDIAN).limit(0);
    }

    boolean hasNext() {
        return read < update.count();
    }

    /** @throws dev.mgit.delta.MgitException of kind FAILED if it is not above the one before and within the tensor */
    long next() throws IOException {
        if (!chunk.hasRemaining()) {
            int length = (int) Math.min(CHUNK, (update.count() - read) * width);
            update.indices().read(read * width, chunk.array(), 0, length);
            chunk.limit(length).position(0);
        }
        long value = value(update.width());
        long index = update.gaps() ? last + 1 + value : value;
        if (index < 0 || index >= elements) {
            throw SparsePatch.refused(
                    "index " + index + " of '" + update.tensor() + "' is outside its " + elements + " elements", null);
        }
        if (index <= last) {
            throw SparsePatch.refused(
                    "index " + index + " of '" + update.tensor() + "' comes after " + last
                            + (index == last ? ", so it is there twice" : ", so they are not in order"),
                    null);
        }
        last = index;
        read++;
        return index;
    }

    private long value(Dtype dtype) {
        return switch (dtype) {
            case U16 -> Short.toUnsignedLong(chunk.getShort());
            case U32 -> Integer.toUnsignedLong(chunk.getInt());
            case I32 -> chunk.getInt();
            default -> chunk.getLong();
        };
    }
}
