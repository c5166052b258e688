package dev.mgit.lineage.tensorindex;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.util.Optional;
import java.util.zip.CRC32;

/**
 * Appends records to a file of a {@link TensorIndex}. Big-endian: the eight bytes {@code MGITTNSR} and format number
 * (4 bytes), then records: kind (4), length of the payload in bytes (4), payload, CRC-32 of all of these (4).
 *
 * <p>A shape (kind 1): code of the dtype (4), then its dimensions (8 each). Shapes are numbered as they come. A version
 * (kind 2): its id (20), then for each tensor the first four bytes of its hash and the number of its shape (4).
 */
final class TensorIndexWriter {
    static final long MAGIC = 0x4d474954544e5352L;
    static final int FORMAT = 1;
    static final int HEADER = Long.BYTES + Integer.BYTES;
    static final int SHAPE = 1;
    static final int VERSION = 2;
    /** Bytes of a record besides its payload. */
    static final int FRAME = 3 * Integer.BYTES;

    private static final int BUFFER = 1 << 20;

    private final Optional<FileChannel> channel;
    private long end;
    private ByteBuffer buffer = ByteBuffer.allocate(BUFFER);

    private TensorIndexWriter(Optional<FileChannel> channel, long end) {
        this.channel = channel;
        this.end = end;
    }

    /** Writes from a position on, cutting off what is there; the header too where the position is 0. */
    static TensorIndexWriter to(FileChannel channel, long end) throws IOException {
        channel.truncate(end);
        var writer = new TensorIndexWriter(Optional.of(channel), end);
        if (end == 0) {
            writer.buffer.putLong(MAGIC).putInt(FORMAT);
        }
        return writer;
    }

    /** Keeps nothing. */
    static TensorIndexWriter nowhere() {
        return new TensorIndexWriter(Optional.empty(), 0);
    }

    void record(int kind, byte[] payload) throws IOException {
        if (channel.isEmpty()) {
            return;
        }
        if (buffer.remaining() < payload.length + FRAME) {
            flush();
        }
        if (buffer.capacity() < payload.length + FRAME) {
            buffer = ByteBuffer.allocate(payload.length + FRAME);
        }
        int start = buffer.position();
        buffer.putInt(kind).putInt(payload.length).put(payload);
        CRC32 crc = new CRC32();
        crc.update(buffer.array(), start, buffer.position() - start);
        buffer.putInt((int) crc.getValue());
    }

    void flush() throws IOException {
        if (channel.isPresent()) {
            buffer.flip();
            while (buffer.hasRemaining()) {
                end += channel.get().write(buffer, end);
            }
            buffer.clear();
        }
    }
}
