package dev.mgit.lineage.merge;

import dev.mgit.delta.Hashes;
import dev.mgit.lineage.graph.TensorAt;
import dev.mgit.lineage.version.FileEntry;
import dev.mgit.lineage.version.Lineage;
import dev.mgit.lineage.version.VersionId;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * One of the three versions, as far as planning needs to know it.
 *
 * @param tensors in file order
 * @param files the other files: path to a digest of their bytes
 */
public record MergeSide(List<TensorAt> tensors, Map<String, String> files) {
    public MergeSide {
        tensors = List.copyOf(tensors);
        files = new TreeMap<>(files);
    }

    /** The common ancestor of two versions that share none. */
    public static MergeSide none() {
        return new MergeSide(List.of(), Map.of());
    }

    /** A version as its manifests and files have it; no parameters are read. */
    public static MergeSide of(Lineage lineage, VersionId version) {
        List<TensorAt> tensors = TensorAt.of(lineage, version);
        Set<String> withTensors = new HashSet<>();
        tensors.forEach(tensor -> withTensors.add(tensor.path()));
        Map<String, String> files = new TreeMap<>();
        for (FileEntry file : lineage.checkpoint(version).files()) {
            if (file.stored() == FileEntry.Stored.VERBATIM) {
                byte[] digest = Hashes.sha256().digest(lineage.verbatim(version, file.path()));
                files.put(file.path(), HexFormat.of().formatHex(digest));
            } else if (!withTensors.contains(file.path())) {
                files.put(file.path(), lineage.manifest(version, file.path()).sha256());
            }
        }
        return new MergeSide(tensors, files);
    }

    /** Tensors by name; of several with one name the first. */
    Map<String, TensorAt> byName() {
        Map<String, TensorAt> byName = new LinkedHashMap<>();
        tensors.forEach(tensor -> byName.putIfAbsent(tensor.name(), tensor));
        return byName;
    }
}
