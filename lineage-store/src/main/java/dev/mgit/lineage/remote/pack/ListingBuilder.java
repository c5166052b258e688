package dev.mgit.lineage.remote.pack;

import dev.mgit.delta.BlockId;
import dev.mgit.lineage.parameters.IdSet;
import dev.mgit.lineage.parameters.StoredObject;
import java.io.ByteArrayOutputStream;
import java.util.HexFormat;
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
        int[] sources = new int
                [frames.stream().mapToInt(frame -> frame.sources().size()).sum()];
        offsets[0] = PackFormat.MAGIC_BYTES;
        for (int i = 0; i < count; i++) {
            PackedFrame frame = frames.get(i);
            offsets[i + 1] = Math.addExact(offsets[i], frame.length());
            rawLengths[i] = frame.rawLength();
            depths[i] = (byte) frame.depth();
            sourceStarts[i + 1] = sourceStarts[i] + frame.sources().size();
            for (int s = 0; s < frame.sources().size(); s++) {
                sources[sourceStarts[i] + s] = number(frame.sources().get(s));
            }
        }
        int[] blockStarts = new int[objects.size() + 1];
        int blocks = objects.stream().mapToInt(object -> object.blocks().size()).sum();
        int[] blockNames = new int[blocks];
        int[] blockLengths = new int[blocks];
        var objectIds = new ByteArrayOutputStream();
        int at = 0;
        for (int i = 0; i < objects.size(); i++) {
            objectIds.writeBytes(HexFormat.of().parseHex(objects.get(i).id().hex()));
            for (StoredObject.Block block : objects.get(i).blocks()) {
                blockNames[at] = number(block.id());
                blockLengths[at++] = block.length();
            }
            blockStarts[i + 1] = at;
        }
        return new PackListing(
                names(),
                offsets,
                rawLengths,
                depths,
                sourceStarts,
                sources,
                objectIds.toByteArray(),
                blockStarts,
                blockNames,
                blockLengths);
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
