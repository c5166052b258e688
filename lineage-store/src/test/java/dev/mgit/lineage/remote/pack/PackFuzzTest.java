package dev.mgit.lineage.remote.pack;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.mgit.delta.BlockId;
import dev.mgit.delta.Hashes;
import dev.mgit.delta.MgitException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.MethodSource;

/** Whatever a store says of its packs is understood in full or refused as damage. Checksums are made to fit. */
class PackFuzzTest {
    private static final String NAME = "ab".repeat(32);

    private static PackListing listing() {
        BlockId one = BlockId.hash(new byte[1], 0, 1);
        BlockId two = BlockId.hash(new byte[2], 0, 2);
        return PackListing.of(
                List.of(new PackedFrame(one, 50, 60, 0, List.of()), new PackedFrame(two, 20, 60, 1, List.of(one))),
                List.of());
    }

    static Stream<byte[]> indexes() {
        return Stream.of(PackIndex.encode(List.of(new ListedPack(new PackName(NAME), 6_000_000, listing())))
                .get(0)
                .bytes());
    }

    @MethodSource("indexes")
    @FuzzTest(maxDuration = "5m")
    void index(byte[] bytes) {
        refusedOrFine(() -> PackIndex.parse(named(bytes), bytes));
    }

    static Stream<byte[]> listings() {
        return Stream.of(ListingCodec.encode(listing()));
    }

    /** The listing of a pack, to which the footer around it is made. */
    @MethodSource("listings")
    @FuzzTest(maxDuration = "5m")
    void footer(byte[] bytes) {
        byte[] tail = Arrays.copyOf(bytes, bytes.length + PackFormat.TRAILER_BYTES);
        byte[] hash = Hashes.sha256().digest(bytes);
        ByteBuffer.wrap(tail)
                .order(ByteOrder.LITTLE_ENDIAN)
                .position(bytes.length)
                .putInt(bytes.length)
                .put(hash, 0, PackFormat.HASH_BYTES)
                .put(PackFormat.endMagic());
        for (long size : new long[] {tail.length, tail.length + 70L, tail.length + 1000L}) {
            refusedOrFine(() -> PackFooter.parse(new PackName(NAME), tail, size));
        }
    }

    private static PackName named(byte[] bytes) {
        return new PackName(HexFormat.of().formatHex(Hashes.sha256().digest(bytes)));
    }

    private static void refusedOrFine(Runnable work) {
        try {
            work.run();
        } catch (MgitException e) {
            // a newer format is no damage
            assertThat(e.kind()).isIn(MgitException.Kind.INTEGRITY, MgitException.Kind.FAILED);
            assertThat(e.getMessage()).doesNotContain("\n");
        }
    }
}
