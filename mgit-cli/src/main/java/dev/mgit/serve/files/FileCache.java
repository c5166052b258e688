package dev.mgit.serve.files;

import dev.mgit.delta.MgitException;
import dev.mgit.lineage.parameters.FileStream;
import dev.mgit.serve.http.Body;
import dev.mgit.serve.http.Piece;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Keeps decoded files on disk. A file that is asked for as a whole is decoded once, whoever else asks for it meanwhile, and
 * later sent as any file is. Without room, or with a disk that fails, files are decoded for each request. Thread-safe.
 */
public final class FileCache implements AutoCloseable {
    private static final long SPARED = 1L << 30;

    private final CacheFolder folder;
    private final Consumer<String> warnings;
    private final Map<String, FileFill> fills = new HashMap<>();
    private final Map<Path, Long> coming = new HashMap<>();
    private final ExecutorService threads = Executors.newCachedThreadPool(FileCache::daemon);
    private boolean warned;

    private FileCache(CacheFolder folder, Consumer<String> warnings) {
        this.folder = folder;
        this.warnings = warnings;
    }

    /**
     * @param folder of the user's own
     * @param most bytes of all files
     * @param warnings told in one sentence what the owner should know
     * @throws IOException if the folder cannot be made or written
     */
    public static FileCache open(Path folder, long most, Consumer<String> warnings) throws IOException {
        return new FileCache(new CacheFolder(folder, most, SPARED), warnings);
    }

    private static Thread daemon(Runnable task) {
        var thread = new Thread(task, "mgit-cache");
        thread.setDaemon(true);
        return thread;
    }

    /** A stored file; {@code sha256} in hex. */
    public record Stored(String sha256, long size) {}

    /** Starts to read a part of a file from the store. */
    public interface Decoding {
        FileStream open(long from, long length) throws IOException;
    }

    /** The bytes of a part of a file, from the disk if they are there or the whole file is asked for. */
    public Body.Pieces read(Stored file, long from, long length, Decoding decoding) throws IOException {
        Optional<FileChannel> kept = find(file);
        if (kept.isPresent()) {
            return new KeptPieces(kept.get(), from, length);
        }
        Optional<FileFill> fill = length == file.size() ? fill(file, decoding) : Optional.empty();
        return fill.isPresent()
                ? new FollowingPieces(fill.get(), length, decoding)
                : pieces(decoding.open(from, length));
    }

    /** Decoded for this reader alone. */
    public static Body.Pieces pieces(FileStream stream) {
        return new Body.Pieces() {
            @Override
            public @Nullable Piece next() throws IOException {
                var bytes = stream.next();
                return bytes == null ? null : new Piece.Bytes(bytes);
            }

            @Override
            public void close() {
                stream.close();
            }
        };
    }

    private Optional<FileChannel> find(Stored file) {
        try {
            return folder.open(file.sha256(), file.size());
        } catch (IOException e) {
            warn(e);
            return Optional.empty();
        }
    }

    /** Joins those who wait for the file, or is the first. */
    private synchronized Optional<FileFill> fill(Stored file, Decoding decoding) {
        FileFill running = fills.get(file.sha256());
        if (running != null && running.follow()) {
            return Optional.of(running);
        }
        long others = coming.values().stream().mapToLong(Long::longValue).sum();
        Path temporary;
        FileChannel channel;
        try {
            Optional<Path> room = folder.create(file.size(), others);
            if (room.isEmpty()) {
                return Optional.empty();
            }
            temporary = room.get();
            channel = FileChannel.open(
                    temporary, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE, StandardOpenOption.READ);
        } catch (IOException e) {
            warn(e);
            return Optional.empty();
        }
        var fill = new FileFill(channel);
        fills.put(file.sha256(), fill);
        coming.put(temporary, file.size());
        threads.execute(() -> run(fill, file, temporary, decoding));
        return Optional.of(fill);
    }

    private void run(FileFill fill, Stored file, Path temporary, Decoding decoding) {
        try (FileStream stream = decoding.open(0, file.size())) {
            if (fill.run(stream)) {
                folder.publish(temporary, fill.channel(), file.sha256());
            }
        } catch (IOException e) {
            warn(e);
        } catch (MgitException e) {
            // whoever follows meets it, too
        } finally {
            ended(fill, file, temporary);
        }
    }

    private synchronized void ended(FileFill fill, Stored file, Path temporary) {
        fills.remove(file.sha256(), fill);
        coming.remove(temporary);
        try {
            fill.end();
            Files.deleteIfExists(temporary);
        } catch (IOException e) {
            warn(e);
        }
        notifyAll();
    }

    private synchronized void warn(IOException e) {
        if (!warned) {
            warned = true;
            warnings.accept("decoded files are not kept: " + e);
        }
    }

    /** A part of a file that is kept. */
    private static final class KeptPieces implements Body.Pieces {
        private final FileChannel channel;
        private final Piece all;
        private boolean given;

        KeptPieces(FileChannel channel, long from, long length) {
            this.channel = channel;
            this.all = new Piece.FilePart(channel, from, length);
        }

        @Override
        public @Nullable Piece next() {
            boolean first = !given;
            given = true;
            return first ? all : null;
        }

        @Override
        public void close() {
            try {
                channel.close();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    /** A file that is being written; if that ends early, the rest is decoded for this reader alone. */
    private static final class FollowingPieces implements Body.Pieces {
        private final FileFill fill;
        private final long length;
        private final Decoding decoding;
        private long position;
        private Body.@Nullable Pieces rest;

        FollowingPieces(FileFill fill, long length, Decoding decoding) {
            this.fill = fill;
            this.length = length;
            this.decoding = decoding;
        }

        @Override
        public @Nullable Piece next() throws IOException {
            if (rest != null) {
                return rest.next();
            }
            if (position == length) {
                return null;
            }
            long from = position;
            position = fill.await(from);
            if (position == from) {
                rest = pieces(decoding.open(from, length - from));
                return rest.next();
            }
            return new Piece.FilePart(fill.channel(), from, position - from);
        }

        @Override
        public void close() {
            if (rest != null) {
                rest.close();
            }
            try {
                fill.leave();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    /** Waits for files being written, which end when nobody reads them any more. */
    @Override
    public synchronized void close() {
        boolean interrupted = false;
        while (!coming.isEmpty() && !interrupted) {
            try {
                wait();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                interrupted = true;
            }
        }
        threads.shutdown();
    }
}
