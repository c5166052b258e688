package dev.mgit.delta.layout;

import dev.mgit.delta.MgitException;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import org.jspecify.annotations.Nullable;

/**
 * A file made again from its content: its streams are coded on the way. Begun inside a stream, it makes that from
 * its beginning and drops what is before.
 */
final class PackedInputStream extends InputStream {
    private static final int CHUNK = 1 << 16;

    private final Packing packing;
    private final InputStream content;
    private final byte[] chunk = new byte[CHUNK];
    private int next;
    private long position;
    private long skip;
    private StreamCoder.@Nullable Encoder encoder;
    private final Made made = new Made();

    /** Packed bytes that were made and not handed out. */
    private static final class Made extends ByteArrayOutputStream {
        private int served;
        private long total;

        int left() {
            return count - served;
        }

        int take(byte[] target, int offset, int length) {
            int some = Math.min(length, left());
            System.arraycopy(buf, served, target, offset, some);
            served += some;
            if (served == count) {
                reset();
                served = 0;
            }
            return some;
        }

        @Override
        public synchronized void write(byte[] bytes, int offset, int length) {
            total += length;
            super.write(bytes, offset, length);
        }
    }

    PackedInputStream(Packing packing, long from, Packing.Opening content) throws IOException {
        this.packing = packing;
        this.next = packing.streamAt(from);
        this.position = packing.contentPosition(from);
        boolean inside = next < packing.streams().size() && packing.fileOffset(next) < from;
        this.skip = inside ? from - packing.fileOffset(next) : 0;
        this.content = content.from(position);
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
        if (length == 0) {
            return 0;
        }
        while (true) {
            while (skip > 0 && made.left() > 0) {
                skip -= made.take(chunk, 0, (int) Math.min(chunk.length, skip));
            }
            if (made.left() > 0) {
                return made.take(target, offset, length);
            }
            if (next == packing.streams().size()) {
                return content.read(target, offset, length);
            }
            PackedStream stream = packing.streams().get(next);
            if (position < stream.offset()) {
                int some = content.read(target, offset, (int) Math.min(length, stream.offset() - position));
                position += Math.max(0, some);
                return some;
            }
            make(stream);
        }
    }

    private void make(PackedStream stream) throws IOException {
        StreamCoder.Encoder begun = encoder;
        if (begun == null) {
            begun = stream.coder().encoder(made);
            encoder = begun;
            made.total = 0;
        }
        int some = (int) Math.min(chunk.length, stream.end() - position);
        if (content.readNBytes(chunk, 0, some) < some) {
            throw new EOFException("the content ends at byte " + position);
        }
        begun.write(chunk, 0, some);
        position += some;
        if (position == stream.end()) {
            begun.finish();
            encoder = null;
            next++;
            if (made.total != stream.packedLength()) {
                throw MgitException.integrity("packed again, the bytes at " + stream.offset() + " take " + made.total
                        + " bytes, but the manifest says " + stream.packedLength());
            }
        }
    }

    @Override
    public void close() throws IOException {
        content.close();
    }
}
