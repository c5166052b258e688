package dev.mgit.lineage.remote.pack;

import dev.mgit.delta.BlockId;
import dev.mgit.delta.Hashes;
import dev.mgit.lineage.parameters.StoredObject;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.security.DigestInputStream;
import java.util.HexFormat;
import java.util.List;

/**
 * A pack that is written frame by frame, each read when its turn comes: once for the pack's name and again for every
 * time it is sent, so that no more than one frame is in memory.
 */
public final class Pack {
    /** Gives the bytes of frames, the same each time. */
    @FunctionalInterface
    public interface Frames {
        byte[] frame(BlockId id) throws IOException;
    }

    private final PackListing listing;
    private final byte[] footer;
    private final Frames frames;
    private final PackName name;

    private Pack(PackListing listing, Frames frames) throws IOException {
        this.listing = listing;
        this.footer = PackFooter.encode(listing);
        this.frames = frames;
        try (DigestInputStream in = new DigestInputStream(stream(), Hashes.sha256())) {
            in.transferTo(OutputStream.nullOutputStream());
            this.name =
                    new PackName(HexFormat.of().formatHex(in.getMessageDigest().digest()));
        }
    }

    /**
     * Reads all frames once to find the pack's name.
     *
     * @param frames sources before what is predicted from them
     */
    public static Pack of(List<PackedFrame> frames, List<StoredObject> objects, Frames bytes) throws IOException {
        return new Pack(PackListing.of(frames, objects), bytes);
    }

    public PackName name() {
        return name;
    }

    public long length() {
        return (long) listing.end() + footer.length;
    }

    public ListedPack listed() {
        return new ListedPack(name, length(), listing);
    }

    /** All bytes. Reading them fails before the last one if a frame is not the one it was before. */
    public InputStream open() {
        return new CheckedEnd(stream(), name, length());
    }

    private InputStream stream() {
        return new PackStream(listing, footer, frames);
    }
}
