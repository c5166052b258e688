package dev.mgit.serve.hub.push;

import dev.mgit.delta.MgitException;
import dev.mgit.lineage.repository.DurableFiles;
import dev.mgit.lineage.repository.ExclusiveFile;
import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Clock;
import java.time.Instant;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * The folder in which uploads wait to be committed, of a limited size. A file in it is complete: it is written under
 * another name, synced and renamed. What nobody commits in time goes, and so does, at the start, what a killed server
 * was writing.
 *
 * <pre>
 * held              locked by the server that accepts pushes
 * created/          models that have no version yet
 * objects/SHA256    files sent by Git LFS
 * xet/SESSION/      what one client sent by Xet
 * pushes/UUID/      commits under way
 * </pre>
 */
final class Uploads implements AutoCloseable {
    private final Path folder;
    private final PushLimits limits;
    private final Clock clock;
    private final ExclusiveFile held;
    private final AtomicLong used = new AtomicLong();
    private Instant swept;

    private Uploads(Path folder, PushLimits limits, Clock clock, ExclusiveFile held) {
        this.folder = folder;
        this.limits = limits;
        this.clock = clock;
        this.held = held;
        this.swept = clock.instant();
    }

    /** @throws MgitException of kind CONFLICT if another server accepts pushes for the repository */
    static Uploads open(Path folder, PushLimits limits, Clock clock) throws IOException {
        Files.createDirectories(folder);
        ExclusiveFile held = ExclusiveFile.tryAcquire(folder.resolve("held"), "mgit serve")
                .orElseThrow(() -> new MgitException(
                        MgitException.Kind.CONFLICT,
                        "another server accepts pushes for this repository",
                        "stop it first, or serve without --accept-pushes"));
        var uploads = new Uploads(folder, limits, clock, held);
        boolean ready = false;
        try {
            for (Path part : new Path[] {uploads.objects(), uploads.xet(), uploads.pushes(), uploads.created()}) {
                Files.createDirectories(part);
            }
            uploads.clean(uploads.pushes(), clock.instant().plusSeconds(1));
            uploads.recount();
            uploads.sweep();
            ready = true;
            return uploads;
        } finally {
            if (!ready) {
                held.close();
            }
        }
    }

    Path objects() {
        return folder.resolve("objects");
    }

    Path xet() {
        return folder.resolve("xet");
    }

    Path created() {
        return folder.resolve("created");
    }

    private Path pushes() {
        return folder.resolve("pushes");
    }

    /** A new folder for a commit under way. */
    Path newPush() throws IOException {
        return Files.createDirectory(pushes().resolve(UUID.randomUUID().toString()));
    }

    PushLimits limits() {
        return limits;
    }

    Clock clock() {
        return clock;
    }

    /** @throws dev.mgit.serve.http.HttpError if so much more would not fit */
    void requireRoom(long bytes) throws IOException {
        sweepNowAndThen();
        if (bytes > limits.uploads() - used.get()) {
            throw noRoom(bytes);
        }
    }

    /** Counts bytes that are about to be written. */
    void reserve(long bytes) {
        if (used.addAndGet(bytes) > limits.uploads()) {
            used.addAndGet(-bytes);
            throw noRoom(bytes);
        }
    }

    void release(long bytes) {
        used.addAndGet(-bytes);
    }

    private RuntimeException noRoom(long bytes) {
        return Refusals.full("there is no room for " + bytes + " more bytes: uploads that are not committed take up "
                + used.get() + " of " + limits.uploads() + " (" + PushLimits.UPLOADS + ")");
    }

    /** Removes files, and the folders they leave empty. */
    void delete(Path path) throws IOException {
        clean(path, Instant.MAX);
        Files.deleteIfExists(path);
    }

    private void sweepNowAndThen() throws IOException {
        synchronized (this) {
            if (clock.instant().isBefore(swept.plus(limits.age().dividedBy(100)))) {
                return;
            }
            swept = clock.instant();
        }
        sweep();
    }

    /** Removes what is too old. */
    private void sweep() throws IOException {
        Instant horizon = clock.instant().minus(limits.age());
        clean(objects(), horizon);
        clean(xet(), horizon);
    }

    /** Removes what was last written before an instant, and folders that are empty then, but for the one that is named. */
    private void clean(Path from, Instant horizon) throws IOException {
        if (Files.notExists(from)) {
            return;
        }
        Files.walkFileTree(from, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                if (attributes.lastModifiedTime().toInstant().isBefore(horizon) && Files.deleteIfExists(file)) {
                    release(attributes.size());
                }
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFileFailed(Path file, IOException e) throws IOException {
                return gone(e);
            }

            @Override
            public FileVisitResult postVisitDirectory(Path directory, @Nullable IOException e) throws IOException {
                if (e != null) {
                    return gone(e);
                }
                if (!directory.equals(from)) {
                    removeIfEmpty(directory, horizon);
                }
                return FileVisitResult.CONTINUE;
            }
        });
    }

    private static FileVisitResult gone(IOException e) throws IOException {
        if (e instanceof NoSuchFileException) {
            return FileVisitResult.CONTINUE;
        }
        throw e;
    }

    private static void removeIfEmpty(Path directory, Instant horizon) throws IOException {
        try (var entries = Files.newDirectoryStream(directory)) {
            boolean old = Files.getLastModifiedTime(directory).toInstant().isBefore(horizon);
            if (!old && !horizon.equals(Instant.MAX) || entries.iterator().hasNext()) {
                return;
            }
        } catch (NoSuchFileException e) {
            return;
        }
        Files.deleteIfExists(directory);
    }

    /** Removes what was not finished, and counts the rest. */
    private void recount() throws IOException {
        used.set(0);
        for (Path part : new Path[] {objects(), xet()}) {
            Files.walkFileTree(part, new SimpleFileVisitor<>() {
                @Override
                public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                    if (file.toString().endsWith(StagedFile.UNFINISHED)) {
                        Files.delete(file);
                    } else {
                        used.addAndGet(attributes.size());
                    }
                    return FileVisitResult.CONTINUE;
                }
            });
        }
        DurableFiles.syncFolder(folder);
    }

    /** Bytes that uploads take up. */
    long used() {
        return used.get();
    }

    @Override
    public void close() throws IOException {
        held.close();
    }
}
