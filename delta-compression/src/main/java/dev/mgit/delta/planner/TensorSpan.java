package dev.mgit.delta.planner;

import dev.mgit.delta.frame.Region;
import dev.mgit.delta.predictor.Pieces;

/** A byte range of a source, before it is named by blocks. */
record TensorSpan(SourceTensor tensor, long offset, int length) {
    Region region() {
        return tensor.region(offset, length);
    }

    byte[] read() {
        byte[] bytes = new byte[length];
        if (length > 0) {
            tensor.read(offset, bytes, length);
        }
        return bytes;
    }

    /** Reads pieces of the range, joined. */
    void read(Pieces pieces, byte[] joined) {
        tensor.read(offset, length, pieces, joined);
    }
}
