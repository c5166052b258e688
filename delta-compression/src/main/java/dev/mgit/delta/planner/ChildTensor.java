package dev.mgit.delta.planner;

import dev.mgit.delta.TensorSpec;
import java.util.Optional;

/** A tensor that is about to be stored. Reads are cheap and may be many and small. */
public interface ChildTensor {
    TensorSpec spec();

    void read(long offset, byte[] target, int length);

    /** Another tensor of the same file, by its exact name: a quantized tensor's scales and zero points. */
    Optional<ChildTensor> sibling(String name);
}
