package dev.mgit.lineage.repository;

import dev.mgit.delta.MgitException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * The right to change a repository. Held through the operating system, so that it is free again the moment its holder
 * dies; the file's content says who holds it, and that the last holder did not finish if it is there on acquisition.
 */
public final class WriterLock implements AutoCloseable {
    private static final long POLL_MILLIS = 50;

    private final ExclusiveFile file;
    private final boolean afterCrash;
    private Release release = () -> {};

    private WriterLock(ExclusiveFile file, boolean afterCrash) {
        this.file = file;
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
        Optional<ExclusiveFile> free = ExclusiveFile.tryAcquire(file, what);
        if (free.isEmpty()) {
            notice.accept("waiting for " + holder(file) + " to finish");
            free = Optional.of(waitFor(file, what, wait));
        }
        ExclusiveFile mine = free.get();
        boolean ready = false;
        try {
            boolean crashed = mine.channel().size() > 0;
            // In this order: an empty file says that whoever had it before finished, and we may be killed in between.
            byte[] line = line(what).getBytes(StandardCharsets.UTF_8);
            mine.channel().write(ByteBuffer.wrap(line), 0);
            mine.channel().truncate(line.length);
            mine.channel().force(false); // before anything that a power failure may leave behind
            ready = true;
            return new WriterLock(mine, crashed);
        } finally {
            if (!ready) {
                mine.close();
            }
        }
    }

    private static String line(String what) {
        return "process " + ProcessHandle.current().pid() + " (" + what + ")";
    }

    private static ExclusiveFile waitFor(Path file, String what, Duration wait) throws IOException {
        long deadline = System.nanoTime() + wait.toNanos();
        while (true) {
            Optional<ExclusiveFile> free = ExclusiveFile.tryAcquire(file, what);
            if (free.isPresent()) {
                return free.get();
            }
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

    private static String holder(Path file) throws IOException {
        Optional<String> here = ExclusiveFile.heldFor(file);
        if (here.isPresent()) {
            return line(here.get());
        }
        String holder = new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
        return holder.isEmpty() ? "another process" : holder;
    }

    /** True if the last holder died before it finished. */
    boolean afterCrash() {
        return afterCrash;
    }

    boolean isHeld() {
        return file.channel().isOpen();
    }

    /** @throws IllegalStateException if the lock was given back */
    public void requireHeld() {
        if (!isHeld()) {
            throw new IllegalStateException("the writer lock is not held");
        }
    }

    /** What is done each time before the lock is given back. */
    interface Release {
        void run() throws IOException;
    }

    void beforeRelease(Release last) {
        release = last;
    }

    /** Gives the lock back as a holder that died does: what there is to be put right stays for the next one. */
    void abandon() throws IOException {
        file.close();
    }

    @Override
    public void close() throws IOException {
        try (file) {
            if (file.channel().isOpen()) {
                release.run();
                file.channel().truncate(0);
            }
        }
    }
}
