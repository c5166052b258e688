package dev.mgit.lineage.parameters;

import dev.mgit.lineage.version.ObjectId;
import java.util.Arrays;

/** The blocks of a stored object, found by position. */
final class ObjectBlocks {
    private final StoredObject object;
    private final long[] starts;
    private final long length;

    ObjectBlocks(StoredObject object) {
        this.object = object;
        this.starts = new long[object.blocks().size()];
        long at = 0;
        for (int i = 0; i < starts.length; i++) {
            starts[i] = at;
            at += object.blocks().get(i).length();
        }
        this.length = at;
    }

    ObjectId id() {
        return object.id();
    }

    /** Bytes of the object. */
    long length() {
        return length;
    }

    /** The block that holds a byte; blocks are never empty. */
    int indexOf(long position) {
        int found = Arrays.binarySearch(starts, position);
        return found >= 0 ? found : -found - 2;
    }

    /** Where in the object a block starts. */
    long start(int index) {
        return starts[index];
    }

    StoredObject.Block block(int index) {
        return object.blocks().get(index);
    }
}
