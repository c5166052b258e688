package dev.mgit.lineage.merge;

import dev.mgit.lineage.tensorindex.TensorLocation;
import dev.mgit.lineage.version.UniqueNames;
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

    /** Tensors by name; where two files use one name, the later one's file is put before it. */
    Map<String, TensorLocation> byName() {
        return UniqueNames.of(tensors, TensorLocation::name, TensorLocation::path);
    }
}
