package dev.mgit.lineage.diff;

import dev.mgit.delta.MgitException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;

/** Runs numbered tasks on a few threads, in about the order of their numbers. */
final class Workers {
    private Workers() {}

    @FunctionalInterface
    interface Task {
        void run(int number) throws IOException;
    }

    /** Runs tasks 0 to {@code count - 1}; after a failure no new one is begun, and it is thrown as what it was. */
    static void run(int threads, int count, Task task) throws IOException {
        int size = Math.max(1, Math.min(threads, count));
        var next = new AtomicLong();
        ExecutorService pool = Executors.newFixedThreadPool(size);
        try {
            List<Future<?>> workers = new ArrayList<>();
            for (int i = 0; i < size; i++) {
                workers.add(pool.submit(() -> {
                    try {
                        for (long number = next.getAndIncrement(); number < count; number = next.getAndIncrement()) {
                            task.run((int) number);
                        }
                    } catch (IOException e) {
                        throw new UncheckedIOException(e);
                    } finally {
                        next.getAndAdd(count);
                    }
                }));
            }
            for (Future<?> worker : workers) {
                await(worker);
            }
        } finally {
            pool.shutdownNow();
        }
    }

    private static void await(Future<?> worker) throws IOException {
        try {
            worker.get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw MgitException.failed("interrupted");
        } catch (ExecutionException e) {
            if (e.getCause() instanceof UncheckedIOException io) {
                throw io.getCause();
            }
            if (e.getCause() instanceof RuntimeException known) {
                throw known;
            }
            if (e.getCause() instanceof Error error) {
                throw error;
            }
            throw new IllegalStateException(e.getCause());
        }
    }
}
