package dev.mgit.lineage.parameters;

import dev.mgit.delta.BlockId;
import dev.mgit.delta.Dtype;
import dev.mgit.delta.Hashes;
import dev.mgit.delta.MgitException;
import dev.mgit.delta.TensorSpec;
import dev.mgit.delta.format.ByteSource;
import dev.mgit.delta.format.ContentDefinedChunks;
import dev.mgit.delta.format.Layout;
import dev.mgit.lineage.version.Manifest;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.LongConsumer;

/**
 * Takes whole files: cuts their ranges into blocks and hands these to a sink on several threads. Memory is bounded by block
 * size times threads.
 */
public final class FileWriter implements AutoCloseable {
    private static final int READ_BYTES = 1 << 20;

    private final BlockSink sink;
    private final ThreadPoolExecutor threads;
    private final ThreadLocal<byte[]> buffers = ThreadLocal.withInitial(() -> new byte[BlockGrid.TARGET]);

    /** @param threads blocks coded at once */
    public FileWriter(BlockSink sink, int threads) {
        this.sink = sink;
        // A full queue makes the submitting thread work too, which bounds what is waiting.
        this.threads = new ThreadPoolExecutor(
                threads,
                threads,
                0,
                TimeUnit.SECONDS,
                new ArrayBlockingQueue<>(threads * 4),
                new ThreadPoolExecutor.CallerRunsPolicy());
    }

    /**
     * Takes a file.
     *
     * @param predictions how each tensor may be predicted
     * @param progress told the bytes of each block done; called from several threads
     */
    public Manifest write(
            ByteSource source,
            Layout layout,
            Function<TensorSpec, TensorPredictions> predictions,
            LongConsumer progress)
            throws IOException {
        Future<String> sha256 = threads.submit(() -> sha256(source));
        List<Callable<Manifest.Entry>> finishing = new ArrayList<>();
        for (Layout.Range range : layout.ranges()) {
            List<Future<StoredObject.Block>> written = range.tensor().isPresent()
                    ? writeTensor(
                            source, range, predictions.apply(range.tensor().get()), progress)
                    : writeOpaque(source, range, progress);
            finishing.add(() -> finish(range, written));
        }
        List<Manifest.Entry> entries = new ArrayList<>();
        for (Callable<Manifest.Entry> range : finishing) {
            entries.add(call(range));
        }
        return new Manifest(layout.format(), source.size(), get(sha256), entries);
    }

    private List<Future<StoredObject.Block>> writeTensor(
            ByteSource source, Layout.Range range, TensorPredictions predictions, LongConsumer progress) {
        Dtype dtype = range.tensor().orElseThrow().dtype();
        BlockGrid grid = BlockGrid.of(range.tensor().get(), range.length());
        List<Future<StoredObject.Block>> written = new ArrayList<>(grid.blocks());
        for (int i = 0; i < grid.blocks(); i++) {
            long offset = grid.offset(i);
            int length = grid.length(i);
            written.add(threads.submit(() -> {
                byte[] raw = buffers.get();
                source.read(range.offset() + offset, raw, 0, length);
                BlockId id = sink.block(raw, length, dtype, predictions, offset);
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

    private Manifest.Entry finish(Layout.Range range, List<Future<StoredObject.Block>> written) throws IOException {
        List<StoredObject.Block> finished = new ArrayList<>(written.size());
        for (Future<StoredObject.Block> block : written) {
            finished.add(get(block));
        }
        StoredObject object = StoredObject.of(finished);
        sink.object(object);
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

    private static <T> T call(Callable<T> task) throws IOException {
        try {
            return task.call();
        } catch (IOException | RuntimeException e) {
            throw e;
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    private static <T> T get(Future<T> future) throws IOException {
        try {
            return future.get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw MgitException.failed("interrupted");
        } catch (ExecutionException e) {
            if (e.getCause() instanceof IOException io) {
                throw io;
            }
            if (e.getCause() instanceof UncheckedIOException io) {
                throw io.getCause();
            }
            if (e.getCause() instanceof MgitException known) {
                throw known;
            }
            throw new IllegalStateException("storing a block failed", e.getCause());
        }
    }

    @Override
    public void close() {
        threads.shutdownNow();
        try {
            threads.awaitTermination(1, TimeUnit.MINUTES);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
