package dev.mgit.bench;

import org.jspecify.annotations.Nullable;

/** A published way to code a block of floats, written anew from its description, to be measured beside mgit's. */
interface ReferenceCodec extends AutoCloseable {
    String name();

    /**
     * Codes a whole block.
     *
     * @param predicted the parent's block of the same length, or null
     * @param out has room for twice the block and some more
     * @return bytes written
     */
    int encode(byte[] raw, byte @Nullable [] predicted, byte[] out);

    /** Restores the block from {@code size} bytes. */
    void decode(byte[] coded, int size, byte @Nullable [] predicted, byte[] target);

    @Override
    void close();
}
