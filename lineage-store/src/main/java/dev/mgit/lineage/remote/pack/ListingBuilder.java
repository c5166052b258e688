package dev.mgit.lineage.remote.pack;

import dev.mgit.delta.BlockId;
import dev.mgit.delta.IdSet;
import dev.mgit.lineage.parameters.StoredObject;
import java.io.ByteArrayOutputStream;
import java.util.List;

/** Numbers the ids of a pack and fills the arrays of its listing. */
final class ListingBuilder {
    private final List<PackedFrame> frames;
    private final List<StoredObject> objects;
    private final IdSet ids = new IdSet();

    ListingBuilder(List<PackedFrame> frames, List<StoredObject> objects) {
        this.frames = frames;
        this.objects = objects;
    }

    PackListing build() {
        for (PackedFrame frame : frames) {
            int before = ids.size();
            if (number(frame.id()) != before) {
                throw new IllegalArgumentException("block " + frame.id().hex() + " twice in a pack");
            }
        }
        int count = frames.size();
        int[] offsets = new int[count + 1];
        int[] rawLengths = new int[count];
        byte[] depths = new byte[count];
        int[] sourceStarts = new int[count + 1];
        var sources = new Numbers();
        offsets[0] = PackFormat.MAGIC_BYTES;
        for (int i = 0; i < count; i++) {
            PackedFrame frame = frames.get(i);
            offsets[i + 1] = Math.addExact(offsets[i], frame.length());
            rawLengths[i] = frame.rawLength();
            depths[i] = (byte) frame.depth();
            frame.sources().forEach(source -> sources.add(number(source)));
            sourceStarts[i + 1] = sources.size();
        }
        int[] blockStarts = new int[objects.size() + 1];
        var blockNames = new Numbers();
        var blockLengths = new Numbers();
        var objectIds = new ByteArrayOutputStream();
        int last = 0;
        for (StoredObject object : objects) { // each is asked for once: that may be a look into a store
            objectIds.writeBytes(object.id().bytes());
            for (StoredObject.Block block : object.blocks()) {
                blockNames.add(number(block.id()));
                blockLengths.add(block.length());
            }
            blockStarts[++last] = blockNames.size();
        }
        return new PackListing(
                names(),
                offsets,
                rawLengths,
                depths,
                sourceStarts,
                sources.toArray(),
                objectIds.toByteArray(),
                blockStarts,
                blockNames.toArray(),
                blockLengths.toArray());
    }

    private int number(BlockId id) {
        return ids.add(id.bytes());
    }

    private byte[] names() {
        byte[] names = new byte[ids.size() * BlockId.BYTES];
        for (int i = 0; i < ids.size(); i++) {
            System.arraycopy(ids.get(i), 0, names, i * BlockId.BYTES, BlockId.BYTES);
        }
        return names;
    }
}
