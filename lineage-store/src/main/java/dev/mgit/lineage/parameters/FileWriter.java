package dev.mgit.lineage.parameters;

import dev.mgit.delta.BlockId;
import dev.mgit.delta.Hashes;
import dev.mgit.delta.TaskPool;
import dev.mgit.delta.TensorSpec;
import dev.mgit.delta.layout.ByteSource;
import dev.mgit.delta.layout.Layout;
import dev.mgit.lineage.version.Manifest;
import dev.mgit.lineage.version.ObjectId;
import java.io.IOException;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Future;
import java.util.function.Function;
import java.util.function.LongConsumer;

/**
 * Takes whole files: reads each once, from its first byte to its last, cuts its ranges into blocks and hands these to a
 * sink on several threads. Memory is bounded by block size times threads.
 */
public final class FileWriter implements AutoCloseable {
    private final BlockSink sink;
    private final TaskPool threads;
    private final Queue<byte[]> buffers = new ConcurrentLinkedQueue<>();

    /** @param threads blocks handled at once */
    public FileWriter(BlockSink sink, int threads) {
        this.sink = sink;
        this.threads = new TaskPool(threads);
    }

    /**
     * Takes a file. What is no tensor's becomes one object, however many ranges it is in: most are short, and they
     * resemble each other. Of a packed file the content is stored.
     *
     * @param predictions how each tensor may be predicted
     * @param opaque how everything else may be
     * @param progress told the bytes of each block done; called from several threads
     */
    public Manifest write(
            ByteSource file,
            Layout layout,
            Function<Layout.Range, TensorPredictions> predictions,
            OpaquePredictions opaque,
            LongConsumer progress)
            throws IOException {
        MessageDigest sha256 = Hashes.sha256();
        ByteSource source = layout.content(file);
        List<Future<List<StoredObject.Block>>> rest = new ArrayList<>();
        var stream = new OpaqueStream(run -> {
            // Runs are long and coded one at a time anyway.
            if (!rest.isEmpty()) {
                TaskPool.get(rest.get(rest.size() - 1));
            }
            rest.add(threads.submit(() -> write(run, opaque, progress)));
        });
        List<Written> written = new ArrayList<>();
        for (Layout.Range range : layout.ranges()) {
            if (range.tensor().isPresent()) {
                written.add(
                        new Written(range, 0, writeTensor(source, range, sha256, predictions.apply(range), progress)));
            } else {
                written.add(new Written(range, stream.total(), rest));
                stream.add(source, range.offset(), range.length(), sha256);
            }
        }
        stream.finish();
        byte[] hash = layout.packing().isEmpty() ? sha256.digest() : hash(file);
        String digest = HexFormat.of().formatHex(hash);
        List<Manifest.Entry> entries = entries(written, rest);
        return new Manifest(
                layout.format(),
                file.size(),
                digest,
                entries,
                TensorObjects.of(layout.tensors(), entries, source, digest),
                layout.packing());
    }

    private static byte[] hash(ByteSource file) throws IOException {
        MessageDigest digest = Hashes.sha256();
        byte[] buffer = new byte[BlockGrid.TARGET];
        for (long at = 0; at < file.size(); at += buffer.length) {
            int length = (int) Math.min(buffer.length, file.size() - at);
            file.read(at, buffer, 0, length);
            digest.update(buffer, 0, length);
        }
        return digest.digest();
    }

    /** A range of a file, and where in the object that its blocks make it starts. */
    private record Written(Layout.Range range, long start, List<Future<List<StoredObject.Block>>> blocks) {}

    private List<Manifest.Entry> entries(List<Written> written, List<Future<List<StoredObject.Block>>> rest)
            throws IOException {
        ObjectId opaque = rest.isEmpty() ? null : finish(rest);
        List<Manifest.Entry> entries = new ArrayList<>(written.size());
        for (Written w : written) {
            ObjectId object = w.blocks() == rest && opaque != null ? opaque : finish(w.blocks());
            entries.add(new Manifest.Entry(
                    w.range().offset(), w.range().length(), w.range().tensor(), object, w.start()));
        }
        return entries;
    }

    private List<StoredObject.Block> write(OpaqueStream.Run run, OpaquePredictions predictions, LongConsumer progress) {
        List<BlockId> ids = sink.chunks(run.bytes(), run.lengths(), predictions);
        List<StoredObject.Block> blocks = new ArrayList<>(ids.size());
        for (int i = 0; i < ids.size(); i++) {
            blocks.add(new StoredObject.Block(ids.get(i), run.lengths().get(i)));
        }
        progress.accept(run.lengths().stream().mapToInt(Integer::intValue).sum());
        return blocks;
    }

    private List<Future<List<StoredObject.Block>>> writeTensor(
            ByteSource source,
            Layout.Range range,
            MessageDigest sha256,
            TensorPredictions predictions,
            LongConsumer progress)
            throws IOException {
        TensorSpec tensor = range.tensor().orElseThrow();
        BlockGrid grid = BlockGrid.of(tensor, range.length());
        List<Future<List<StoredObject.Block>>> written = new ArrayList<>(grid.blocks());
        for (int i = 0; i < grid.blocks(); i++) {
            long offset = grid.offset(i);
            int length = grid.length(i);
            byte[] raw = buffer();
            source.read(range.offset() + offset, raw, 0, length);
            sha256.update(raw, 0, length);
            written.add(threads.submit(() -> {
                BlockId id = sink.block(raw, length, tensor.dtype(), predictions, offset);
                buffers.add(raw);
                progress.accept(length);
                return List.of(new StoredObject.Block(id, length));
            }));
        }
        return written;
    }

    /** One that is not in use; there are never more than blocks waiting and at work. */
    private byte[] buffer() {
        byte[] buffer = buffers.poll();
        return buffer == null ? new byte[BlockGrid.TARGET] : buffer;
    }

    private ObjectId finish(List<Future<List<StoredObject.Block>>> written) throws IOException {
        List<StoredObject.Block> blocks = new ArrayList<>(written.size());
        for (Future<List<StoredObject.Block>> some : written) {
            blocks.addAll(TaskPool.get(some));
        }
        StoredObject object = StoredObject.of(blocks);
        sink.object(object);
        return object.id();
    }

    @Override
    public void close() {
        threads.close();
    }
}
