package dev.mgit.lineage.sparse;

import dev.mgit.delta.MgitException;
import dev.mgit.delta.format.Formats;
import dev.mgit.delta.layout.ByteSource;
import dev.mgit.delta.layout.FileByteSource;
import dev.mgit.lineage.checkpoint.CopyProgress;
import dev.mgit.lineage.checkpoint.VersionFiles;
import dev.mgit.lineage.repository.Repository;
import dev.mgit.lineage.sparse.SparsePatch.Update;
import dev.mgit.lineage.sparse.WeightSet.Weight;
import dev.mgit.lineage.version.VersionId;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/** Applies a sparse update to a version: its files as they are, but for the elements that change. */
public final class SparseApply {
    private static final int CHUNK = 1 << 20;

    private final Repository repository;
    private final CopyProgress progress;

    public SparseApply(Repository repository, CopyProgress progress) {
        this.repository = repository;
        this.progress = progress;
    }

    /**
     * Writes the result's files. Memory is bounded by a few blocks.
     *
     * @param folder of mgit's own, empty; to be thrown away if this fails
     * @throws MgitException of kind FAILED if the update is for other weights or is not well-formed, INTEGRITY if what
     *     comes of it is not what it promises
     */
    public void apply(SparsePatch patch, VersionId parent, Path folder) throws IOException {
        WeightSet weights = WeightSet.of(repository.lineage(), parent);
        for (Update update : patch.updates()) {
            requireFits(update, weights, parent);
        }
        new VersionFiles(repository, progress).writeTo(folder, parent);
        try (var files = new OpenFiles(folder)) {
            requireParent(patch, weights, parent, files);
            for (Update update : patch.updates()) {
                Weight weight = weights.byName().get(update.tensor());
                apply(update, Objects.requireNonNull(weight), files);
            }
            Optional<String> promised = patch.said(PatchMetadata.RESULT_SHA256);
            if (promised.isPresent() && !weights.digest(files::open).equals(promised.get())) {
                throw new MgitException(
                        MgitException.Kind.INTEGRITY,
                        "the update does not make the weights it promises (SHA-256 " + promised.get() + ")",
                        "it was damaged on the way; fetch it again");
            }
            files.sync();
        }
    }

    private static void requireFits(Update update, WeightSet weights, VersionId parent) {
        Weight weight = weights.byName().get(update.tensor());
        if (weight == null) {
            throw SparsePatch.refused(
                    parent.abbreviated() + " has no tensor '" + update.tensor() + "'", "name its parent with --from");
        }
        if (weight.seen().spec().dtype() != update.dtype() || update.dtype().blockElements() != 1) {
            throw SparsePatch.refused(
                    "its values for '" + update.tensor() + "' are " + update.dtype() + ", the tensor is "
                            + weight.seen().spec().dtype(),
                    "name its parent with --from");
        }
        if (!weight.seen().canBeWritten() || Formats.checksumsTensors(weight.format())) {
            throw SparsePatch.refused(
                    "'" + update.tensor() + "' is in a " + weight.format() + " file, whose elements cannot be replaced",
                    "convert the parent to safetensors first");
        }
    }

    /** A version of the same weights is as good as the one the update names. */
    private static void requireParent(SparsePatch patch, WeightSet weights, VersionId parent, OpenFiles files)
            throws IOException {
        Optional<String> named = patch.said(PatchMetadata.PARENT);
        Optional<String> digest = patch.said(PatchMetadata.PARENT_SHA256);
        boolean right = digest.isPresent()
                ? weights.digest(files::open).equals(digest.get())
                : named.isEmpty() || named.get().equals(parent.hex());
        if (!right) {
            throw SparsePatch.refused(
                    "it is for " + named.orElse("other weights") + ", and those of " + parent.abbreviated() + " differ",
                    "name its parent with --from");
        }
    }

    /** Stretch by stretch: what is between the elements is read and written back with them. */
    private static void apply(Update update, Weight weight, OpenFiles files) throws IOException {
        int size = update.dtype().bytes();
        int stretch = CHUNK / size * size;
        long length = weight.seen().spec().byteLength();
        ByteSource data = files.open(weight);
        byte[] bytes = new byte[(int) Math.min(stretch, length)];
        byte[] values = new byte[bytes.length];
        var indices = new IndexReader(update, weight.seen().spec().elements());
        long done = 0;
        long index = indices.hasNext() ? indices.next() : -1;
        while (index >= 0) {
            long start = index * size / stretch * stretch;
            int count = (int) Math.min(stretch, length - start);
            data.read(start, bytes, 0, count);
            // No more elements than fit the stretch: indices rise.
            int most = (int) Math.min(count, (update.count() - done) * size);
            update.values().read(done * size, values, 0, most);
            int used = 0;
            while (index >= 0 && index * size < start + count) {
                System.arraycopy(values, used, bytes, (int) (index * size - start), size);
                used += size;
                index = indices.hasNext() ? indices.next() : -1;
            }
            done += used / size;
            files.write(weight, start, bytes, count);
        }
    }

    /** The files being written, each opened once. */
    private static final class OpenFiles implements AutoCloseable {
        private final Path folder;
        private final Map<String, FileChannel> channels = new HashMap<>();

        OpenFiles(Path folder) {
            this.folder = folder;
        }

        private FileChannel channel(String path) throws IOException {
            FileChannel open = channels.get(path);
            if (open == null) {
                open = FileChannel.open(folder.resolve(path), StandardOpenOption.READ, StandardOpenOption.WRITE);
                channels.put(path, open);
            }
            return open;
        }

        ByteSource open(Weight weight) throws IOException {
            return weight.seen().open(FileByteSource.of(channel(weight.file())));
        }

        void write(Weight weight, long position, byte[] bytes, int length) throws IOException {
            FileChannel channel = channel(weight.file());
            weight.seen().write(position, bytes, length, FileByteSource.of(channel), (at, changed) -> {
                ByteBuffer buffer = ByteBuffer.wrap(changed);
                while (buffer.hasRemaining()) {
                    channel.write(buffer, at + buffer.position());
                }
            });
        }

        void sync() throws IOException {
            for (FileChannel channel : channels.values()) {
                channel.force(false);
            }
        }

        @Override
        public void close() throws IOException {
            for (FileChannel channel : channels.values()) {
                channel.close();
            }
        }
    }
}
