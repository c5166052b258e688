package dev.mgit.lineage.version;

import java.util.AbstractMap;
import java.util.AbstractSet;
import java.util.Arrays;
import java.util.Iterator;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Objects with their lengths, in the order they came: some 50 bytes each. None is ever taken out. */
public final class ObjectLengths extends AbstractMap<ObjectId, Long> {
    private final ObjectIds ids = new ObjectIds();
    private long[] lengths = new long[16];

    /** The same objects; the very map if it is one of these. */
    public static ObjectLengths of(Map<ObjectId, Long> objects) {
        return objects instanceof ObjectLengths known ? known : where(objects, id -> true);
    }

    /** Those that a condition fits. */
    public static ObjectLengths where(Map<ObjectId, Long> objects, Predicate<ObjectId> wanted) {
        var chosen = new ObjectLengths();
        objects.forEach((id, length) -> {
            if (wanted.test(id)) {
                chosen.put(id, length);
            }
        });
        return chosen;
    }

    @Override
    public @Nullable Long put(ObjectId id, Long length) {
        int before = ids.size();
        int number = ids.number(id);
        if (number == lengths.length) {
            lengths = Arrays.copyOf(lengths, number + number / 2);
        }
        Long old = number < before ? lengths[number] : null;
        lengths[number] = length;
        return old;
    }

    /** Adds an object that has at least so many bytes. */
    void atLeast(ObjectId id, long length) {
        int number = ids.find(id);
        if (number < 0) {
            put(id, length);
        } else {
            lengths[number] = Math.max(lengths[number], length);
        }
    }

    @Override
    public @Nullable Long get(@Nullable Object id) {
        int number = id instanceof ObjectId object ? ids.find(object) : -1;
        return number < 0 ? null : lengths[number];
    }

    @Override
    public boolean containsKey(@Nullable Object id) {
        return ids.contains(id);
    }

    @Override
    public int size() {
        return ids.size();
    }

    @Override
    public ObjectIds keySet() {
        return ids;
    }

    @Override
    public Set<Map.Entry<ObjectId, Long>> entrySet() {
        return new AbstractSet<>() {
            @Override
            public Iterator<Map.Entry<ObjectId, Long>> iterator() {
                Iterator<ObjectId> all = ids.iterator();
                return new Iterator<>() {
                    private int next;

                    @Override
                    public boolean hasNext() {
                        return all.hasNext();
                    }

                    @Override
                    public Map.Entry<ObjectId, Long> next() {
                        return Map.entry(all.next(), lengths[next++]);
                    }
                };
            }

            @Override
            public int size() {
                return ids.size();
            }
        };
    }
}
