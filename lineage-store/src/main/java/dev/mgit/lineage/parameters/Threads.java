package dev.mgit.lineage.parameters;

import dev.mgit.delta.MgitException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/** A fixed number of threads with a short queue: who submits more than fits works too, which bounds memory. */
public final class Threads implements AutoCloseable {
    private static final int QUEUED_PER_THREAD = 4;

    private final ThreadPoolExecutor pool;
    private final int mostAtOnce;

    public Threads(int threads) {
        mostAtOnce = threads * (1 + QUEUED_PER_THREAD);
        pool = new ThreadPoolExecutor(
                threads,
                threads,
                0,
                TimeUnit.SECONDS,
                new ArrayBlockingQueue<>(threads * QUEUED_PER_THREAD),
                new ThreadPoolExecutor.CallerRunsPolicy());
    }

    /** Tasks that are at work or wait, at most: to keep the results of more would not make anything faster. */
    public int mostAtOnce() {
        return mostAtOnce;
    }

    /** Runs a task on one of the threads, or on the caller's if they are all busy. */
    public <T> Future<T> submit(Callable<T> task) {
        return pool.submit(task);
    }

    /** A task's result; its failure is thrown as what it was. */
    public static <T> T get(Future<T> future) throws IOException {
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
            throw new IllegalStateException("work on a block failed", e.getCause());
        }
    }

    @Override
    public void close() {
        pool.shutdownNow();
        try {
            pool.awaitTermination(1, TimeUnit.MINUTES);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
