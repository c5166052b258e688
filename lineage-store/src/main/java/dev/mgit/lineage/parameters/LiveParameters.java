package dev.mgit.lineage.parameters;

import dev.mgit.delta.BlockId;
import dev.mgit.delta.MgitException;
import dev.mgit.lineage.version.Manifest;
import dev.mgit.lineage.version.ObjectId;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The parameter store for a process that reads for long while others write: what a commit added is found by the next
 * read, and what a clean-up removed is let go of. Nothing is opened before the first read, unless it is {@linkplain #prepare
 * prepared}.
 *
 * <p>Safe for use by several threads. Blocks are decoded on a fixed number of threads for all readers together; memory
 * is bounded by one block for each open {@link FileStream}, two for each thread that are read ahead, those at work, and
 * a cache of decoded blocks.
 */
public final class LiveParameters implements AutoCloseable {
    private static final int AHEAD_PER_THREAD = 2;

    private final Supplier<Optional<? extends ParameterStore>> opening;
    private final Consumer<Map<ObjectId, Long>> needed;
    private final ExecutorService decoders;
    private final int mostAhead;
    private final Semaphore ahead;
    private @Nullable Snapshot current;
    private boolean closed;

    /**
     * @param opening opens the store for reading as it is then; empty if nothing was ever stored
     * @param threads blocks decoded at once
     */
    public LiveParameters(Supplier<Optional<? extends ParameterStore>> opening, int threads) {
        this(opening, threads, objects -> {});
    }

    /** @param needed told of the objects, with their lengths, that a read is about to need; brings those that are missing */
    public LiveParameters(
            Supplier<Optional<? extends ParameterStore>> opening, int threads, Consumer<Map<ObjectId, Long>> needed) {
        this.opening = opening;
        this.needed = needed;
        this.decoders = Executors.newFixedThreadPool(threads, LiveParameters::daemon);
        this.mostAhead = threads * AHEAD_PER_THREAD;
        this.ahead = new Semaphore(mostAhead);
    }

    private static Thread daemon(Runnable task) {
        var thread = new Thread(task, "mgit-decoder");
        thread.setDaemon(true);
        return thread;
    }

    /** Opens the store meanwhile, so that the first read does not wait for that. */
    public void prepare() {
        decoders.execute(() -> {
            try {
                giveBack(borrow());
            } catch (MgitException e) {
                // whoever reads meets it, too
            }
        });
    }

    /**
     * Reads a part of a stored file; only the blocks that hold it are decoded.
     *
     * @param where names the file in errors
     * @param from first byte, 0 or more
     * @param length bytes, {@code from + length} at most the size of the file
     */
    public FileStream open(Manifest manifest, String where, long from, long length) throws IOException {
        if (from < 0 || length < 0 || from > manifest.size() - length) {
            throw new IndexOutOfBoundsException(
                    "bytes " + from + "+" + length + " of a file of " + manifest.size() + " bytes");
        }
        return manifest.packing().isEmpty()
                ? content(manifest, where, from, length)
                : new PackedFileStream(
                        manifest, where, from, length, (begin, end) -> content(manifest, where, begin, end - begin));
    }

    private FileStream content(Manifest manifest, String where, long from, long length) {
        Map<ObjectId, Long> objects = new LinkedHashMap<>();
        for (Manifest.Entry entry : manifest.entries()) {
            if (entry.offset() < from + length && entry.offset() + entry.length() > from) {
                objects.put(entry.object(), entry.start() + entry.length());
            }
        }
        needed.accept(objects);
        return new ContentStream(this, manifest, where, from, length);
    }

    /** The store as it was at some time, open as long as somebody reads it. */
    static final class Snapshot {
        private final ParameterStore store;
        private final BlockReader reader;
        private int users;
        private boolean retired;

        private Snapshot(ParameterStore store) {
            this.store = store;
            this.reader = new BlockReader(store, true);
        }

        Optional<StoredObject> object(ObjectId id) {
            return store.object(id);
        }

        private void closeIfUnused() {
            if (retired && users == 0) {
                reader.close();
                store.close();
            }
        }
    }

    /** A snapshot to be given back. One that nobody reads any more is replaced if there is a newer. */
    synchronized Snapshot borrow() {
        Snapshot now = current;
        if (now == null || now.users == 0 && now.store.isOutdated()) {
            now = replace();
        }
        now.users++;
        return now;
    }

    /** Gives a snapshot back for one that was opened later; empty, and nothing given back, if there is none. */
    synchronized Optional<Snapshot> exchange(Snapshot older) {
        Snapshot now = current;
        if (now == older) {
            if (!older.store.isOutdated()) {
                return Optional.empty();
            }
            now = replace();
        }
        Snapshot newer = now == null ? replace() : now;
        newer.users++;
        giveBack(older);
        return Optional.of(newer);
    }

    private Snapshot replace() {
        if (closed) {
            throw MgitException.failed("the parameter store was closed");
        }
        Snapshot newest = new Snapshot(opening.get()
                .orElseThrow(() -> MgitException.integrity("the parameter store is missing, nothing was ever stored")));
        retire();
        current = newest;
        return newest;
    }

    private void retire() {
        Snapshot old = current;
        if (old != null) {
            old.retired = true;
            old.closeIfUnused();
            current = null;
        }
    }

    synchronized void giveBack(Snapshot snapshot) {
        snapshot.users--;
        snapshot.closeIfUnused();
    }

    /** Starts to decode a block. The snapshot is not to be given back before that is done. */
    Future<byte[]> decode(Snapshot snapshot, BlockId id) {
        return decoders.submit(() -> snapshot.reader.read(id));
    }

    /** Blocks that all readers together may have read ahead. */
    int mostAhead() {
        return mostAhead;
    }

    /** Whether one more block may be read ahead of who asks for it; if so, {@link #taken} is to be called. */
    boolean mayReadAhead() {
        return ahead.tryAcquire();
    }

    /** A block that was read ahead is in use or no longer wanted. */
    void taken() {
        ahead.release();
    }

    /** Streams that are still open can be read to their end as far as they were read ahead, and are to be closed. */
    @Override
    public synchronized void close() {
        closed = true;
        decoders.shutdown();
        retire();
    }
}
