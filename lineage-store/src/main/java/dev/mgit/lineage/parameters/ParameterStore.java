package dev.mgit.lineage.parameters;

import dev.mgit.delta.BlockId;
import dev.mgit.lineage.version.ObjectId;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.function.Consumer;

/**
 * Blocks (as frames) and objects (as lists of blocks) by their content. Implementations are safe for use by several
 * threads. What a writer puts is durable after {@link #flush()} and visible to readers opened after that.
 */
public interface ParameterStore extends AutoCloseable {
    /** The stored frame of a block, unverified. */
    Optional<byte[]> frame(BlockId id);

    /** Whether there is a frame, readable or not. */
    boolean hasBlock(BlockId id);

    Optional<StoredObject> object(ObjectId id);

    /** Calls back with every block and the size of its frame, in id order. */
    void forEachBlock(BiConsumer<BlockId, byte[]> visitor);

    void forEachObject(Consumer<StoredObject> visitor);

    /**
     * Checks what lies around frames and objects in the store's own files, as far as it has such.
     *
     * @throws dev.mgit.delta.MgitException of kind INTEGRITY, naming the file, if one is damaged
     */
    default void verifyFiles() {}

    /** Whether somebody has written to the store since it was opened for reading: what is opened now may have more. */
    default boolean isOutdated() {
        return false;
    }

    /** Stores or replaces a block's frame. */
    void putBlock(BlockId id, byte[] frame);

    void putObject(StoredObject object);

    void removeBlock(BlockId id);

    void removeObject(ObjectId id);

    /** Makes everything put so far durable. */
    void flush();

    /** Gives disk space of removed and replaced frames back. */
    void compact();

    @Override
    void close();
}
