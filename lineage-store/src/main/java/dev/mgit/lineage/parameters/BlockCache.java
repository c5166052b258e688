package dev.mgit.lineage.parameters;

import dev.mgit.delta.BlockId;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/** What was last read of some blocks, up to a number of bytes; the least recently used goes first. Thread-safe. */
final class BlockCache<V> {
    /** What an entry takes beside the bytes it holds: of small blocks, most of it. */
    private static final int ENTRY = 256;

    private final Map<BlockId, V> values = new LinkedHashMap<>(16, 0.75f, true);
    private final long most;
    private final ToLongFunction<V> weight;
    private long bytes;

    BlockCache(long most, ToLongFunction<V> weight) {
        this.most = most;
        this.weight = weight;
    }

    private long size(V value) {
        return weight.applyAsLong(value) + ENTRY;
    }

    synchronized @Nullable V find(BlockId id) {
        return values.get(id);
    }

    synchronized void keep(BlockId id, V value) {
        if (values.put(id, value) == null) {
            bytes += size(value);
        }
        Iterator<V> eldest = values.values().iterator();
        while (bytes > most && eldest.hasNext()) {
            bytes -= size(eldest.next());
            eldest.remove();
        }
    }
}
