package dev.mgit.hooks.watch;

import dev.mgit.lineage.checkpoint.TrainingStep;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Looks at a run whenever something happens there, until it is stopped. */
public final class WatchLoop implements AutoCloseable {
    /** Where no events come, as of other machines on a network disk. */
    private static final Duration IDLE = Duration.ofSeconds(30);

    private static final Duration PAUSED = Duration.ofSeconds(10);

    /** A file that is being written makes events all the time. */
    private static final long MILLIS_BETWEEN_LOOKS = 300;

    private final CheckpointWatch watch;
    private final RunEvents events;
    private final CountDownLatch stop = new CountDownLatch(1);

    public WatchLoop(CheckpointWatch watch, Path run) throws IOException {
        this.watch = watch;
        this.events = new RunEvents(run, TrainingStep.NAME);
    }

    /** Looks until {@link #stop}. A commit that is under way then is finished. */
    public void run() throws IOException, InterruptedException {
        watch.recover();
        do {
            events.watchAll();
        } while (!isStopped() && events.await(look()) && !stop.await(MILLIS_BETWEEN_LOOKS, TimeUnit.MILLISECONDS));
    }

    private Duration look() throws IOException {
        Optional<Duration> next = watch.look(this::isStopped);
        return watch.isPaused()
                ? PAUSED
                : next.filter(time -> time.compareTo(IDLE) < 0).orElse(IDLE);
    }

    /** Looks twice, with the time between that tells which folders nothing writes to. */
    public void once(Duration settle) throws IOException, InterruptedException {
        watch.recover();
        Optional<Duration> unsettled = watch.look(this::isStopped);
        if (unsettled.isPresent() && !watch.isPaused()) {
            long end = System.nanoTime() + settle.toNanos();
            long left = settle.toNanos();
            while (left > 0 && events.await(Duration.ofNanos(left))) {
                left = end - System.nanoTime();
            }
            watch.look(this::isStopped);
            watch.tellUnsettled();
        }
    }

    private boolean isStopped() {
        return stop.getCount() == 0;
    }

    /** From any thread: ends {@link #run} after what it is doing. */
    public void stop() throws IOException {
        stop.countDown();
        events.close();
    }

    @Override
    public void close() throws IOException {
        events.close();
    }
}
