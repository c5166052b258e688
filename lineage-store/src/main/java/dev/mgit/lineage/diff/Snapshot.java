package dev.mgit.lineage.diff;

import dev.mgit.delta.format.FileKind;
import dev.mgit.delta.format.Formats;
import dev.mgit.delta.layout.ByteSource;
import dev.mgit.delta.layout.FileByteSource;
import dev.mgit.delta.layout.FormatException;
import dev.mgit.delta.layout.Layout;
import dev.mgit.delta.layout.MemoryByteSource;
import dev.mgit.lineage.checkpoint.CopyProgress;
import dev.mgit.lineage.checkpoint.Findings;
import dev.mgit.lineage.checkpoint.FolderScan;
import dev.mgit.lineage.parameters.BlockSink;
import dev.mgit.lineage.parameters.FileWriter;
import dev.mgit.lineage.parameters.ObjectReader;
import dev.mgit.lineage.parameters.OpaquePredictions;
import dev.mgit.lineage.parameters.TensorPredictions;
import dev.mgit.lineage.repository.FileStat;
import dev.mgit.lineage.repository.Repository;
import dev.mgit.lineage.tensors.CheckpointTensor;
import dev.mgit.lineage.tensors.TensorSet;
import dev.mgit.lineage.version.Checkpoint;
import dev.mgit.lineage.version.FileEntry;
import dev.mgit.lineage.version.Manifest;
import dev.mgit.lineage.version.VersionId;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.function.Supplier;

/** The files of one side of a comparison, and its tensors. Tensors of all shards and weight files are one set. */
final class Snapshot implements AutoCloseable {
    /** As in a commit: smaller files without tensors are looked into, larger ones only compared whole. */
    private static final long LARGE = 1 << 20;

    /**
     * One file.
     *
     * @param identity equal where contents are equal: SHA-256 of large files, the bytes themselves of small ones
     * @param weights whether tensors were found in it
     * @param executable empty where a file system does not say
     */
    record Contents(
            String path,
            long size,
            Object identity,
            Supplier<ByteSource> content,
            boolean small,
            boolean weights,
            Optional<Boolean> executable) {
        /** All of it. */
        byte[] bytes() throws IOException {
            byte[] bytes = new byte[Math.toIntExact(size)];
            content.get().read(0, bytes, 0, bytes.length);
            return bytes;
        }
    }

    final Map<String, Contents> files = new TreeMap<>();
    /** Files of models in which nobody here finds the tensors. */
    private final Set<String> unread = new HashSet<>();

    /** Files of training state that were dropped, so that nobody can compare them. */
    final Set<String> dropped = new TreeSet<>();

    private final TensorSet tensors = new TensorSet();
    private final List<FileByteSource> open = new ArrayList<>();

    /** A file's bytes, compared by value. */
    private record Bytes(ByteBuffer buffer) {}

    private final boolean withTensors;

    private Snapshot(boolean withTensors) {
        this.withTensors = withTensors;
    }

    /** @param withTensors whether more is to be known of the files than which of them differ */
    static Snapshot of(
            Repository repository,
            ObjectReader.Store store,
            VersionId version,
            Predicate<String> wanted,
            boolean withTensors)
            throws IOException {
        var snapshot = new Snapshot(withTensors);
        Checkpoint checkpoint = repository.lineage().checkpoint(version);
        Findings.of(repository.lineage(), version).opaque().keySet().stream()
                .filter(wanted)
                .forEach(snapshot.unread::add);
        checkpoint.dropped().stream()
                .map(dropped -> dropped.file().path())
                .filter(wanted)
                .forEach(snapshot.dropped::add);
        for (FileEntry file : checkpoint.files()) {
            if (!wanted.test(file.path())) {
                continue;
            }
            if (file.stored() == FileEntry.Storage.VERBATIM) {
                snapshot.small(
                        file.path(),
                        repository.lineage().verbatim(version, file.path()),
                        Optional.of(file.executable()));
            } else {
                Manifest manifest = repository.lineage().manifest(version, file.path());
                snapshot.large(
                        file.path(),
                        manifest,
                        () -> content(repository, store, version, file.path()),
                        Optional.of(file.executable()));
            }
        }
        return snapshot;
    }

