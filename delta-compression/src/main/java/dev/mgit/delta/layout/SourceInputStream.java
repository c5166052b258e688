package dev.mgit.delta.layout;

import java.io.IOException;
import java.io.InputStream;

/** A byte range of a source as a stream. */
public final class SourceInputStream extends InputStream {
    private final ByteSource source;
    private final long end;
    private long position;

    public SourceInputStream(ByteSource source, long offset, long length) {
        this.source = source;
        this.position = offset;
        this.end = offset + length;
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
        int count = (int) Math.min(length, end - position);
        if (count <= 0) {
            return -1;
        }
        source.read(position, target, offset, count);
        position += count;
        return count;
    }
}
