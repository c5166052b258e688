package dev.mgit.lineage.parameters;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mgit.delta.BlockId;
import dev.mgit.delta.Dtype;
import dev.mgit.delta.codec.Effort;
import dev.mgit.delta.frame.Frame;
import dev.mgit.delta.frame.Prediction;
import dev.mgit.delta.frame.Region;
import dev.mgit.delta.predictor.Predictors;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What writing a block reads, and what it stores. The bytes are made: noise, as hard to predict as can be. */
class BlockWriterTest {
    private static final int LENGTH = 1 << 16;
    private static final int MAX_DEPTH = 4;

    private final CountingStore store = new CountingStore();
    private final BlockReader reader = new BlockReader(store);
    private final BlockWriter writer = new BlockWriter(store, reader, Effort.BALANCED, MAX_DEPTH);
    private final SplittableRandom random = new SplittableRandom(3);

    @AfterEach
    void close() {
        writer.close();
        reader.close();
    }

    private byte[] noise(int length) {
        byte[] noise = new byte[length];
        random.nextBytes(noise);
        return noise;
    }

    private BlockId write(byte[] raw, TensorPredictions predictions) {
        return writer.block(raw, raw.length, Dtype.BF16, predictions, 0);
    }

    private static TensorPredictions parent(BlockId id) {
        var prediction = new Prediction(Predictors.PARENT, List.of(Region.whole(id, LENGTH)), new byte[0]);
        return (offset, length) -> Optional.of(prediction);
    }

    /** Bits of the lowest mantissa places, changed at random. */
    private byte[] near(byte[] block) {
        byte[] near = block.clone();
        for (int i = 0; i < near.length; i += 2) {
            near[i] = (byte) (near[i] ^ random.nextInt(2));
        }
        return near;
    }

    @Test
    void aPredictionThatDoesNotHelpIsNotStored() {
        BlockId stranger = write(noise(LENGTH), TensorPredictions.none());
        byte[] raw = noise(LENGTH);
        int alone = store.frame(write(raw, TensorPredictions.none())).orElseThrow().length;
        store.removeBlock(BlockId.hash(raw, 0, LENGTH));
        BlockId id;
        try (BlockWriter again = new BlockWriter(store, reader, Effort.BALANCED, MAX_DEPTH)) {
            id = again.block(raw, LENGTH, Dtype.BF16, parent(stranger), 0);
        }
        byte[] stored = store.frame(id).orElseThrow();
        assertThat(stored.length).isLessThanOrEqualTo(alone);
        assertThat(Frame.parse(stored).prediction()).isEmpty();
        assertThat(reader.read(id)).isEqualTo(raw);
    }

    @Test
    void aPredictionThatHelpsIsStoredAndCountsDepthAndGeneration() {
        byte[] raw = noise(LENGTH);
        BlockId id = write(raw, TensorPredictions.none());
        for (int generation = 1; generation <= 9; generation++) {
            raw = near(raw);
            id = write(raw, parent(id));
            Frame frame = Frame.parse(store.frame(id).orElseThrow());
            assertThat(frame.generation()).isEqualTo(generation);
            assertThat(frame.depth())
                    .isBetween(generation < MAX_DEPTH ? generation : 1, Math.min(generation, MAX_DEPTH));
            assertThat(reader.read(id)).isEqualTo(raw);
        }
    }

    /** Chunks of text: a whole that compresses, and parts that are found again. */
    private byte[] text(int length) {
        byte[] text = new byte[length];
        for (int i = 0; i < length; i++) {
            text[i] = (byte) ('a' + random.nextInt(random.nextInt(1, 26)));
        }
        return text;
    }

    private List<BlockId> chunks(byte[] raw, int length, OpaquePredictions predictions) {
        return writer.chunks(raw, Collections.nCopies(raw.length / length, length), predictions);
    }

    @Test
    void newChunksAreCodedTogetherAndComeBackOneByOne() {
        int length = 20_000;
        byte[] raw = text(10 * length);
        BlockId known = writer.block(
                Arrays.copyOfRange(raw, 3 * length, 4 * length), length, Dtype.OPAQUE, TensorPredictions.none(), 0);
        List<BlockId> ids = chunks(raw, length, OpaquePredictions.none());
        assertThat(ids.get(3)).isEqualTo(known);
        for (int i = 0; i < ids.size(); i++) {
            assertThat(reader.read(ids.get(i))).isEqualTo(Arrays.copyOfRange(raw, i * length, (i + 1) * length));
            if (i != 3) {
                assertThat(store.frame(ids.get(i)).orElseThrow()).hasSizeLessThan(80);
            }
        }
        assertThat(writer.newBytes()).isEqualTo(raw.length);
    }

    @Test
    void newChunksBetweenKnownOnesShareOneFrame() {
        int length = 20_000;
        byte[] raw = text(9 * length);
        for (int i = 1; i < 9; i += 2) {
            byte[] known = Arrays.copyOfRange(raw, i * length, (i + 1) * length);
            writer.block(known, length, Dtype.OPAQUE, TensorPredictions.none(), 0);
        }
        List<BlockId> ids = chunks(raw, length, OpaquePredictions.none());
        Set<BlockId> wholes = new HashSet<>();
        for (int i = 0; i < ids.size(); i++) {
            assertThat(reader.read(ids.get(i))).isEqualTo(Arrays.copyOfRange(raw, i * length, (i + 1) * length));
            Frame.parse(store.frame(ids.get(i)).orElseThrow())
                    .prediction()
                    .ifPresent(part -> wholes.addAll(part.sources().get(0).blocks()));
        }
        assertThat(wholes).hasSize(1);
    }