    /** Holds no manifest until it is asked for. */
    private static ByteSource content(Repository repository, ObjectReader.Store store, VersionId version, String path) {
        return ObjectReader.content(store, repository.lineage().manifest(version, path));
    }

    /** @throws FormatException if a file's name promises a format and its contents break it */
    static Snapshot of(Path path, int threads, CopyProgress progress, Predicate<String> wanted, boolean withTensors)
            throws IOException {
        var snapshot = new Snapshot(withTensors);
        boolean complete = false;
        try {
            for (Map.Entry<String, Path> file : FolderScan.of(path).files().entrySet()) {
                if (wanted.test(file.getKey())) {
                    snapshot.onDisk(file.getKey(), file.getValue(), threads, progress);
                }
            }
            complete = true;
            return snapshot;
        } finally {
            if (!complete) {
                snapshot.close();
            }
        }
    }

    private void onDisk(String path, Path file, int threads, CopyProgress progress) throws IOException {
        FileByteSource source = FileByteSource.open(file);
        open.add(source);
        Formats.FileLayout reading = Formats.read(file, source);
        Layout layout = reading.layout();
        Optional<Boolean> executable = FileStat.keepsExecutable(file)
                ? Optional.of(FileStat.following(file).executable())
                : Optional.empty();
        if (reading.isOpaque()
                && (reading.limit().isPresent()
                        || FileKind.of(String.valueOf(file.getFileName()), source)
                                .isModel())) {
            unread.add(path);
        }
        if (layout.format().equals(Formats.OPAQUE) && source.size() < LARGE) {
            small(path, Files.readAllBytes(file), executable);
            return;
        }
        ByteSource content = layout.content(source);
        progress.start("reading " + path, layout.size());
        try (var writer = new FileWriter(BlockSink.hashing(), threads)) {
            Manifest manifest = writer.write(
                    source, layout, tensor -> TensorPredictions.none(), OpaquePredictions.none(), progress::advance);
            large(path, manifest, () -> content, executable);
        } finally {
            progress.done();
        }
    }

    private void small(String path, byte[] bytes, Optional<Boolean> executable) throws IOException {
        ByteSource source = new MemoryByteSource(bytes);
        tensors.file(path, source);
        files.put(
                path,
                new Contents(
                        path, bytes.length, new Bytes(ByteBuffer.wrap(bytes)), () -> source, true, false, executable));
    }

    private void large(String path, Manifest manifest, Supplier<ByteSource> content, Optional<Boolean> executable)
            throws IOException {
        if (withTensors) {
            ByteSource whole = content.get(); // one for all of the file's tensors
            tensors.file(path, whole);
            manifest.tensors().forEach(tensor -> tensors.add(path, tensor.seen(), tensor.object(), whole));
        }
        boolean any = !manifest.tensors().isEmpty();
        files.put(path, new Contents(path, manifest.size(), manifest.sha256(), content, false, any, executable));
    }

    /** Whether each folder is a component of its own, as {@code model_index.json} of Diffusers says. */
    boolean isPipeline() {
        return tensors.isPipeline();
    }

    /**
     * Whether a tensor that another checkpoint has in some file may be here, in a file of which nobody knows the tensors:
     * one of the same path, or one that took its place.
     */
    boolean mayHide(String file, Snapshot other) {
        return unread.contains(file)
                || (!files.containsKey(file) && unread.stream().anyMatch(path -> !other.files.containsKey(path)));
    }

    /** All weights by name. */
    List<CheckpointTensor> weights() throws IOException {
        return tensors.weights();
    }

    /** What a trainer keeps beside them. */
    List<CheckpointTensor> trainingState() {
        return tensors.trainingState();
    }

    @Override
    public void close() throws IOException {
        for (FileByteSource source : open) {
            source.close();
        }
    }
}
