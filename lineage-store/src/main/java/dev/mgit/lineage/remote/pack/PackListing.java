package dev.mgit.lineage.remote.pack;

import dev.mgit.delta.BlockId;
import dev.mgit.delta.MgitException;
import dev.mgit.lineage.parameters.StoredObject;
import dev.mgit.lineage.version.ObjectId;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntConsumer;

/**
 * What a pack holds: its frames in the order they lie in it, one after the other, and objects with their blocks, which
 * may lie in other packs. Ids stand in one table, frames first; everything else names them by number. About 50 bytes a
 * block in memory.
 */
public final class PackListing {
    final byte[] names;
    final int frames;
    /** Where each frame begins in the pack, and where the last one ends. */
    final int[] offsets;

    final int[] rawLengths;
    final byte[] depths;
    /** Where the sources of each frame begin in {@link #sources}, and where the last ones end. */
    final int[] sourceStarts;

    final int[] sources;
    final byte[] objectIds;
    /** Where the blocks of each object begin in the two arrays below, and where the last ones end. */
    final int[] blockStarts;

    final int[] blockNames;
    final int[] blockLengths;

    PackListing(
            byte[] names,
            int[] offsets,
            int[] rawLengths,
            byte[] depths,
            int[] sourceStarts,
            int[] sources,
            byte[] objectIds,
            int[] blockStarts,
            int[] blockNames,
            int[] blockLengths) {
        this.names = names;
        this.frames = rawLengths.length;
        this.offsets = offsets;
        this.rawLengths = rawLengths;
        this.depths = depths;
        this.sourceStarts = sourceStarts;
        this.sources = sources;
        this.objectIds = objectIds;
        this.blockStarts = blockStarts;
        this.blockNames = blockNames;
        this.blockLengths = blockLengths;
    }

    /** @param frames no block twice */
    public static PackListing of(List<PackedFrame> frames, List<StoredObject> objects) {
        return new ListingBuilder(frames, objects).build();
    }

    /** Ids that are named in any way; those below {@link #frames()} have their frames here. */
    public int names() {
        return names.length / BlockId.BYTES;
    }

    public BlockId name(int number) {
        return BlockId.at(names, number * BlockId.BYTES);
    }

    public int frames() {
        return frames;
    }

    /** Where a frame begins in the pack. */
    public int offset(int frame) {
        return offsets[frame];
    }

    public int length(int frame) {
        return offsets[frame + 1] - offsets[frame];
    }

    /** Where the last frame ends. */
    public int end() {
        return offsets[frames];
    }

    public int rawLength(int frame) {
        return rawLengths[frame];
    }

    /** As the writer counted; in a store that others write to as well it can be less. */
    public int depth(int frame) {
        return depths[frame] & 0xff;
    }

    /** Numbers of the names a frame is predicted from. */
    public void forEachSource(int frame, IntConsumer visitor) {
        for (int i = sourceStarts[frame]; i < sourceStarts[frame + 1]; i++) {
            visitor.accept(sources[i]);
        }
    }

    public int sourceCount(int frame) {
        return sourceStarts[frame + 1] - sourceStarts[frame];
    }

    public PackedFrame frame(int frame) {
        List<BlockId> from = new ArrayList<>();
        forEachSource(frame, source -> from.add(name(source)));
        return new PackedFrame(name(frame), length(frame), rawLength(frame), depth(frame), from);
    }

    public int objects() {
        return blockStarts.length - 1;
    }

    public ObjectId objectId(int object) {
        return ObjectId.at(objectIds, object * BlockId.BYTES);
    }

    /**
     * An object's blocks.
     *
     * @throws MgitException of kind INTEGRITY if they are not those of its id
     */
    public StoredObject object(int object) {
        List<StoredObject.Block> blocks = new ArrayList<>(blockStarts[object + 1] - blockStarts[object]);
        for (int i = blockStarts[object]; i < blockStarts[object + 1]; i++) {
            blocks.add(new StoredObject.Block(name(blockNames[i]), blockLengths[i]));
        }
        StoredObject listed = StoredObject.of(blocks);
        if (!listed.id().equals(objectId(object))) {
            throw PackFormat.damaged("object " + objectId(object).abbreviated(), "its blocks are not those it names");
        }
        return listed;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof PackListing that && Arrays.equals(ListingCodec.encode(this), ListingCodec.encode(that));
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(names);
    }
}