    @Test
    void noiseIsNotCodedTogether() {
        byte[] raw = noise(4 * LENGTH);
        List<BlockId> ids = chunks(raw, LENGTH, OpaquePredictions.none());
        assertThat(ids)
                .allSatisfy(id -> assertThat(
                                Frame.parse(store.frame(id).orElseThrow()).prediction())
                        .isEmpty());
    }

    @Test
    void referencesReadWhatTheirPlacesArePartsOfAndStayShallow() {
        int length = 20_000;
        byte[] raw = text(8 * length);
        List<BlockId> ids = chunks(raw, length, OpaquePredictions.none());
        for (int generation = 0; generation < 3 * MAX_DEPTH; generation++) {
            List<Region> places =
                    ids.stream().map(id -> Region.whole(id, length)).toList();
            for (int at = 0; at < raw.length; at += length) {
                raw[at + random.nextInt(length)]++;
            }
            ids = chunks(
                    raw,
                    length,
                    (block, size) -> Optional.of(new Prediction(Predictors.REFERENCE, places, new byte[0])));
            int at = 0;
            for (BlockId id : ids) {
                Frame frame = Frame.parse(store.frame(id).orElseThrow());
                assertThat(frame.depth()).isBetween(1, MAX_DEPTH);
                assertThat(reader.read(id)).isEqualTo(Arrays.copyOfRange(raw, at, at += length));
            }
            BlockId together = Frame.parse(store.frame(ids.get(0)).orElseThrow())
                    .prediction()
                    .orElseThrow()
                    .sources()
                    .get(0)
                    .blocks()
                    .get(0);
            Frame whole = Frame.parse(store.frame(together).orElseThrow());
            assertThat(whole.payload()).hasSizeLessThan(raw.length / 50);
            assertThat(whole.prediction().orElseThrow().sources()).hasSizeLessThanOrEqualTo(2);
        }
    }

    @Test
    void whatIsInTheStoreIsNotPlannedAndItsFrameReadOnce() {
        byte[] raw = noise(LENGTH);
        write(raw, TensorPredictions.none());
        int before = store.reads();
        try (BlockWriter later = new BlockWriter(store, reader, Effort.BALANCED, MAX_DEPTH)) {
            for (int i = 0; i < 3; i++) {
                later.block(
                        raw,
                        LENGTH,
                        Dtype.BF16,
                        (offset, length) -> {
                            throw new AssertionError("planned a block that is stored already");
                        },
                        0);
            }
        }
        assertThat(store.reads()).isEqualTo(before + 1);
    }

    @Test
    void aDamagedBlockIsStoredAgain() {
        byte[] raw = noise(LENGTH);
        BlockId id = write(raw, TensorPredictions.none());
        damage(id);
        writeAnew(raw, TensorPredictions.none());
        assertThat(readAnew(id)).isEqualTo(raw);
    }

    @Test
    void aBlockPredictedFromADamagedOneIsStoredAgainWithoutIt() {
        byte[] raw = noise(LENGTH);
        byte[] child = near(raw);
        byte[] grandchild = near(child);
        BlockId parent = write(raw, TensorPredictions.none());
        BlockId id = write(child, parent(parent));
        BlockId last = write(grandchild, parent(id));
        damage(parent);
        writeAnew(grandchild, parent(id));
        assertThat(readAnew(last)).isEqualTo(grandchild);
        writeAnew(child, parent(parent));
        assertThat(readAnew(id)).isEqualTo(child);
        assertThat(Frame.parse(store.frame(id).orElseThrow()).prediction()).isEmpty();
    }

    @Test
    void aNewBlockIsNotPredictedFromADamagedOne() {
        byte[] raw = noise(LENGTH);
        byte[] child = near(raw);
        BlockId parent = write(raw, TensorPredictions.none());
        damage(parent);
        writeAnew(child, parent(parent));
        assertThat(readAnew(BlockId.hash(child, 0, LENGTH))).isEqualTo(child);
    }

    private void damage(BlockId id) {
        byte[] frame = store.frame(id).orElseThrow().clone();
        frame[frame.length / 2] ^= 4;
        store.putBlock(id, frame);
    }

    /** As a later command would, which remembers nothing. */
    private void writeAnew(byte[] raw, TensorPredictions predictions) {
        try (var later = new BlockReader(store);
                var again = new BlockWriter(store, later, Effort.BALANCED, MAX_DEPTH)) {
            again.block(raw, raw.length, Dtype.BF16, predictions, 0);
        }
    }

    private byte[] readAnew(BlockId id) {
        try (var later = new BlockReader(store)) {
            return later.read(id);
        }
    }

    @Test
    void aParentsFrameIsReadOnce() {
        byte[] raw = noise(LENGTH);
        BlockId id = write(raw, TensorPredictions.none());
        int before = store.reads();
        write(near(raw), parent(id));
        assertThat(store.reads()).isEqualTo(before + 1);
    }

    /** A transposed matrix's every block reads all of the source, which is far larger than one block. */
    @Test
    void aSourceOfManyBlocksIsDecodedOnceForAllThatReadIt() {
        List<BlockId> ids = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
            ids.add(write(noise(1 << 20), TensorPredictions.none()));
        }
        int before = store.reads();
        Region all = new Region(ids, 0, 40 << 20);
        var prediction = new Prediction(Predictors.PARENT, List.of(all), new byte[0]);
        for (int i = 0; i < 3; i++) {
            reader.predict(prediction, Dtype.BF16, 40 << 20);
        }
        assertThat(store.reads()).isEqualTo(before + 40);
    }
}
