package dev.mgit.lineage.tensorindex;

import dev.mgit.delta.TensorSpec;
import dev.mgit.delta.layout.LogicalTensor;
import dev.mgit.lineage.version.FileEntry;
import dev.mgit.lineage.version.Lineage;
import dev.mgit.lineage.version.Manifest;
import dev.mgit.lineage.version.ObjectId;
import dev.mgit.lineage.version.VersionId;
import java.util.ArrayList;
import java.util.List;

/** One tensor of a version: in which file, how it lies there, and the hash of its data. */
public record TensorLocation(String path, LogicalTensor seen, ObjectId object) {
    public TensorSpec spec() {
        return seen.spec();
    }

    public String name() {
        return seen.name();
    }

    /** All tensors of a version, file by file in the order they are stored in. */
    public static List<TensorLocation> of(Lineage lineage, VersionId version) {
        List<TensorLocation> tensors = new ArrayList<>();
        for (FileEntry file : lineage.checkpoint(version).files()) {
            if (file.stored() == FileEntry.Storage.PARAMETERS) {
                for (Manifest.Tensor tensor :
                        lineage.manifest(version, file.path()).tensors()) {
                    tensors.add(new TensorLocation(file.path(), tensor.seen(), tensor.object()));
                }
            }
        }
        return tensors;
    }
}
