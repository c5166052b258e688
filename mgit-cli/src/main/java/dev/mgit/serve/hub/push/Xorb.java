package dev.mgit.serve.hub.push;

import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;

/**
 * The unit in which Xet sends the bytes of files: chunks, each behind a header of eight bytes (xet-core,
 * {@code cas_object}): version, length here in three bytes, scheme, length of what it decodes to in three bytes. A footer,
 * which clients leave out, begins with its name.
 */
final class Xorb implements AutoCloseable {
    /** Bytes of the longest that clients make, with room for headers. */
    static final int LONGEST = 80 << 20;

    private static final int HEADER = 8;
    private static final int LONGEST_CHUNK = 2 << 20;

    /** Clients put 8,192 into one. */
    private static final int MOST_CHUNKS = 1 << 16;

    private static final byte FOOTER = 'X';
    private static final int PLAIN = 0;
    private static final int LZ4 = 1;
    private static final int LZ4_OF_FOUR_STREAMS = 2;

    private final FileChannel channel;
    private final List<Chunk> chunks;

    private record Chunk(long offset, int length, int scheme, int rawLength) {}

    private Xorb(FileChannel channel, List<Chunk> chunks) {
        this.channel = channel;
        this.chunks = chunks;
    }

    /**
     * Opens a file and finds the chunks in it.
     *
     * @throws dev.mgit.serve.http.HttpError if it is malformed
     */
    static Xorb open(Path file) throws IOException {
        FileChannel channel = FileChannel.open(file, StandardOpenOption.READ);
        boolean opened = false;
        try {
            var xorb = new Xorb(channel, chunks(channel));
            opened = true;
            return xorb;
        } finally {
            if (!opened) {
                channel.close();
            }
        }
    }

    private static List<Chunk> chunks(FileChannel channel) throws IOException {
        List<Chunk> chunks = new ArrayList<>();
        long size = channel.size();
        ByteBuffer header = ByteBuffer.allocate(HEADER);
        for (long at = 0; at < size; ) {
            if (size - at < HEADER) {
                throw malformed();
            }
            read(channel, header.clear(), at);
            if (header.get(0) == FOOTER) {
                break;
            }
            var chunk = new Chunk(at + HEADER, number(header, 1), header.get(4), number(header, 5));
            boolean known = chunk.scheme >= PLAIN && chunk.scheme <= LZ4_OF_FOUR_STREAMS;
            boolean fits = chunk.length <= size - chunk.offset
                    && chunk.length <= LONGEST_CHUNK
                    && chunk.rawLength <= LONGEST_CHUNK
                    && (chunk.scheme != PLAIN || chunk.length == chunk.rawLength);
            if (header.get(0) != 0 || !known || !fits || chunks.size() == MOST_CHUNKS) {
                throw malformed();
            }
            chunks.add(chunk);
            at = chunk.offset + chunk.length;
        }
        return chunks;
    }

    private static int number(ByteBuffer header, int at) {
        return header.get(at) & 0xff | (header.get(at + 1) & 0xff) << 8 | (header.get(at + 2) & 0xff) << 16;
    }

    private static RuntimeException malformed() {
        return Refusals.malformed("the xorb is malformed");
    }

    private static void read(FileChannel channel, ByteBuffer target, long at) throws IOException {
        while (target.hasRemaining()) {
            if (channel.read(target, at + target.position()) < 0) {
                throw new EOFException("a xorb ends early");
            }
        }
    }

    /** What some chunks decode to, or −1 if there are no such chunks. */
    long bytes(long from, long to) {
        if (from < 0 || from > to || to > chunks.size()) {
            return -1;
        }
        return chunks.subList((int) from, (int) to).stream()
                .mapToLong(Chunk::rawLength)
                .sum();
    }

    /** Decodes some chunks, one after the other. */
    void copy(int from, int to, OutputStream out) throws IOException {
        for (Chunk chunk : chunks.subList(from, to)) {
            byte[] stored = new byte[chunk.length];
            read(channel, ByteBuffer.wrap(stored), chunk.offset);
            out.write(decode(chunk, stored));
        }
    }

    private static byte[] decode(Chunk chunk, byte[] stored) {
        if (chunk.scheme == PLAIN) {
            return stored;
        }
        byte[] decoded = Lz4Frame.decode(stored, chunk.rawLength);
        return chunk.scheme == LZ4 ? decoded : woven(decoded);
    }

    /** Four streams, of every fourth byte each, made one again; the first are longer by one where it does not come out even. */
    private static byte[] woven(byte[] streams) {
        byte[] woven = new byte[streams.length];
        int at = 0;
        for (int stream = 0; stream < 4; stream++) {
            for (int i = stream; i < woven.length; i += 4) {
                woven[i] = streams[at++];
            }
        }
        return woven;
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
