package dev.mgit.lineage.remote.pack;

import dev.mgit.delta.Hashes;
import dev.mgit.delta.MgitException;
import dev.mgit.delta.frame.FieldReader;
import dev.mgit.delta.frame.FieldWriter;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;

/** The listings of several packs in one immutable object. */
public final class PackIndex {
    /** An index is closed when it has grown to this: larger ones are slow to move. */
    public static final int CLOSED_BYTES = 8 << 20;

    public static final int MAX_BYTES = PackFormat.MAX_INDEX;

    /** Magic, count, and of each pack its name and size. */
    private static final int FEWEST_PACK_BYTES = PackFormat.HASH_BYTES + 4;

    private PackIndex() {}

    /** An index as a store keeps it. */
    @SuppressWarnings("ArrayRecordComponent") // handed to the store, never compared
    public record Encoded(PackName name, byte[] bytes) {}

    /** The indexes of so many packs: one, or several where one would be too large. */
    public static List<Encoded> encode(List<ListedPack> packs) {
        List<Encoded> indexes = new ArrayList<>();
        var open = new Open();
        for (ListedPack pack : packs) {
            open.add(pack).ifPresent(indexes::add);
        }
        open.end().ifPresent(indexes::add);
        return indexes;
    }

    /** Encodes the indexes of packs that come one by one. */
    public static final class Open {
        private final List<ListedPack> packs = new ArrayList<>();
        private long bytes;

        /** @return the index that is full with this pack */
        public Optional<Encoded> add(ListedPack pack) {
            packs.add(pack);
            bytes += pack.listing().names.length + 12L * pack.listing().frames;
            return bytes >= CLOSED_BYTES ? end() : Optional.empty();
        }

        /** The index of the packs since the last one; empty if there are none. */
        public Optional<Encoded> end() {
            if (packs.isEmpty()) {
                return Optional.empty();
            }
            Encoded index = encodeOne(packs);
            packs.clear();
            bytes = 0;
            return Optional.of(index);
        }
    }

    private static Encoded encodeOne(List<ListedPack> packs) {
        FieldWriter out =
                new FieldWriter(1 << 16).bytes(PackFormat.indexMagic()).varint(packs.size());
        for (ListedPack pack : packs) {
            out.bytes(HexFormat.of().parseHex(pack.name().hex()))
                    .varint(pack.size())
                    .bytes(ListingCodec.encode(pack.listing()));
        }
        byte[] bytes = out.toBytes();
        return new Encoded(name(bytes), bytes);
    }

    private static PackName name(byte[] bytes) {
        return new PackName(HexFormat.of().formatHex(Hashes.sha256().digest(bytes)));
    }

    /** Whether bytes are those of an index's name. */
    public static boolean isSound(PackName index, byte[] bytes) {
        return name(bytes).equals(index);
    }

    /** @throws MgitException of kind INTEGRITY if the bytes are not those of this index or break a rule */
    public static List<ListedPack> parse(PackName index, byte[] bytes) {
        String what = "index " + index.hex();
        PackFormat.require(PackFormat.indexMagic(), bytes, 0, what);
        if (!isSound(index, bytes)) {
            throw PackFormat.damaged(what, "its bytes do not match its name");
        }
        FieldReader in =
                new FieldReader(bytes, PackFormat.MAGIC_BYTES, bytes.length, why -> PackFormat.damaged(what, why));
        int count = in.varint(in.remaining() / FEWEST_PACK_BYTES, "its count of packs");
        List<ListedPack> packs = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            PackName name = new PackName(HexFormat.of().formatHex(in.bytes(PackFormat.HASH_BYTES)));
            long size = in.varint((long) PackFormat.MAX_PACK, "a pack's size");
            PackListing listing = ListingCodec.read(in);
            in.require(listing.end() + PackFormat.TRAILER_BYTES <= size, "a pack's frames are more than the pack");
            packs.add(new ListedPack(name, size, listing));
        }
        in.expectEnd();
        return packs;
    }
}
