package dev.mgit.lineage.merge;

import dev.mgit.delta.Hashes;
import dev.mgit.delta.format.Formats;
import dev.mgit.delta.format.TrainingState;
import dev.mgit.delta.layout.ByteSource;
import dev.mgit.delta.layout.FileByteSource;
import dev.mgit.delta.layout.Layout;
import dev.mgit.delta.layout.MemoryByteSource;
import dev.mgit.delta.layout.Packing;
import dev.mgit.lineage.checkpoint.FolderScan;
import dev.mgit.lineage.parameters.BlockSink;
import dev.mgit.lineage.parameters.FileWriter;
import dev.mgit.lineage.parameters.ObjectReader;
import dev.mgit.lineage.parameters.OpaquePredictions;
import dev.mgit.lineage.parameters.TensorPredictions;
import dev.mgit.lineage.repository.FileStat;
import dev.mgit.lineage.tensorindex.TensorLocation;
import dev.mgit.lineage.version.Checkpoint;
import dev.mgit.lineage.version.FileEntry;
import dev.mgit.lineage.version.Lineage;
import dev.mgit.lineage.version.Manifest;
import dev.mgit.lineage.version.VersionId;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** One of the three inputs of a merge, ready to be read: a stored version, a folder, or nothing at all. */
final class MergeInput implements AutoCloseable {
    /** Opens a file's bytes for one reader. */
    private interface Opening {
        ByteSource open() throws IOException;
    }

    /**
     * One file.
     *
     * @param manifest what it is made of; empty for a file that holds no tensors
     * @param packing how it is made of its content
     * @param digest SHA-256 of its bytes
     */
    record InputFile(
            boolean executable,
            long size,
            String digest,
            Optional<Manifest> manifest,
            Packing packing,
            Opening content) {
        /** Its content. */
        ByteSource open() throws IOException {
            return content.open();
        }

        /** Its bytes, in order. */
        InputStream file() throws IOException {
            return ObjectReader.file(open(), packing, 0);
        }
    }

    private final List<String> folders = new ArrayList<>();
    private final Map<String, InputFile> files = new TreeMap<>();
    private final Map<TensorLocation, Opening> tensors = new HashMap<>();
    private final List<TensorLocation> order = new ArrayList<>();
    private final List<FileByteSource> open = new ArrayList<>();

    private MergeInput() {}

    /** The common ancestor of what has none. */
    static MergeInput none() {
        return new MergeInput();
    }

    static MergeInput stored(Lineage lineage, ObjectReader.Store store, VersionId version) {
        MergeInput input = new MergeInput();
        Checkpoint checkpoint = lineage.checkpoint(version);
        input.folders.addAll(checkpoint.folders());
        for (FileEntry file : checkpoint.files()) {
            if (file.stored() == FileEntry.Storage.VERBATIM) {
                byte[] bytes = lineage.verbatim(version, file.path());
                input.plain(
                        file.path(), file.executable(), bytes.length, digest(bytes), () -> new MemoryByteSource(bytes));
            } else {
                Manifest manifest = lineage.manifest(version, file.path());
                input.large(file.path(), file.executable(), manifest, () -> ObjectReader.content(store, manifest));
                for (Manifest.Tensor tensor : manifest.tensors()) {
                    input.tensor(file.path(), tensor, () -> ObjectReader.tensor(store, manifest, tensor.seen()));
                }
            }
        }
        return input;
    }

    /** @throws dev.mgit.delta.layout.FormatException if a file is not what its name promises */
    static MergeInput folder(Path folder, int threads) throws IOException {
        MergeInput input = new MergeInput();
        boolean complete = false;
        try {
            FolderScan scan = FolderScan.of(folder);
            input.folders.addAll(scan.folders());
            for (Map.Entry<String, Path> file : scan.files().entrySet()) {
                input.onDisk(file.getKey(), file.getValue(), threads);
            }
            complete = true;
            return input;
        } finally {
            if (!complete) {
                input.close();
            }
        }
    }

    private void onDisk(String path, Path file, int threads) throws IOException {
        FileByteSource source = FileByteSource.open(file);
        open.add(source);
        Layout layout = Formats.layoutOf(file, source);
        ByteSource content = layout.content(source);
        try (var writer = new FileWriter(BlockSink.hashing(), threads)) {
            Manifest manifest = writer.write(
                    source, layout, tensor -> TensorPredictions.none(), OpaquePredictions.none(), done -> {});
            large(path, FileStat.isExecutable(file), manifest, () -> content);
            for (Manifest.Tensor tensor : manifest.tensors()) {
                tensor(path, tensor, () -> tensor.seen().open(content));
            }
        }
    }

    private void plain(String path, boolean executable, long size, String digest, Opening bytes) {
        files.put(path, new InputFile(executable, size, digest, Optional.empty(), Packing.NONE, bytes));
    }

    private void large(String path, boolean executable, Manifest manifest, Opening bytes) {
        boolean weights = isMergedByTensor(path) && !manifest.tensors().isEmpty();
        Optional<Manifest> known = weights ? Optional.of(manifest) : Optional.empty();
        files.put(
                path, new InputFile(executable, manifest.size(), manifest.sha256(), known, manifest.packing(), bytes));
    }

    /** Moments of an optimizer belong to its own steps: files of training state are whole. */
    private static boolean isMergedByTensor(String path) {
        return !TrainingState.isFile(path);
    }

    private void tensor(String path, Manifest.Tensor found, Opening bytes) {
        if (!isMergedByTensor(path)) {
            return;
        }
        TensorLocation tensor = new TensorLocation(path, found.seen(), found.object());
        order.add(tensor);
        tensors.put(tensor, bytes);
    }

    private static String digest(byte[] bytes) {
        return HexFormat.of().formatHex(Hashes.sha256().digest(bytes));
    }

    /** What planning needs to know of it. */
    MergeSide side() {
        Map<String, String> others = new TreeMap<>();
        files.forEach((path, file) -> {
            if (file.manifest().isEmpty()) {
                others.put(path, file.digest());
            }
        });
        return new MergeSide(order, others);
    }

    /** Paths of the folders that hold nothing. */
    List<String> folders() {
        return folders;
    }

    InputFile file(String path) {
        InputFile file = files.get(path);
        if (file == null) {
            throw new IllegalStateException("the plan names a missing file: " + path);
        }
        return file;
    }

    /** The data of one of its tensors, for one reader. */
    ByteSource open(TensorLocation tensor) throws IOException {
        Opening bytes = tensors.get(tensor);
        if (bytes == null) {
            throw new IllegalStateException("the plan names a missing tensor: " + tensor.name());
        }
        return bytes.open();
    }

    @Override
    public void close() throws IOException {
        for (FileByteSource source : open) {
            source.close();
        }
    }
}
