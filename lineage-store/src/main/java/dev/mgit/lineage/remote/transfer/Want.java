package dev.mgit.lineage.remote.transfer;

import dev.mgit.lineage.parameters.StoredObject;
import dev.mgit.lineage.version.ObjectId;
import dev.mgit.lineage.version.ObjectIds;
import java.util.AbstractList;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * A part of an object that is to be read here.
 *
 * @param offset of its first byte in the object
 * @param length in bytes; reaching beyond the object's end is no error
 */
public record Want(ObjectId object, long offset, long length) {
    public Want {
        if (offset < 0 || length < 0) {
            throw new IllegalArgumentException("no range: " + length + " bytes from " + offset);
        }
    }

    public static Want whole(ObjectId object) {
        return new Want(object, 0, Long.MAX_VALUE);
    }

    /** All of some objects, from one number to before another; made when they are asked for. */
    public static List<Want> whole(ObjectIds objects, int from, int to) {
        return new AbstractList<>() {
            @Override
            public Want get(int index) {
                return whole(objects.get(from + Objects.checkIndex(index, to - from)));
            }

            @Override
            public int size() {
                return to - from;
            }
        };
    }

    /** The blocks that hold it. */
    List<StoredObject.Block> blocks(StoredObject stored) {
        List<StoredObject.Block> blocks = new ArrayList<>();
        long start = 0;
        long end = length > Long.MAX_VALUE - offset ? Long.MAX_VALUE : offset + length;
        for (StoredObject.Block block : stored.blocks()) {
            if (start < end && start + block.length() > offset) {
                blocks.add(block);
            }
            start += block.length();
        }
        return blocks;
    }
}
