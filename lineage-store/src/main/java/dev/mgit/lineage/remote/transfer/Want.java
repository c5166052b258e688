package dev.mgit.lineage.remote.transfer;

import dev.mgit.lineage.parameters.StoredObject;
import dev.mgit.lineage.version.ObjectId;
import java.util.ArrayList;
import java.util.List;

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
