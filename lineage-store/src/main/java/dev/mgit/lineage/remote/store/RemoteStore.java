package dev.mgit.lineage.remote.store;

import java.time.Instant;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Objects under keys, the six calls any object store has. An object appears whole or not at all. Implementations are
 * safe for use by several threads.
 *
 * <p>Every call throws {@link StoreException} where the store cannot be reached, refuses, or is full; a key that is not
 * one is refused with {@link IllegalArgumentException}, see {@link StoreKey}.
 */
public interface RemoteStore extends AutoCloseable {
    /**
     * What is known of an object without reading it.
     *
     * @param size in bytes
     * @param modified when it was last put, by the store's own clock
     */
    record Entry(String key, long size, Instant modified) {}

    /** Stores an object, in place of one that is there. */
    void put(String key, Content content);

    /**
     * Stores a small object unless there is one already. Of several callers at once, exactly one stores its object;
     * see {@link StoreProbe} for stores that do not keep this promise.
     *
     * @return whether it was stored
     */
    boolean putIfAbsent(String key, byte[] content);

    /** Reads a part of an object; empty if there is none. As many bytes as there are in the range. */
    Optional<byte[]> get(String key, ByteRange range);

    Optional<Entry> head(String key);

    /** Calls back with every object whose key begins with a prefix, in the order of keys. */
    void list(String prefix, Consumer<Entry> visitor);

    /** Removes an object, if it is there. */
    void delete(String key);

    /** How messages name this store: its URL without secrets. */
    String url();

    @Override
    void close();
}
