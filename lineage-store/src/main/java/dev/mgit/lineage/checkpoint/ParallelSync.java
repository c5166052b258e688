package dev.mgit.lineage.checkpoint;

import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Syncs files while others are written. Of small ones many at a time: a file system writes its journal once for all that
 * wait, so that thousands of files take a few of the waits that they would take one after another. Large ones one after the
 * other, and as they grow: else the disk has nothing to do until the last byte is there, and then everything waits for it.
 */
final class ParallelSync implements AutoCloseable {
    private static final int THREADS = 16;
    /** So many files are open at a time. */
    private static final int MOST_WAITING = 4 * THREADS;

    /** Bytes written to a large file before they are sent to the disk. */
    private static final long PIECE = 64L << 20;

    private final ExecutorService threads;
    private final Deque<Future<?>> waiting = new ArrayDeque<>();
    private final AtomicLong written = new AtomicLong();
    private final AtomicBoolean sending = new AtomicBoolean();
    /** The system says once only what it could not write. */
    private final AtomicReference<@Nullable IOException> failure = new AtomicReference<>();

    private ParallelSync(int threads) {
        this.threads = Executors.newFixedThreadPool(threads);
    }

    static ParallelSync ofSmallFiles() {
        return new ParallelSync(THREADS);
    }

    /** Of one file after the other, so that none is closed that is being sent to the disk. */
    static ParallelSync ofLargeFiles() {
        return new ParallelSync(1);
    }

    /** Tells that a large file grew; for any thread. */
    void wrote(FileChannel file, long bytes) {
        if (written.addAndGet(bytes) >= PIECE && sending.compareAndSet(false, true)) {
            written.set(0);
            threads.execute(() -> send(file));
        }
    }

    private void send(FileChannel file) {
        try {
            file.force(false);
        } catch (ClosedChannelException e) {
            // given up
        } catch (IOException e) {
            failure.compareAndSet(null, e);
        } finally {
            sending.set(false);
        }
    }

    /** Has a file that was written synced and closed, at the latest when {@link #finish} returns. */
    void sync(FileChannel file) throws IOException {
        waiting.add(threads.submit(() -> {
            try (file) {
                file.force(true);
            }
            IOException before = failure.get();
            if (before != null) {
                throw before;
            }
            return true;
        }));
        if (waiting.size() > MOST_WAITING) {
            await(waiting.remove());
        }
    }

    /** @throws IOException what the first file said that could not be synced */
    void finish() throws IOException {
        while (!waiting.isEmpty()) {
            await(waiting.remove());
        }
    }

    private static void await(Future<?> sync) throws IOException {
        try {
            sync.get();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof IOException cause) {
                throw cause;
            }
            throw new IllegalStateException(e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new java.io.InterruptedIOException();
        }
    }

    /** Files whose sync was not waited for are closed all the same. */
    @Override
    public void close() {
        threads.shutdown();
    }
}
