package dev.mgit.serve.http;

import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;

/** Bytes of a reply: in memory, or in a file, from where they are sent without passing through this process. */
public sealed interface Piece {
    /** @param bytes backed by an array */
    record Bytes(ByteBuffer bytes) implements Piece {}

    /** @param file which has bytes up to {@code from + length}, and is open until the next piece is asked for */
    record FilePart(FileChannel file, long from, long length) implements Piece {}
}
