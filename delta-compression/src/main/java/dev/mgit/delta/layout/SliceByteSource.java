package dev.mgit.delta.layout;

import java.io.EOFException;
import java.io.IOException;

/** A byte range of another source. */
public record SliceByteSource(ByteSource whole, long offset, long size) implements ByteSource {
    @Override
    public void read(long position, byte[] target, int at, int length) throws IOException {
        if (position < 0 || length < 0 || position > size - length) {
            throw new EOFException("bytes " + position + " to " + (position + length) + " of " + size);
        }
        whole.read(offset + position, target, at, length);
    }
}
