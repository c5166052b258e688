package dev.mgit.lineage.tensors;

import dev.mgit.delta.TensorSpec;
import dev.mgit.delta.format.FileKind;
import dev.mgit.delta.format.Formats;
import dev.mgit.delta.format.TrainingState;
import dev.mgit.delta.layout.ByteSource;
import dev.mgit.delta.layout.FileByteSource;
import dev.mgit.delta.layout.FormatException;
import dev.mgit.delta.layout.Layout;
import dev.mgit.delta.layout.LogicalTensor;
import dev.mgit.delta.layout.MemoryByteSource;
import dev.mgit.lineage.checkpoint.FolderScan;
import dev.mgit.lineage.parameters.ObjectReader;
import dev.mgit.lineage.repository.Repository;
import dev.mgit.lineage.version.FileEntry;
import dev.mgit.lineage.version.Manifest;
import dev.mgit.lineage.version.ObjectId;
import dev.mgit.lineage.version.VersionId;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * The tensors of one checkpoint, open to be read in part: no byte is read but headers, scales and what is asked for.
 * The {@link CheckpointTensor#object() object ids} of a checkpoint on disk only tell its tensors apart; nothing was hashed.
 */
public final class CheckpointTensors implements AutoCloseable {
    private final TensorSet tensors = new TensorSet();
    private final TreeSet<String> formats = new TreeSet<>();
    private final TreeSet<String> stateFormats = new TreeSet<>();
    private final List<CheckpointTensor> opaque = new ArrayList<>();
    private final List<AutoCloseable> open = new ArrayList<>();
    private long numbered;
    private int count;

    private CheckpointTensors() {}

    /**
     * A file or folder.
     *
     * @throws FormatException if a file's name promises a format and its contents break it
     * @throws dev.mgit.delta.MgitException if the path does not exist or holds what cannot be stored
     */
    public static CheckpointTensors of(Path path) throws IOException {
        return firstOf(path, Integer.MAX_VALUE);
    }

    /** As {@link #of(Path)}, without the files behind those that have so many tensors. */
    public static CheckpointTensors firstOf(Path path, int most) throws IOException {
        var weights = new CheckpointTensors();
        boolean complete = false;
        try {
            for (Map.Entry<String, Path> file : FolderScan.of(path).files().entrySet()) {
                if (weights.count >= most) {
                    break;
                }
                FileByteSource source = FileByteSource.open(file.getValue());
                weights.open.add(source);
                Layout layout = Formats.layoutOf(file.getValue(), source);
                weights.add(file.getKey(), layout, layout.content(source));
            }
            complete = true;
            return weights;
        } finally {
            if (!complete) {
                weights.close();
            }
        }
    }

    /** One file that need not be on disk. */
    public static CheckpointTensors of(String name, ByteSource source) throws IOException {
        var weights = new CheckpointTensors();
        Layout layout = Formats.layoutOf(name, source);
        weights.add(name, layout, layout.content(source));
        return weights;
    }

    /** Files that need not be on disk, by name. */
    public static CheckpointTensors of(Map<String, ? extends ByteSource> files) throws IOException {
        var weights = new CheckpointTensors();
        for (Map.Entry<String, ? extends ByteSource> file : files.entrySet()) {
            weights.add(file.getKey(), Formats.layoutOf(file.getKey(), file.getValue()), file.getValue());
        }
        return weights;
    }

    /** A committed version. */
    public static CheckpointTensors of(Repository repository, VersionId version) throws IOException {
        return firstOf(repository, version, Integer.MAX_VALUE);
    }

    /** As {@link #of(Repository, VersionId)}, without the files behind those that have so many tensors. */
    public static CheckpointTensors firstOf(Repository repository, VersionId version, int most) throws IOException {
        var weights = new CheckpointTensors();
        var store = new ObjectReader.Store(repository::parameters);
        weights.open.add(store);
        for (FileEntry file : repository.lineage().checkpoint(version).files()) {
            if (weights.count >= most) {
                break;
            }
            if (file.stored() == FileEntry.Storage.PARAMETERS) {
                weights.add(file.path(), repository.lineage().manifest(version, file.path()), store);
            } else {
                var bytes = new MemoryByteSource(repository.lineage().verbatim(version, file.path()));
                weights.tensors.file(file.path(), bytes);
                weights.opaque(file.path(), bytes);
            }
        }
        return weights;
    }

    private void add(String file, Layout layout, ByteSource source) throws IOException {
        count += layout.tensors().size();
        tensors.file(file, source);
        if (layout.tensors().isEmpty()) {
            opaque(file, source);
        } else {
            formatsOf(file).add(layout.format());
        }
        Map<LogicalTensor, ObjectId> numbers = new HashMap<>();
        for (LogicalTensor tensor : layout.tensors()) {
            ObjectId number = numbers.computeIfAbsent(
                    tensor.named(""), place -> new ObjectId(String.format(Locale.ROOT, "%064x", numbered++)));
            tensors.add(file, tensor, number, source);
        }
    }

    private void add(String file, Manifest manifest, ObjectReader.Store store) throws IOException {
        count += manifest.tensors().size();
        ByteSource whole = ObjectReader.content(store, manifest);
        tensors.file(file, whole);
        if (manifest.tensors().isEmpty()) {
            opaque(file, whole);
        } else {
            formatsOf(file).add(manifest.format());
        }
        manifest.tensors().forEach(tensor -> tensors.add(file, tensor.seen(), tensor.object(), whole));
    }

    /** An optimizer's own file says nothing of how weights are kept. */
    private Set<String> formatsOf(String file) {
        return TrainingState.isFile(file) ? stateFormats : formats;
    }

    private void opaque(String file, ByteSource whole) throws IOException {
        if (!TrainingState.isFile(file)
                && FileKind.of(file.substring(file.lastIndexOf('/') + 1), whole).isModel()) {
            var number = new ObjectId(String.format(Locale.ROOT, "%064x", numbered++));
            TensorSpec spec = TensorSpec.opaque(file, whole.size());
            opaque.add(
                    new CheckpointTensor(file, spec, number, file, whole, Optional.empty(), false, Optional.empty()));
        }
    }

    /** Each model in a format that no reader understands, as one tensor of bytes. */
    public List<CheckpointTensor> opaque() {
        return List.copyOf(opaque);
    }

    /** All weights by name, integers with their scales where the checkpoint has them; no training state. */
    public List<CheckpointTensor> weights() throws IOException {
        return tensors.weights();
    }

    /** All weights by name, without the scales of integers, for whom no byte of them is to be read. */
    public List<CheckpointTensor> headers() {
        return tensors.headers();
    }

    /** Names of the formats that hold weights, e.g. {@code safetensors}; where there are none, those of training state. */
    public List<String> formats() {
        return List.copyOf(formats.isEmpty() ? stateFormats : formats);
    }

    @Override
    public void close() throws IOException {
        for (AutoCloseable resource : open) {
            try {
                resource.close();
            } catch (IOException | RuntimeException e) {
                throw e;
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
        }
    }
}
