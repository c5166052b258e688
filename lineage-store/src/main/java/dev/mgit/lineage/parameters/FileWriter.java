package dev.mgit.lineage.parameters;

import dev.mgit.delta.BlockId;
import dev.mgit.delta.Dtype;
import dev.mgit.delta.Hashes;
import dev.mgit.delta.TaskPool;
import dev.mgit.delta.TensorSpec;
import dev.mgit.delta.format.ByteSource;
import dev.mgit.delta.format.ContentDefinedChunks;
import dev.mgit.delta.format.Layout;
import dev.mgit.lineage.version.Manifest;
import java.io.IOException;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
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

    private record Written(Layout.Range range, List<Future<StoredObject.Block>> blocks) {}

    /**
     * Takes a file.
     *
     * @param predictions how each tensor may be predicted
     * @param progress told the bytes of each block done; called from several threads
     */
    public Manifest write(
            ByteSource source,
            Layout layout,
            Function<Layout.Range, TensorPredictions> predictions,
            LongConsumer progress)
            throws IOException {
        MessageDigest sha256 = Hashes.sha256();
        List<Written> written = new ArrayList<>();
        for (Layout.Range range : layout.ranges()) {
            written.add(new Written(
                    range,
                    range.tensor().isPresent()
                            ? writeTensor(source, range, sha256, predictions.apply(range), progress)
                            : writeOpaque(source, range, sha256, progress)));
        }
        List<Manifest.Entry> entries = new ArrayList<>();
        for (Written range : written) {
            entries.add(finish(range));
        }
        return new Manifest(layout.format(), source.size(), HexFormat.of().formatHex(sha256.digest()), entries);
    }

    private List<Future<StoredObject.Block>> writeTensor(
            ByteSource source,
            Layout.Range range,
            MessageDigest sha256,
            TensorPredictions predictions,
            LongConsumer progress)
            throws IOException {
        TensorSpec tensor = range.tensor().orElseThrow();
        BlockGrid grid = BlockGrid.of(tensor, range.length());
        List<Future<StoredObject.Block>> written = new ArrayList<>(grid.blocks());
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
                return new StoredObject.Block(id, length);
            }));
        }
        return written;
    }

    /** One that is not in use; there are never more than blocks waiting and at work. */
    private byte[] buffer() {
        byte[] buffer = buffers.poll();
        return buffer == null ? new byte[BlockGrid.TARGET] : buffer;
    }

    private List<Future<StoredObject.Block>> writeOpaque(
            ByteSource source, Layout.Range range, MessageDigest sha256, LongConsumer progress) throws IOException {
        List<Future<StoredObject.Block>> written = new ArrayList<>();
        ContentDefinedChunks.split(source, range.offset(), range.length(), (position, buffer, offset, length) -> {
            sha256.update(buffer, offset, length);
            byte[] chunk = Arrays.copyOfRange(buffer, offset, offset + length);
            written.add(threads.submit(() -> {
                BlockId id = sink.block(chunk, length, Dtype.OPAQUE, TensorPredictions.none(), 0);
                progress.accept(length);
                return new StoredObject.Block(id, length);
            }));
        });
        return written;
    }

    private Manifest.Entry finish(Written written) throws IOException {
        StoredObject object = StoredObject.of(TaskPool.getAll(written.blocks()));
        sink.object(object);
        Layout.Range range = written.range();
        return new Manifest.Entry(range.offset(), range.length(), range.tensor(), object.id());
    }

    @Override
    public void close() {
        threads.close();
    }
}
