package dev.mgit.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;

/** Looks several times a second how much disk a folder takes, by the sizes of its files, holes included. */
final class DiskWatch implements AutoCloseable {
    private static final long MILLISECONDS = 200;

    private final ScheduledExecutorService watching = Executors.newSingleThreadScheduledExecutor(task -> {
        Thread thread = new Thread(task, "watches the disk");
        thread.setDaemon(true);
        return thread;
    });
    private final AtomicLong most = new AtomicLong();

    DiskWatch(Path folder) {
        watching.scheduleWithFixedDelay(
                () -> most.accumulateAndGet(taken(folder), Math::max), 0, MILLISECONDS, TimeUnit.MILLISECONDS);
    }

    /** The most it was so far, in bytes. */
    long most() {
        return most.get();
    }

    private static long taken(Path folder) {
        try (Stream<Path> files = Files.walk(folder)) {
            return files.mapToLong(DiskWatch::size).sum();
        } catch (IOException | UncheckedIOException e) {
            return 0; // a folder went while it was walked; the next look counts
        }
    }

    private static long size(Path file) {
        try {
            return Files.isRegularFile(file) ? Files.size(file) : 0;
        } catch (IOException e) {
            return 0; // it went meanwhile
        }
    }

    @Override
    public void close() {
        watching.shutdownNow();
    }
}
