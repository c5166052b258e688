package dev.mgit.lineage.checkpoint;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * Syncs many small files at a time: a file system writes its journal once for all that wait, so that thousands of files take
 * a few of the waits that they would take one after another.
 */
final class ParallelSync implements AutoCloseable {
    private static final int THREADS = 16;
    /** So many files are open at a time. */
    private static final int MOST_WAITING = 4 * THREADS;

    private final ExecutorService threads = Executors.newFixedThreadPool(THREADS);
    private final Deque<Future<?>> waiting = new ArrayDeque<>();

    /** Has a file that was written synced and closed, at the latest when {@link #finish} returns. */
    void sync(FileChannel written) throws IOException {
        waiting.add(threads.submit(() -> {
            try (written) {
                written.force(true);
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
