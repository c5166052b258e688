package dev.mgit.lineage.merge;

import dev.mgit.lineage.tensorindex.TensorLocation;
import java.io.IOException;

/** Gives access to the data of tensors. */
@FunctionalInterface
public interface TensorSource {
    /** Opens one tensor of one side. */
    TensorBytes open(MergeStage side, TensorLocation tensor) throws IOException;

    /** The data of one tensor, little-endian, elements packed. Read from front to back, perhaps several times. */
    interface TensorBytes extends AutoCloseable {
        /** Reads exactly {@code length} bytes from a byte offset on into the front of {@code target}. */
        void read(long offset, byte[] target, int length) throws IOException;

        @Override
        void close() throws IOException;
    }
}
