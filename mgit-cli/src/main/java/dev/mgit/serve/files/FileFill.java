package dev.mgit.serve.files;

import dev.mgit.lineage.parameters.FileStream;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;

/**
 * A file being decoded to disk, once for all who ask for it meanwhile: each follows as far as it is written. It goes on
 * as long as anybody does.
 */
final class FileFill {
    private final FileChannel channel;
    private int followers = 1;
    private long written;
    private boolean closed;
    private boolean ended;

    /**
     * One with a first follower.
     *
     * @param channel of an empty file, for writing and reading; closed after the last use
     */
    FileFill(FileChannel channel) {
        this.channel = channel;
    }

    FileChannel channel() {
        return channel;
    }

    /** Takes part; false if it is too late for that. */
    synchronized boolean follow() {
        followers += closed ? 0 : 1;
        return !closed;
    }

    synchronized void leave() throws IOException {
        followers--;
        closeIfUnused();
    }

    /** Waits for bytes behind a position, and returns up to where there are some: not beyond it if no more will come. */
    synchronized long await(long position) throws IOException {
        while (written <= position && !ended) {
            try {
                wait();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new InterruptedIOException("interrupted");
            }
        }
        return Math.max(position, written);
    }

    /** Decodes all of it; false if nobody wants the rest any more. */
    boolean run(FileStream stream) throws IOException {
        for (ByteBuffer piece = stream.next(); piece != null; piece = stream.next()) {
            if (!isWanted()) {
                return false;
            }
            write(piece);
        }
        return true;
    }

    private void write(ByteBuffer piece) throws IOException {
        long at = written;
        while (piece.hasRemaining()) {
            at += channel.write(piece, at);
        }
        synchronized (this) {
            written = at;
            notifyAll();
        }
    }

    private synchronized boolean isWanted() {
        closed |= followers == 0;
        return !closed;
    }

    /** Nothing more is written. */
    synchronized void end() throws IOException {
        closed = true;
        ended = true;
        notifyAll();
        closeIfUnused();
    }

    private void closeIfUnused() throws IOException {
        if (ended && followers == 0) {
            channel.close();
        }
    }
}
