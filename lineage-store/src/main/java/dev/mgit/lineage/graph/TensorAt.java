package dev.mgit.lineage.graph;

import dev.mgit.delta.TensorSpec;
import dev.mgit.lineage.version.ObjectId;

/** One tensor of a version: in which file, what its header says, and the hash of its data. */
public record TensorAt(String path, TensorSpec spec, ObjectId object) {
    public String name() {
        return spec.name();
    }
}
