package dev.mgit.lineage.graph;

import dev.mgit.delta.TensorSpec;
import dev.mgit.delta.format.LogicalTensor;
import dev.mgit.lineage.version.FileEntry;
import dev.mgit.lineage.version.FileEntry.Stored;
import dev.mgit.lineage.version.Lineage;
import dev.mgit.lineage.version.Manifest;
import dev.mgit.lineage.version.ObjectId;
import dev.mgit.lineage.version.VersionId;
import java.util.ArrayList;
import java.util.List;

/** One tensor of a version: in which file, how it lies there, and the hash of its data. */
public record TensorAt(String path, LogicalTensor seen, ObjectId object) {
    public TensorSpec spec() {
        return seen.spec();
    }

    public String name() {
        return seen.name();
    }

    /** All tensors of a version, file by file in the order they are stored in. */
    public static List<TensorAt> of(Lineage lineage, VersionId version) {
        List<TensorAt> tensors = new ArrayList<>();
        for (FileEntry file : lineage.checkpoint(version).files()) {
            if (file.stored() == Stored.PARAMETERS) {
                for (Manifest.Tensor tensor :
                        lineage.manifest(version, file.path()).tensors()) {
                    tensors.add(new TensorAt(file.path(), tensor.seen(), tensor.object()));
                }
            }
        }
        return tensors;
    }
}
