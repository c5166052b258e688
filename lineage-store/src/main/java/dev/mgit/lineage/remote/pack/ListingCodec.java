package dev.mgit.lineage.remote.pack;

import dev.mgit.delta.BlockId;
import dev.mgit.delta.IdSet;
import dev.mgit.delta.frame.FieldReader;
import dev.mgit.delta.frame.FieldWriter;
import dev.mgit.delta.frame.Frame;
import java.util.Arrays;

/** Listings as bytes. What is read is hostile until all of it has been checked. */
final class ListingCodec {
    private static final int ID = BlockId.BYTES;

    private ListingCodec() {}

    static byte[] encode(PackListing listing) {
        FieldWriter out = new FieldWriter(listing.names.length + 8 * listing.frames + 64);
        out.varint(listing.names()).bytes(listing.names);
        out.varint(listing.frames);
        for (int i = 0; i < listing.frames; i++) {
            out.varint(listing.length(i)).varint(listing.rawLength(i)).u8(listing.depth(i));
            out.varint(listing.sourceCount(i));
            listing.forEachSource(i, out::varint);
        }
        out.varint(listing.objects());
        for (int i = 0; i < listing.objects(); i++) {
            out.bytes(Arrays.copyOfRange(listing.objectIds, i * ID, (i + 1) * ID));
            out.varint(listing.blockStarts[i + 1] - listing.blockStarts[i]);
            for (int b = listing.blockStarts[i]; b < listing.blockStarts[i + 1]; b++) {
                out.varint(listing.blockNames[b]).varint(listing.blockLengths[b]);
            }
        }
        return out.toBytes();
    }

    /** Reads a listing and leaves the reader behind it; fails as the reader does. */
    static PackListing read(FieldReader in) {
        int count = in.varint(PackFormat.MAX_LISTING / ID, "its count of names");
        byte[] names = in.bytes(count * ID);
        requireDistinct(in, names);

        int frames = in.varint(count, "its count of frames");
        int[] offsets = new int[frames + 1];
        int[] rawLengths = new int[frames];
        byte[] depths = new byte[frames];
        int[] sourceStarts = new int[frames + 1];
        Numbers sources = new Numbers();
        offsets[0] = PackFormat.MAGIC_BYTES;
        for (int i = 0; i < frames; i++) {
            offsets[i + 1] = offsets[i] + in.varint(PackFormat.MAX_PACK - offsets[i], "a frame's length");
            rawLengths[i] = in.varint(Frame.MAX_RAW_LENGTH, "a block's length");
            int depth = in.u8();
            depths[i] = (byte) depth;
            int from = in.varint(Math.min(count, Frame.MAX_BLOCKS), "a frame's count of sources");
            in.require((depth > 0) == (from > 0), "a frame's depth does not fit its sources");
            for (int s = 0; s < from; s++) {
                sources.add(in.varint(count - 1, "a source"));
            }
            sourceStarts[i + 1] = sources.size();
        }

        int objects = in.varint(in.remaining() / ID, "its count of objects");
        byte[] objectIds = new byte[objects * ID];
        int[] blockStarts = new int[objects + 1];
        Numbers blockNames = new Numbers();
        Numbers blockLengths = new Numbers();
        for (int i = 0; i < objects; i++) {
            System.arraycopy(in.bytes(ID), 0, objectIds, i * ID, ID);
            int blocks = in.varint(PackFormat.MAX_BLOCKS, "an object's count of blocks");
            in.require(2L * blocks <= in.remaining(), "it ends early");
            for (int b = 0; b < blocks; b++) {
                in.require(count > 0, "an object names a block that is not there");
                blockNames.add(in.varint(count - 1, "a block of an object"));
                blockLengths.add(in.varint(Frame.MAX_RAW_LENGTH, "a block's length"));
            }
            blockStarts[i + 1] = blockNames.size();
        }
        return new PackListing(
                names,
                offsets,
                rawLengths,
                depths,
                sourceStarts,
                sources.toArray(),
                objectIds,
                blockStarts,
                blockNames.toArray(),
                blockLengths.toArray());
    }

    private static void requireDistinct(FieldReader in, byte[] names) {
        IdSet seen = new IdSet();
        for (int at = 0; at < names.length; at += ID) {
            int before = seen.size();
            in.require(seen.add(Arrays.copyOfRange(names, at, at + ID)) == before, "it names a block twice");
        }
    }
}
