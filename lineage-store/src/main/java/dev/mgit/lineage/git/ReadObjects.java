package dev.mgit.lineage.git;

import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import org.eclipse.jgit.lib.AnyObjectId;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.ObjectLoader;
import org.jspecify.annotations.Nullable;

/**
 * Small objects that were read and found to be what their ids say, those asked for last: a commit, its trees and its
 * record are asked for by every question about a version, and inflating and hashing them is most of what a question costs.
 */
final class ReadObjects {
    private static final int LONGEST = 1 << 16;
    private static final long MOST_BYTES = 32 << 20;
    /** What an entry takes beside the object's bytes, about. */
    private static final int ENTRY_BYTES = 160;

    private final Map<ObjectId, ObjectLoader> objects = new LinkedHashMap<>(16, 0.75f, true);
    private final long mostBytes;
    private long bytes;

    ReadObjects() {
        this(MOST_BYTES);
    }

    private ReadObjects(long mostBytes) {
        this.mostBytes = mostBytes;
    }

    /** For who has to know what is on the disk now. */
    static ReadObjects none() {
        return new ReadObjects(0);
    }

    /** Forgets all of them. */
    synchronized void clear() {
        objects.clear();
        bytes = 0;
    }

    synchronized @Nullable ObjectLoader get(AnyObjectId id) {
        return objects.get(id);
    }

    /** Keeps an object, unless it is large. */
    synchronized void put(AnyObjectId id, ObjectLoader object) {
        if (object.isLarge() || object.getSize() > LONGEST || objects.putIfAbsent(id.copy(), object) != null) {
            return;
        }
        bytes += object.getSize() + ENTRY_BYTES;
        Iterator<ObjectLoader> oldest = objects.values().iterator();
        while (bytes > mostBytes) {
            bytes -= oldest.next().getSize() + ENTRY_BYTES;
            oldest.remove();
        }
    }
}
