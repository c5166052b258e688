package dev.mgit.delta.layout;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Objects;

/**
 * A file on disk, read by position. Its size is taken when it is opened: a file that grows afterwards is read as it
 * was, one that shrinks ends in {@link EOFException}.
 */
public final class FileByteSource implements ByteSource, AutoCloseable {
    private final FileChannel channel;
    private final long size;

    private FileByteSource(FileChannel channel, long size) {
        this.channel = channel;
        this.size = size;
    }

    public static FileByteSource open(Path file) throws IOException {
        FileChannel channel = FileChannel.open(file, StandardOpenOption.READ);
        try {
            return of(channel);
        } catch (IOException | RuntimeException e) {
            channel.close();
            throw e;
        }
    }

    /** A file that is open for reading; closing either closes both. */
    public static FileByteSource of(FileChannel channel) throws IOException {
        return new FileByteSource(channel, channel.size());
    }

    @Override
    public long size() {
        return size;
    }

    @Override
    public void read(long position, byte[] target, int offset, int length) throws IOException {
        Objects.checkFromIndexSize(offset, length, target.length);
        if (position < 0 || position > size - length) {
            throw new EOFException("bytes " + position + " to " + (position + length) + " of " + size);
        }
        ByteBuffer buffer = ByteBuffer.wrap(target, offset, length);
        long at = position;
        while (buffer.hasRemaining()) {
            int count = channel.read(buffer, at);
            if (count < 0) {
                throw new EOFException("the file shrank while it was read: it ended at byte " + at + " of " + size);
            }
            at += count;
        }
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
