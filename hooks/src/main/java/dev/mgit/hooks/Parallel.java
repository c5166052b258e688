package dev.mgit.hooks;

import dev.mgit.delta.MgitException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Runs tasks several at a time. */
public final class Parallel {
    private Parallel() {}

    /** Runs all tasks, at most {@code jobs} at once; results in order. All run even if one fails; then it is thrown. */
    public static <T> List<T> run(List<Callable<T>> tasks, int jobs) {
        ExecutorService pool = Executors.newFixedThreadPool(Math.max(1, Math.min(jobs, Math.max(1, tasks.size()))));
        try {
            List<Future<T>> futures = pool.invokeAll(tasks);
            List<T> results = new ArrayList<>();
            for (Future<T> future : futures) {
                results.add(future.get());
            }
            return results;
        } catch (ExecutionException e) {
            throw unwrap(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw MgitException.failed("interrupted");
        } finally {
            pool.shutdownNow();
        }
    }

    /** What a task failed with, if it is no checked exception. */
    public static RuntimeException unwrap(ExecutionException failure) {
        if (failure.getCause() instanceof Error error) {
            throw error;
        }
        return failure.getCause() instanceof RuntimeException runtime
                ? runtime
                : new IllegalStateException(failure.getCause());
    }
}
