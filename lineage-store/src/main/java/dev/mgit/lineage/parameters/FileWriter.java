package dev.mgit.lineage.parameters;

import dev.mgit.delta.BlockId;
import dev.mgit.delta.Dtype;
import dev.mgit.delta.Hashes;
import dev.mgit.delta.TensorSpec;
import dev.mgit.delta.format.ByteSource;
import dev.mgit.delta.format.ContentDefinedChunks;
import dev.mgit.delta.format.Layout;
import dev.mgit.lineage.version.Manifest;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.Future;
import java.util.function.Function;
import java.util.function.LongConsumer;

/**
 * Takes whole files: cuts their ranges into blocks and hands these to a sink on several threads. Memory is bounded by
 * block size times threads.
 */
public final class FileWriter implements AutoCloseable {
    private static final int READ_BYTES = 1 << 20;

    private final BlockSink sink;
    private final Threads threads;
    private final ThreadLocal<byte[]> buffers = ThreadLocal.withInitial(() -> new byte[BlockGrid.TARGET]);

    /** @param threads blocks handled at once */
    public FileWriter(BlockSink sink, int threads) {
        this.sink = sink;
        this.threads = new Threads(threads);
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
        Future<String> sha256 = threads.submit(() -> sha256(source));
        List<Written> written = new ArrayList<>();
        for (Layout.Range range : layout.ranges()) {
            written.add(new Written(
                    range,
                    range.tensor().isPresent()
                            ? writeTensor(source, range, predictions.apply(range), progress)
                            : writeOpaque(source, range, progress)));
        }
        List<Manifest.Entry> entries = new ArrayList<>();
        for (Written range : written) {
            entries.add(finish(range));
        }
        return new Manifest(layout.format(), source.size(), Threads.get(sha256), entries);
    }

    private List<Future<StoredObject.Block>> writeTensor(
            ByteSource source, Layout.Range range, TensorPredictions predictions, LongConsumer progress) {
        TensorSpec tensor = range.tensor().orElseThrow();
        BlockGrid grid = BlockGrid.of(tensor, range.length());
        List<Future<StoredObject.Block>> written = new ArrayList<>(grid.blocks());
        for (int i = 0; i < grid.blocks(); i++) {
            long offset = grid.offset(i);
            int length = grid.length(i);
            written.add(threads.submit(() -> {
                byte[] raw = buffers.get();
                source.read(range.offset() + offset, raw, 0, length);
                BlockId id = sink.block(raw, length, tensor.dtype(), predictions, offset);
                progress.accept(length);
                return new StoredObject.Block(id, length);
            }));
        }
        return written;
    }

    private List<Future<StoredObject.Block>> writeOpaque(ByteSource source, Layout.Range range, LongConsumer progress)
            throws IOException {
        List<Future<StoredObject.Block>> written = new ArrayList<>();
        ContentDefinedChunks.split(source, range.offset(), range.length(), (position, buffer, offset, length) -> {
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
        List<StoredObject.Block> blocks = new ArrayList<>(written.blocks().size());
        for (Future<StoredObject.Block> block : written.blocks()) {
            blocks.add(Threads.get(block));
        }
        StoredObject object = StoredObject.of(blocks);
        sink.object(object);
        Layout.Range range = written.range();
        return new Manifest.Entry(range.offset(), range.length(), range.tensor(), object.id());
    }

    private static String sha256(ByteSource source) throws IOException {
        var digest = Hashes.sha256();
        byte[] buffer = new byte[READ_BYTES];
        long size = source.size();
        for (long at = 0; at < size; at += buffer.length) {
            int length = (int) Math.min(buffer.length, size - at);
            source.read(at, buffer, 0, length);
            digest.update(buffer, 0, length);
        }
        return HexFormat.of().formatHex(digest.digest());
    }

    @Override
    public void close() {
        threads.close();
    }
}
