package dev.mgit.delta.layout;

import java.io.IOException;

/** Random access to the bytes of one file. Implementations are safe for use by several threads. */
public interface ByteSource {
    long size() throws IOException;

    /**
     * Reads exactly {@code length} bytes at {@code position}.
     *
     * @throws java.io.EOFException if the source ends before that
     */
    void read(long position, byte[] target, int offset, int length) throws IOException;
}
