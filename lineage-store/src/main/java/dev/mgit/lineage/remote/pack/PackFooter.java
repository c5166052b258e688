package dev.mgit.lineage.remote.pack;

import dev.mgit.delta.Hashes;
import dev.mgit.delta.MgitException;
import dev.mgit.delta.frame.FieldReader;
import dev.mgit.delta.frame.FieldWriter;
import java.security.MessageDigest;
import java.util.Arrays;

/** The end of a pack: its listing, and a trailer of fixed length by which the listing is found. */
public final class PackFooter {
    /** Most packs' footers are found in so many bytes at their end. */
    public static final int USUAL_BYTES = 1 << 16;

    private PackFooter() {}

    static byte[] encode(PackListing listing) {
        byte[] body = ListingCodec.encode(listing);
        return new FieldWriter(body.length + PackFormat.TRAILER_BYTES)
                .bytes(body)
                .i32(body.length)
                .bytes(Hashes.sha256().digest(body))
                .bytes(PackFormat.endMagic())
                .toBytes();
    }

    /**
     * How many bytes at the end of a pack hold its footer.
     *
     * @param tail the pack's last bytes, {@link #USUAL_BYTES} of them or all
     * @param size of the pack
     * @throws MgitException of kind INTEGRITY if it is no pack
     */
    public static int length(PackName pack, byte[] tail, long size) {
        if (tail.length < PackFormat.TRAILER_BYTES || size > PackFormat.MAX_PACK || tail.length > size) {
            throw damaged(pack, "it is too short or too long");
        }
        PackFormat.require(PackFormat.endMagic(), tail, tail.length - PackFormat.MAGIC_BYTES, what(pack));
        int trailer = tail.length - PackFormat.TRAILER_BYTES;
        int length = new FieldReader(tail, trailer, tail.length, why -> damaged(pack, why)).i32();
        if (length < 0 || length > PackFormat.MAX_LISTING || length + PackFormat.TRAILER_BYTES > size) {
            throw damaged(pack, "its listing has " + length + " bytes");
        }
        return length + PackFormat.TRAILER_BYTES;
    }

    /**
     * Reads a pack's listing from its footer.
     *
     * @param tail the pack's last bytes, at least {@link #length} of them
     * @throws MgitException of kind INTEGRITY if it is damaged
     */
    public static PackListing parse(PackName pack, byte[] tail, long size) {
        int start = tail.length - length(pack, tail, size);
        int end = tail.length - PackFormat.TRAILER_BYTES;
        if (start < 0) {
            throw new IllegalArgumentException("the footer is longer than the bytes given");
        }
        MessageDigest digest = Hashes.sha256();
        digest.update(tail, start, end - start);
        int hash = end + Integer.BYTES;
        if (!Arrays.equals(digest.digest(), Arrays.copyOfRange(tail, hash, hash + PackFormat.HASH_BYTES))) {
            throw damaged(pack, "the checksum of its listing does not match");
        }
        FieldReader in = new FieldReader(tail, start, end, why -> damaged(pack, why));
        PackListing listing = ListingCodec.read(in);
        in.expectEnd();
        requireSize(pack, listing, size, end - start);
        return listing;
    }

    private static void requireSize(PackName pack, PackListing listing, long size, int listingBytes) {
        if (listing.end() + (long) listingBytes + PackFormat.TRAILER_BYTES != size) {
            throw damaged(pack, "its frames and its listing do not make up its " + size + " bytes");
        }
    }

    private static String what(PackName pack) {
        return "pack " + pack.hex();
    }

    static MgitException damaged(PackName pack, String why) {
        return PackFormat.damaged(what(pack), why);
    }
}
