package dev.mgit.lineage.remote.pack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mgit.delta.BlockId;
import dev.mgit.delta.MgitException;
import dev.mgit.delta.frame.FieldWriter;
import dev.mgit.lineage.parameters.StoredObject;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** Packs and indexes as bytes. What is in the frames is noise: a pack does not look into them. */
class PackTest {
    private static final PackName SOME = new PackName("ab".repeat(32));

    private final SplittableRandom random = new SplittableRandom(7);
    private final Map<BlockId, byte[]> bytes = new HashMap<>();

    private BlockId id() {
        byte[] id = new byte[BlockId.BYTES];
        random.nextBytes(id);
        return BlockId.of(id);
    }

    private PackedFrame frame(int length, int depth, BlockId... sources) {
        byte[] frame = new byte[length];
        random.nextBytes(frame);
        BlockId id = id();
        bytes.put(id, frame);
        return new PackedFrame(id, length, length * 3, depth, List.of(sources));
    }

    private Pack made() throws IOException {
        PackedFrame one = frame(100, 0);
        BlockId elsewhere = id();
        PackedFrame two = frame(30_000, 3, one.id(), elsewhere);
        StoredObject object = StoredObject.of(List.of(
                new StoredObject.Block(one.id(), 300), new StoredObject.Block(id(), 17),
                new StoredObject.Block(two.id(), 90_000), new StoredObject.Block(one.id(), 300)));
        return Pack.of(
                List.of(one, two, frame(1, 1, elsewhere)), List.of(object, StoredObject.of(List.of())), bytes::get);
    }

    private static byte[] all(Pack pack) throws IOException {
        try (var in = pack.open()) {
            return in.readAllBytes();
        }
    }

    private static byte[] tail(byte[] pack) {
        return Arrays.copyOfRange(pack, Math.max(0, pack.length - PackFooter.USUAL_BYTES), pack.length);
    }

    @Test
    void whatIsWrittenIsRead() throws IOException {
        Pack pack = made();
        byte[] written = all(pack);
        assertThat(written).hasSize((int) pack.length());
        PackListing listing = PackFooter.parse(pack.name(), tail(written), written.length);
        assertThat(listing).isEqualTo(pack.listed().listing());
        for (int i = 0; i < listing.frames(); i++) {
            assertThat(Arrays.copyOfRange(written, listing.offset(i), listing.offset(i) + listing.length(i)))
                    .isEqualTo(bytes.get(listing.name(i)));
        }
        assertThat(listing.frame(1).sources()).containsExactly(listing.name(0), listing.name(3));
        assertThat(listing.frame(1).depth()).isEqualTo(3);
        assertThat(listing.objects()).isEqualTo(2);
        assertThat(listing.object(0).blocks())
                .extracting(StoredObject.Block::length)
                .containsExactly(300, 17, 90_000, 300);
        assertThat(listing.object(1).blocks()).isEmpty();
    }

    @Test
    void theSameContentHasTheSameName() throws IOException {
        Pack pack = made();
        assertThat(PackName.ofPackKey(pack.name().packKey())).contains(pack.name());
        assertThat(PackName.ofIndexKey(pack.name().indexKey())).contains(pack.name());
        assertThat(PackName.ofPackKey("packs/00/" + pack.name().hex() + ".pack"))
                .isEmpty();
        byte[] whole = all(pack);
        assertThat(BlockId.hash(whole, 0, whole.length).hex())
                .isEqualTo(pack.name().hex());
    }

    @Test
    void aFrameThatChangesWhileItIsSentStopsThePack() throws IOException {
        Pack pack = made();
        BlockId second = pack.listed().listing().name(1);
        bytes.get(second)[5] ^= 1;
        assertThatThrownBy(() -> all(pack)).isInstanceOf(IOException.class).hasMessageContaining("changed");
        bytes.put(second, new byte[3]);
        assertThatThrownBy(() -> all(pack)).isInstanceOf(IOException.class).hasMessageContaining("changed");
    }

    @Test
    void everyFlippedBitOfAFooterIsNoticed() throws IOException {
        Pack pack = made();
        byte[] tail = tail(all(pack));
        int footer = PackFooter.length(pack.name(), tail, pack.length());
        for (int bit = (tail.length - footer) * 8; bit < tail.length * 8; bit++) {
            byte[] bad = tail.clone();
            bad[bit / 8] ^= (byte) (1 << bit % 8);
            assertThatThrownBy(() -> {
                        int length = PackFooter.length(pack.name(), bad, pack.length());
                        if (length <= bad.length) {
                            PackFooter.parse(pack.name(), bad, pack.length());
                        } else {
                            throw MgitException.integrity("longer than what was read");
                        }
                    })
                    .isInstanceOf(MgitException.class);
        }
    }

