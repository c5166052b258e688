package dev.mgit.delta;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * A fixed number of threads for one piece of work. The queue is short and whoever submits more than fits runs the task
 * itself, which bounds memory. The first failure wins: tasks not yet begun are dropped, and every later result of the
 * pool throws that failure as what it was. An {@link Error} stays an Error.
 */
public final class TaskPool implements AutoCloseable {
    private static final int QUEUED_PER_THREAD = 4;

    /** The usual heap, less what a collector keeps empty, has room for so many threads, and more for more. */
    private static final long USUAL_HEAP = 300L << 20;

    private static final int USUAL_THREADS = 8;

    /** A few blocks that wait, one that is coded, and what it is coded with and from. */
    private static final long HEAP_PER_THREAD = 15L << 20;

    private final ThreadPoolExecutor threads;
    private final int mostAtOnce;
    private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();

    public TaskPool(int threads) {
        this.mostAtOnce = threads * (1 + QUEUED_PER_THREAD);
        this.threads = new ThreadPoolExecutor(
                threads,
                threads,
                0,
                TimeUnit.SECONDS,
                new ArrayBlockingQueue<>(threads * QUEUED_PER_THREAD),
                new ThreadPoolExecutor.CallerRunsPolicy());
    }

    /** Threads for work on blocks: one for each processor, if the heap has room for what they hold. */
    public static int usualThreads() {
        Runtime runtime = Runtime.getRuntime();
        return Math.min(runtime.availableProcessors(), threadsFor(runtime.maxMemory()));
    }

    static int threadsFor(long heap) {
        long threads = heap < USUAL_HEAP
                ? heap * USUAL_THREADS / USUAL_HEAP
                : USUAL_THREADS + (heap - USUAL_HEAP) / HEAP_PER_THREAD;
        return (int) Math.max(1, Math.min(Integer.MAX_VALUE, threads));
    }

    /** Tasks that are at work or wait, at most: to keep the results of more would not make anything faster. */
    public int mostAtOnce() {
        return mostAtOnce;
    }

    /**
     * Runs a task on one of the threads, or on the caller's if they are all busy.
     *
     * @throws IOException as {@link #get} does, if a task failed before
     */
    public <T> Future<T> submit(Callable<T> task) throws IOException {
        throwFailure();
        return threads.submit(() -> {
            throwFailure();
            try {
                return task.call();
            } catch (Throwable e) { // whatever it is, others wait for it
                failure.compareAndSet(null, e);
                throwFailure();
                throw e;
            }
        });
    }

    private void throwFailure() throws IOException {
        Throwable first = failure.get();
        if (first != null) {
            get(CompletableFuture.failedFuture(first));
        }
    }

    private boolean goesOn() {
        return failure.get() == null && !threads.isShutdown();
    }

    /**
     * A task's result.
     *
     * @throws IOException what the task failed with, also if it came unchecked; any other failure is thrown as it was
     * @throws MgitException if the caller is interrupted
     */
    public static <T> T get(Future<T> result) throws IOException {
        try {
            return result.get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw MgitException.failed("interrupted");
        } catch (ExecutionException e) {
            RuntimeException cause = unchecked(e);
            if (cause instanceof UncheckedIOException io) {
                throw io.getCause();
            }
            throw cause;
        }
    }

    /** The results of tasks, in their order; fails as {@link #get} does. */
    public static <T> List<T> getAll(Collection<Future<T>> results) throws IOException {
        List<T> all = new ArrayList<>(results.size());
        for (Future<T> result : results) {
            all.add(get(result));
        }
        return all;
    }

    /** What a task failed with, for callers that throw nothing checked; an Error is thrown on the spot. */
    public static RuntimeException unchecked(ExecutionException failure) {
        Throwable cause = failure.getCause();
        if (cause instanceof Error error) {
            throw error;
        } else if (cause instanceof RuntimeException known) {
            return known;
        }
        return cause instanceof IOException io ? new UncheckedIOException(io) : new IllegalStateException(cause);
    }

    /** A piece of work with a number. */
    @FunctionalInterface
    public interface NumberedTask {
        void run(int number) throws IOException;
    }

    /** Runs tasks 0 to {@code count - 1} in about this order, as few threads as there are tasks. */
    public static void forEach(int threads, int count, NumberedTask task) throws IOException {
        int size = Math.max(1, Math.min(threads, count));
        var next = new AtomicLong();
        try (var pool = new TaskPool(size)) {
            List<Future<Boolean>> workers = new ArrayList<>(size);
            for (int i = 0; i < size; i++) {
                workers.add(pool.submit(() -> {
                    for (long number = next.getAndIncrement();
                            number < count && pool.goesOn();
                            number = next.getAndIncrement()) {
                        task.run((int) number);
                    }
                    return true;
                }));
            }
            getAll(workers);
        }
    }

    /**
     * Runs tasks that do not depend on each other's success: all run even if one fails, and then the first failure in
     * their order is thrown.
     *
     * @return their results, in order
     */
    public static <T> List<T> runAll(int threads, Collection<Callable<T>> tasks) throws IOException {
        List<FutureTask<T>> results = tasks.stream().map(FutureTask::new).toList();
        forEach(threads, results.size(), number -> results.get(number).run());
        return getAll(List.copyOf(results));
    }

    /** Interrupts what still runs and waits for its end: what the tasks use may be closed afterwards. */
    @Override
    public void close() {
        threads.shutdownNow();
        boolean interrupted = false;
        while (!threads.isTerminated()) {
            try {
                threads.awaitTermination(1, TimeUnit.MINUTES);
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
