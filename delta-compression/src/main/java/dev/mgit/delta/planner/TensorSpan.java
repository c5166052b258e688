package dev.mgit.delta.planner;

import dev.mgit.delta.frame.Region;

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
}
