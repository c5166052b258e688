package dev.mgit.lineage.repository;

import dev.mgit.delta.MgitException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The right to change a repository. Held through the operating system, so that it is free again the moment its holder
 * dies; the file's content says who holds it, and that the last holder did not finish if it is there on acquisition.
 */
public final class WriterLock implements AutoCloseable {
    private static final long POLL_MILLIS = 50;

    private final FileChannel channel;
    private final boolean afterCrash;

    private WriterLock(FileChannel channel, boolean afterCrash) {
        this.channel = channel;
        this.afterCrash = afterCrash;
    }

    /**
     * Takes the lock, waiting for another holder if need be.
     *
     * @param what what the caller is about to do, shown to those who wait
     * @param notice told once, in one sentence, if there is someone to wait for
     * @throws MgitException of kind CONFLICT if the lock is not free in time
     */
    static WriterLock acquire(Path file, String what, Duration wait, Consumer<String> notice) throws IOException {
        FileChannel channel =
                FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
        boolean acquired = false;
        try {
            if (!tryLock(channel)) {
                notice.accept("waiting for " + holder(file) + " to finish");
                waitFor(channel, file, wait);
            }
            boolean crashed = channel.size() > 0;
            channel.truncate(0);
            String line = "process " + ProcessHandle.current().pid() + " (" + what + ")";
            channel.write(ByteBuffer.wrap(line.getBytes(StandardCharsets.UTF_8)), 0);
            acquired = true;
            return new WriterLock(channel, crashed);
        } finally {
            if (!acquired) {
                channel.close();
            }
        }
    }

    private static void waitFor(FileChannel channel, Path file, Duration wait) throws IOException {
        long deadline = System.nanoTime() + wait.toNanos();
        while (!tryLock(channel)) {
            if (System.nanoTime() - deadline > 0) {
                throw new MgitException(
                        MgitException.Kind.CONFLICT,
                        "the repository is busy: " + holder(file) + " has not finished within " + wait.toSeconds()
                                + " s",
                        "wait longer with --wait SECONDS");
            }
            try {
                Thread.sleep(POLL_MILLIS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw MgitException.failed("interrupted while waiting for the repository's lock");
            }
        }
    }

    private static boolean tryLock(FileChannel channel) throws IOException {
        @Nullable FileLock lock;
        try {
            lock = channel.tryLock();
        } catch (OverlappingFileLockException e) {
            return false;
        }
        return lock != null;
    }

    private static String holder(Path file) throws IOException {
        String holder = new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
        return holder.isEmpty() ? "another process" : holder;
    }

    /** True if the last holder died before it finished. */
    boolean afterCrash() {
        return afterCrash;
    }

    /** @throws IllegalStateException if the lock was given back */
    public void requireHeld() {
        if (!channel.isOpen()) {
            throw new IllegalStateException("the writer lock is not held");
        }
    }

    @Override
    public void close() throws IOException {
        try (channel) {
            channel.truncate(0);
        }
    }
}
