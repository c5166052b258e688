package dev.mgit.lineage.checkpoint;

import dev.mgit.delta.TensorSpec;
import dev.mgit.delta.frame.Prediction;
import dev.mgit.delta.predict.Predictors;
import dev.mgit.lineage.parameters.ParameterStore;
import dev.mgit.lineage.parameters.StoredObject;
import dev.mgit.lineage.parameters.TensorPredictions;
import dev.mgit.lineage.version.FileEntry;
import dev.mgit.lineage.version.Lineage;
import dev.mgit.lineage.version.Manifest;
import dev.mgit.lineage.version.VersionId;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The stored tensors of the versions that a new one is predicted from. */
final class ParentTensors {
    private final ParameterStore store;
    private final Map<TensorSpec, Manifest.Entry> tensors = new HashMap<>();

    private ParentTensors(ParameterStore store) {
        this.store = store;
    }

    static ParentTensors of(Lineage lineage, ParameterStore store, List<VersionId> versions) {
        var parents = new ParentTensors(store);
        for (VersionId version : versions) {
            for (FileEntry file : lineage.checkpoint(version).files()) {
                if (file.stored() == FileEntry.Stored.PARAMETERS) {
                    for (Manifest.Entry entry :
                            lineage.manifest(version, file.path()).entries()) {
                        entry.tensor().ifPresent(tensor -> parents.tensors.putIfAbsent(tensor, entry));
                    }
                }
            }
        }
        return parents;
    }

    /** How to predict a tensor of the new version: from the parent's tensor of the same name, shape and dtype. */
    TensorPredictions predictions(TensorSpec child) {
        Optional<StoredObject> parent =
                Optional.ofNullable(tensors.get(child)).flatMap(entry -> store.object(entry.object()));
        return (offset, length) -> parent.map(
                object -> new Prediction(Predictors.PARENT, List.of(object.region(offset, length)), new byte[0]));
    }
}
