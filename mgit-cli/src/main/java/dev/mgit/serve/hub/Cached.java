package dev.mgit.serve.hub;

import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Function;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/** What was last made of things that never change, up to a weight; the least recently used goes first. */
final class Cached<K, V> {
    private final Map<K, V> values = new LinkedHashMap<>(16, 0.75f, true);
    private final long most;
    private final ToLongFunction<V> weight;
    private long held;

    Cached(long most, ToLongFunction<V> weight) {
        this.most = most;
        this.weight = weight;
    }

    /** Made under the lock: whoever wants the same waits instead of making it too. */
    synchronized V get(K key, Function<K, V> making) {
        @Nullable V known = values.get(key);
        if (known != null) {
            return known;
        }
        V made = making.apply(key);
        values.put(key, made);
        held += weight.applyAsLong(made);
        Iterator<V> eldest = values.values().iterator();
        while (held > most && values.size() > 1 && eldest.hasNext()) {
            held -= weight.applyAsLong(eldest.next());
            eldest.remove();
        }
        return made;
    }
}
