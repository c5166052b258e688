package dev.mgit.lineage.version;

import dev.mgit.delta.IdSet;
import java.util.AbstractSet;
import java.util.Collection;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Objects in the order they came, numbered: some 40 bytes each. None is ever taken out. */
public final class ObjectIds extends AbstractSet<ObjectId> {
    private final IdSet ids = new IdSet();

    /** The same objects; the very set if it is one of these. */
    public static ObjectIds of(Collection<ObjectId> objects) {
        if (objects instanceof ObjectIds known) {
            return known;
        }
        var ids = new ObjectIds();
        ids.addAll(objects);
        return ids;
    }

    /** Those of some objects that a condition fits. */
    public static ObjectIds where(Collection<ObjectId> objects, Predicate<ObjectId> wanted) {
        var chosen = new ObjectIds();
        for (ObjectId id : objects) {
            if (wanted.test(id)) {
                chosen.add(id);
            }
        }
        return chosen;
    }

    @Override
    public boolean add(ObjectId id) {
        int before = ids.size();
        return number(id) == before;
    }

    /** The object's number; it is given the next one if it is new. */
    int number(ObjectId id) {
        return ids.add(id.bytes());
    }

    /** The object's number, -1 if it is not here. */
    public int find(ObjectId id) {
        return ids.find(id.bytes());
    }

    public ObjectId get(int number) {
        return ObjectId.of(ids.get(number));
    }

    @Override
    public boolean contains(@Nullable Object id) {
        return id instanceof ObjectId object && find(object) >= 0;
    }

    @Override
    public int size() {
        return ids.size();
    }

    @Override
    public Iterator<ObjectId> iterator() {
        return new Iterator<>() {
            private int next;

            @Override
            public boolean hasNext() {
                return next < size();
            }

            @Override
            public ObjectId next() {
                if (!hasNext()) {
                    throw new NoSuchElementException();
                }
                return get(next++);
            }
        };
    }
}
