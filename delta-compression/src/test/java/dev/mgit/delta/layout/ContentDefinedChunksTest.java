package dev.mgit.delta.layout;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mgit.delta.BlockId;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** On made bytes. */
class ContentDefinedChunksTest {
    private static final int SIZE = 8 << 20;

    private static final Integer[] BOUNDARIES = {
        111635, 92327, 106521, 70067, 27829, 67405, 76646, 69088, 65979, 90578, 76092, 58034, 78818
    };

    @Test
    void coversTheRangeWithinTheLimits() throws IOException {
        byte[] bytes = random(1, SIZE);
        List<Integer> lengths = lengths(bytes, 3, SIZE - 10);

        assertThat(lengths.stream().mapToLong(i -> i).sum()).isEqualTo(SIZE - 10);
        assertThat(lengths.subList(0, lengths.size() - 1))
                .allMatch(length -> length > ContentDefinedChunks.MIN && length <= ContentDefinedChunks.MAX);
        assertThat(SIZE / lengths.size()).isBetween(ContentDefinedChunks.AVERAGE / 2, ContentDefinedChunks.AVERAGE * 2);
    }

    @Test
    void handsOutTheBytesThemselves() throws IOException {
        byte[] bytes = random(2, 1 << 20);
        byte[] copy = new byte[bytes.length];
        ContentDefinedChunks.split(
                new MemoryByteSource(bytes),
                0,
                bytes.length,
                (position, buffer, offset, length) -> System.arraycopy(buffer, offset, copy, (int) position, length));
        assertThat(copy).isEqualTo(bytes);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, ContentDefinedChunks.MIN, ContentDefinedChunks.MIN + 1, ContentDefinedChunks.MAX})
    void smallRangesAreCoveredToo(int size) throws IOException {
        assertThat(lengths(random(3, size), 0, size).stream().mapToInt(i -> i).sum())
                .isEqualTo(size);
    }

    @ParameterizedTest
    @ValueSource(longs = {10, 11, 12, 13, 14})
    void anInsertedByteChangesOnlyChunksNearItOfSeed(long seed) throws IOException {
        byte[] bytes = random(seed, SIZE);
        int at = new Random(seed).nextInt(SIZE);
        byte[] inserted = new byte[SIZE + 1];
        System.arraycopy(bytes, 0, inserted, 0, at);
        System.arraycopy(bytes, at, inserted, at + 1, SIZE - at);

        Set<String> before = new HashSet<>(ids(bytes));
        List<String> after = ids(inserted);

        assertThat(after.stream().filter(id -> !before.contains(id)).count()).isBetween(1L, 4L);
    }

    /** Chunk boundaries are part of the stored format: they may never move. */
    @Test
    void boundariesStayWhereTheyAlwaysWere() throws IOException {
        assertThat(lengths(random(5, 1 << 20), 0, 1 << 20)).startsWith(BOUNDARIES);
    }

    private static byte[] random(long seed, int size) {
        byte[] bytes = new byte[size];
        new Random(seed).nextBytes(bytes);
        return bytes;
    }

    private static List<Integer> lengths(byte[] bytes, long offset, long size) throws IOException {
        List<Integer> lengths = new ArrayList<>();
        ContentDefinedChunks.split(
                new MemoryByteSource(bytes), offset, size, (position, buffer, at, length) -> lengths.add(length));
        return lengths;
    }

    private static List<String> ids(byte[] bytes) throws IOException {
        List<String> ids = new ArrayList<>();
        ContentDefinedChunks.split(
                new MemoryByteSource(bytes),
                0,
                bytes.length,
                (position, buffer, offset, length) ->
                        ids.add(BlockId.hash(buffer, offset, length).hex()));
        return ids;
    }
}
