package dev.mgit.delta.layout;

import java.io.EOFException;
import java.util.Objects;

/** Bytes in memory. The array is not copied, so it must not change while it is read. */
public final class MemoryByteSource implements ByteSource {
    private final byte[] bytes;

    public MemoryByteSource(byte[] bytes) {
        this.bytes = bytes;
    }

    @Override
    public long size() {
        return bytes.length;
    }

    @Override
    public void read(long position, byte[] target, int offset, int length) throws EOFException {
        Objects.checkFromIndexSize(offset, length, target.length);
        if (position < 0 || position > bytes.length - length) {
            throw new EOFException("bytes " + position + " to " + (position + length) + " of " + bytes.length);
        }
        System.arraycopy(bytes, (int) position, target, offset, length);
    }
}
