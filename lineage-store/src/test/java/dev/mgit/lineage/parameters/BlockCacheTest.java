package dev.mgit.lineage.parameters;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mgit.delta.BlockId;
import java.nio.ByteBuffer;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** How much is kept, however small the blocks are. */
class BlockCacheTest {
    private static final int MOST = 64_000;

    private static BlockId id(int number) {
        byte[] bytes = ByteBuffer.allocate(Integer.BYTES).putInt(number).array();
        return BlockId.hash(bytes, 0, bytes.length);
    }

    private static long kept(int blocks, int length) {
        var cache = new BlockCache<byte[]>(MOST, block -> block.length);
        for (int i = 0; i < blocks; i++) {
            cache.keep(id(i), new byte[length]);
        }
        return IntStream.range(0, blocks)
                .filter(number -> cache.find(id(number)) != null)
                .count();
    }

    @Test
    void ofTinyBlocksTheEntriesCount() {
        assertThat(kept(10_000, 1)).isBetween(100L, 300L);
    }

    @Test
    void ofLargeBlocksTheBytesCount() {
        assertThat(kept(100, 20_000)).isEqualTo(3);
    }

    @Test
    void theLastUsedStay() {
        var cache = new BlockCache<byte[]>(MOST, block -> block.length);
        cache.keep(id(1), new byte[30_000]);
        cache.keep(id(2), new byte[30_000]);
        cache.find(id(1));
        cache.keep(id(3), new byte[30_000]);

        assertThat(cache.find(id(1))).isNotNull();
        assertThat(cache.find(id(2))).isNull();
    }
}
