package dev.mgit.lineage.merge;

import dev.mgit.lineage.tensorindex.TensorLocation;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * One of the three versions, as far as planning needs to know it.
 *
 * @param tensors in file order
 * @param files the other files: path to a digest of their bytes
 */
public record MergeSide(List<TensorLocation> tensors, Map<String, String> files) {
    public MergeSide {
        tensors = List.copyOf(tensors);
        files = new TreeMap<>(files);
    }

    /** Tensors by name; of several with one name the first. */
    Map<String, TensorLocation> byName() {
        Map<String, TensorLocation> byName = new LinkedHashMap<>();
        tensors.forEach(tensor -> byName.putIfAbsent(tensor.name(), tensor));
        return byName;
    }
}