    @Test
    void aPackThatWasCutIsNoticed() throws IOException {
        byte[] whole = all(made());
        for (int length : new int[] {0, 7, 43, 44, 200, whole.length - 1}) {
            byte[] cut = Arrays.copyOf(whole, length);
            assertThatThrownBy(() -> PackFooter.parse(SOME, cut, length)).isInstanceOf(MgitException.class);
        }
        assertThatThrownBy(() -> PackFooter.parse(SOME, tail(whole), whole.length + 1))
                .isInstanceOf(MgitException.class);
    }

    /** Listings whose checksum is right: whoever has the rights to write can make them. */
    @Test
    void hostileListingsEndInOneSentence() throws IOException {
        byte[] listing = ListingCodec.encode(made().listed().listing());
        for (int round = 0; round < 20_000; round++) {
            byte[] bad =
                    random.nextInt(4) == 0 ? Arrays.copyOf(listing, random.nextInt(listing.length)) : listing.clone();
            for (int i = random.nextInt(4); i >= 0 && bad.length > 0; i--) {
                bad[random.nextInt(bad.length)] = (byte) random.nextInt(256);
            }
            byte[] index = new FieldWriter()
                    .bytes(PackFormat.indexMagic())
                    .varint(1)
                    .bytes(new byte[32])
                    .varint(40_000)
                    .bytes(bad)
                    .toBytes();
            PackName name = new PackName(BlockId.hash(index, 0, index.length).hex());
            try {
                for (ListedPack pack : PackIndex.parse(name, index)) {
                    use(pack.listing());
                }
            } catch (MgitException e) {
                assertThat(e.kind()).isEqualTo(MgitException.Kind.INTEGRITY);
                assertThat(e.getMessage()).contains("damaged").doesNotContain("\n");
            }
        }
    }

    private static void use(PackListing listing) {
        for (int i = 0; i < listing.frames(); i++) {
            assertThat(listing.frame(i).id()).isNotNull();
        }
        for (int i = 0; i < listing.objects(); i++) {
            assertThat(listing.object(i).length()).isNotNegative();
        }
    }

    @Test
    void countsBeyondTheBytesAllocateNothing() {
        for (long count : new long[] {1 << 20, (1 << 21) - 1, Integer.MAX_VALUE, Long.MAX_VALUE}) {
            byte[] index = new FieldWriter()
                    .bytes(PackFormat.indexMagic())
                    .varint(1)
                    .bytes(new byte[32])
                    .varint(1000)
                    .varint(count)
                    .toBytes();
            PackName name = new PackName(BlockId.hash(index, 0, index.length).hex());
            assertThatThrownBy(() -> PackIndex.parse(name, index)).isInstanceOf(MgitException.class);
        }
    }

    @Test
    void indexesGatherPacksAndAreDividedWhenLarge() throws IOException {
        List<ListedPack> packs = new ArrayList<>(List.of(made().listed(), made().listed()));
        List<PackIndex.Encoded> small = PackIndex.encode(packs);
        assertThat(small).hasSize(1);
        assertThat(PackIndex.parse(small.get(0).name(), small.get(0).bytes())).isEqualTo(packs);
        for (int p = 0; p < 3; p++) {
            List<PackedFrame> frames = new ArrayList<>();
            for (int i = 0; i < 100_000; i++) {
                frames.add(new PackedFrame(id(), 50, 60, 0, List.of()));
            }
            packs.add(new ListedPack(
                    new PackName(id().hex()), 6_000_000 + (4L << 20), PackListing.of(frames, List.of())));
        }
        List<PackIndex.Encoded> divided = PackIndex.encode(packs);
        assertThat(divided).hasSizeGreaterThan(1);
        List<ListedPack> back = new ArrayList<>();
        divided.forEach(index -> back.addAll(PackIndex.parse(index.name(), index.bytes())));
        assertThat(back).isEqualTo(packs);
    }

    @Test
    void aFlippedOrNewerIndexIsRefused() throws IOException {
        PackIndex.Encoded index = PackIndex.encode(List.of(made().listed())).get(0);
        byte[] flipped = index.bytes().clone();
        flipped[100] ^= 1;
        assertThatThrownBy(() -> PackIndex.parse(index.name(), flipped)).hasMessageContaining("do not match its name");
        byte[] newer = index.bytes().clone();
        newer[7] = '2';
        assertThatThrownBy(() -> PackIndex.parse(index.name(), newer))
                .isInstanceOfSatisfying(
                        MgitException.class, e -> assertThat(e.hint()).isEqualTo("use a newer mgit"));
    }
}
