package dev.mgit.serve.web;

import dev.mgit.delta.MgitException;
import dev.mgit.lineage.checkpoint.CopyProgress;
import dev.mgit.serve.http.HttpError;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Answers that take long, made one at a time on a thread of their own and kept for whoever asks again. Who asks waits a
 * little and is then told how far it is; nobody can keep the server busy by asking for many.
 *
 * @param <K> what is asked for
 * @param <V> the answer
 */
final class Desk<K, V> implements AutoCloseable {
    private static final int KEPT = 16;
    private static final int WAITING = 4;
    private static final int PATIENCE_SECONDS = 10;

    /** Makes an answer. */
    @FunctionalInterface
    interface Work<K, V> {
        /** @param effort told how far it is; ends the work when its time is up */
        V make(K key, Effort effort) throws IOException;
    }

    /** Time was up. */
    static final class TimeUp extends RuntimeException {
        private static final long serialVersionUID = 1;
    }

    /** How far a piece of work is, and until when it may go on. */
    static final class Effort implements CopyProgress {
        private final Duration most;
        private final AtomicLong done = new AtomicLong();
        private final AtomicLong total = new AtomicLong();
        private volatile long deadline = Long.MAX_VALUE;
        private volatile boolean stopped;

        Effort(Duration most) {
            this.most = most;
        }

        private void begin() {
            deadline = System.nanoTime() + most.toNanos();
        }

        @Override
        public void start(String what, long bytes) {
            total.addAndGet(bytes);
        }

        /** @throws TimeUp when time is up */
        @Override
        public void advance(long bytes) {
            done.addAndGet(bytes);
            if (stopped || deadline != Long.MAX_VALUE && System.nanoTime() - deadline > 0) {
                throw new TimeUp();
            }
        }

        @Override
        public void done() {}

        /** From 0 to 1. */
        double share() {
            long all = total.get();
            return all == 0 ? 0 : Math.min(1, (double) done.get() / all);
        }
    }

    private record Ticket<V>(CompletableFuture<V> answer, Effort effort) {}

    private final Work<K, V> work;
    private final Duration most;
    private final Map<K, Ticket<V>> tickets = new LinkedHashMap<>(16, 0.75f, true);
    private final ExecutorService worker = Executors.newSingleThreadExecutor(task -> {
        var thread = new Thread(task, "mgit-web-desk");
        thread.setDaemon(true);
        return thread;
    });

    /** @param most how long one piece of work may take */
    Desk(Work<K, V> work, Duration most) {
        this.work = work;
        this.most = most;
    }

    /** An answer, or how far it is. */
    record Answer<V>(Optional<V> value, double share) {}

    /**
     * Asks.
     *
     * @throws HttpError 503 if too many wait already
     * @throws MgitException what the work failed with
     */
    Answer<V> ask(K key, Duration patience) throws IOException {
        Ticket<V> ticket = ticket(key);
        try {
            return new Answer<>(Optional.of(ticket.answer().get(patience.toMillis(), TimeUnit.MILLISECONDS)), 1);
        } catch (TimeoutException e) {
            return new Answer<>(Optional.empty(), ticket.effort().share());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new HttpError(503, "the server is closing");
        } catch (ExecutionException e) {
            forget(key);
            Throwable cause = Objects.requireNonNullElse(e.getCause(), e);
            if (cause instanceof UncheckedIOException io) {
                throw io.getCause();
            } else if (cause instanceof RuntimeException known) {
                throw known;
            }
            throw new IOException(cause);
        }
    }

    private synchronized Ticket<V> ticket(K key) {
        Ticket<V> known = tickets.get(key);
        if (known != null) {
            return known;
        }
        long waiting = tickets.values().stream()
                .filter(ticket -> !ticket.answer().isDone())
                .count();
        if (waiting >= WAITING) {
            throw new HttpError(503, "others are being answered; ask again in a moment");
        }
        Iterator<Ticket<V>> eldest = tickets.values().iterator();
        while (tickets.size() >= KEPT && eldest.hasNext()) {
            if (eldest.next().answer().isDone()) {
                eldest.remove();
            }
        }
        var made = new Ticket<>(new CompletableFuture<V>(), new Effort(most));
        tickets.put(key, made);
        worker.execute(() -> make(key, made));
        return made;
    }

    private void make(K key, Ticket<V> ticket) {
        ticket.effort().begin();
        try {
            ticket.answer().complete(work.make(key, ticket.effort()));
        } catch (Throwable e) { // whatever it is, somebody waits for it
            ticket.answer().completeExceptionally(e);
        }
    }

    /** Has an answer made anew when it is next asked for. */
    synchronized void forget(K key) {
        Ticket<V> known = tickets.get(key);
        if (known != null && known.answer().isDone()) {
            tickets.remove(key);
        }
    }

    /** Ends what is at work at its next step, and waits for that a little: it may be reading the store. */
    @Override
    public synchronized void close() {
        tickets.values().forEach(ticket -> ticket.effort().stopped = true);
        worker.shutdownNow();
        try {
            worker.awaitTermination(PATIENCE_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
