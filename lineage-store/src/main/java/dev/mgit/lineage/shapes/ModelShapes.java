package dev.mgit.lineage.shapes;

import dev.mgit.delta.Dtype;
import dev.mgit.delta.MgitException;
import dev.mgit.delta.TensorSpec;
import dev.mgit.delta.format.Formats;
import dev.mgit.delta.format.TrainingState;
import dev.mgit.delta.layout.FileByteSource;
import dev.mgit.delta.layout.LogicalTensor;
import dev.mgit.lineage.checkpoint.FolderScan;
import dev.mgit.lineage.version.Checkpoint;
import dev.mgit.lineage.version.FileEntry;
import dev.mgit.lineage.version.Lineage;
import dev.mgit.lineage.version.Manifest;
import dev.mgit.lineage.version.VersionId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/** Reads {@link ModelShape}s: of a version from Git alone, of a file or folder from headers alone. */
public final class ModelShapes {
    private static final long MOST_CONFIG_BYTES = 1 << 20;

    private ModelShapes() {}

    /** @throws MgitException if there are no tensors, or the configuration contradicts them */
    public static ModelShape of(Lineage lineage, VersionId version) {
        Checkpoint checkpoint = lineage.checkpoint(version);
        Map<String, TensorSpec> tensors = new LinkedHashMap<>();
        for (FileEntry file : checkpoint.files()) {
            if (file.stored() == FileEntry.Storage.PARAMETERS && !TrainingState.isFile(file.path())) {
                Manifest manifest = lineage.manifest(version, file.path());
                Map<String, String> ties = manifest.ties();
                manifest.tensors().stream()
                        .filter(tensor -> !ties.containsKey(tensor.name()))
                        .forEach(tensor -> tensors.putIfAbsent(tensor.name(), tensor.spec()));
            }
        }
        ModelConfig config = checkpoint
                .file(ModelConfig.FILE)
                .filter(file -> file.stored() == FileEntry.Storage.VERBATIM)
                .map(file -> ModelConfig.parse(lineage.verbatim(version, file.path())))
                .orElse(ModelConfig.NONE);
        return shape(tensors, config, "version " + version.abbreviated());
    }

    /** @throws MgitException if there are no tensors, or the configuration contradicts them */
    public static ModelShape of(Path path) throws IOException {
        Map<String, TensorSpec> tensors = new LinkedHashMap<>();
        for (Map.Entry<String, Path> file : FolderScan.of(path).files().entrySet()) {
            if (TrainingState.isFile(file.getKey())) {
                continue;
            }
            try (FileByteSource source = FileByteSource.open(file.getValue())) {
                Set<LogicalTensor> seen = new HashSet<>();
                for (LogicalTensor tensor :
                        Formats.layoutOf(file.getValue(), source).tensors()) {
                    if (seen.add(tensor.named(""))) {
                        tensors.putIfAbsent(tensor.name(), tensor.spec());
                    }
                }
            }
        }
        Path folder = Files.isDirectory(path) ? path : path.resolveSibling("");
        Path config = folder.resolve(ModelConfig.FILE);
        boolean readable = Files.isRegularFile(config) && Files.size(config) <= MOST_CONFIG_BYTES;
        return shape(
                tensors, readable ? ModelConfig.parse(Files.readAllBytes(config)) : ModelConfig.NONE, "'" + path + "'");
    }

    private static ModelShape shape(Map<String, TensorSpec> tensors, ModelConfig config, String where) {
        if (tensors.values().stream().allMatch(spec -> spec.dtype() == Dtype.OPAQUE)) {
            throw new MgitException(
                    MgitException.Kind.FAILED,
                    where + " has no tensors whose shapes can be read",
                    "'mgit show --tensors' lists what a version has");
        }
        try {
            return ModelShape.of(tensors, config);
        } catch (ArithmeticException e) {
            throw new MgitException(
                    MgitException.Kind.FAILED, where + " has more elements than can be counted", null, e);
        }
    }
}
