package dev.mgit.delta.codec;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mgit.delta.Dtype;
import dev.mgit.delta.MgitException;
import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.assertj.core.api.Assertions;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Round trips and hostile payloads over made blocks; every seed is fixed. */
class BlockCoderTest {
    private static final int[] LENGTHS = {0, 1, 2, 3, 4, 7, 8, 9, 15, 16, 31, 100, 255, 1024, 1537, 4099, 40_001};

    private final BlockCoder coder = new BlockCoder();

    @AfterEach
    void close() {
        coder.close();
    }

    @ParameterizedTest
    @EnumSource(Dtype.class)
    void everyBlockComesBack(Dtype dtype) {
        for (BlockSamples.Kind kind : BlockSamples.Kind.values()) {
            for (int length : LENGTHS) {
                BlockSamples made = BlockSamples.make(
                        kind, dtype, length, 31L * length + kind.name().hashCode());
                for (Effort effort : Effort.values()) {
                    assertRoundTrip(made.raw, length, dtype, made.prediction, effort);
                    assertRoundTrip(made.raw, length, dtype, null, effort);
                }
            }
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"F32", "BF16", "F8_E4M3", "F64", "I32", "Q4_0", "OPAQUE"})
    void largeBlocksComeBack(Dtype dtype) {
        int length = (1 << 20) + 3;
        for (BlockSamples.Kind kind : BlockSamples.Kind.values()) {
            BlockSamples made =
                    BlockSamples.make(kind, dtype, length, kind.name().hashCode());
            for (Effort effort : Effort.values()) {
                assertRoundTrip(made.raw, length, dtype, made.prediction, effort);
            }
        }
    }

    private byte[] assertRoundTrip(byte[] raw, int length, Dtype dtype, byte @Nullable [] prediction, Effort effort) {
        byte[] out = new byte[BlockCoder.maxEncodedLength(length)];
        int size = coder.encode(raw, length, dtype, prediction, effort, out);
        assertThat(size).isBetween(1, BlockCoder.maxEncodedLength(length));
        byte[] back = new byte[length + 5];
        coder.decode(out, 0, size, dtype, prediction, back, length);
        if (!Arrays.equals(raw, 0, length, back, 0, length)) {
            Assertions.fail("%s, %d bytes, %s, method %d", dtype, length, effort, out[0]);
        }
        assertThat(Arrays.copyOfRange(back, length, length + 5)).containsOnly(0);
        return Arrays.copyOf(out, size);
    }

    /** Residuals of 0 to 15 go two to a byte; the largest and a last one alone must come back too. */
    @ParameterizedTest
    @EnumSource(Effort.class)
    void smallResidualsComeBackInPairs(Effort effort) {
        for (int length = 1 << 14; length < (1 << 14) + 9; length++) {
            byte[] raw = smallSteps(length);
            byte[] payload = assertRoundTrip(raw, length, Dtype.U8, new byte[length], effort);
            assertThat(payload).hasSizeLessThan(length / 4);
        }
    }

    /** Bytes from -8 to 7, two of three 0, whose residuals against zeros are below 16. */
    static byte[] smallSteps(int length) {
        SplittableRandom random = new SplittableRandom(length);
        byte[] raw = new byte[length];
        for (int i = 0; i < length; i++) {
            raw[i] = (byte) (random.nextInt(3) == 0 ? random.nextInt(8) : 0);
        }
        raw[length - 1] = -8;
        return raw;
    }

    /** Opaque bytes in which words repeat, the same for the same seed. */
    static byte[] words(long seed, int length) {
        SplittableRandom random = new SplittableRandom(seed);
        byte[] words = new byte[length];
        for (int i = 0; i < length; i++) {
            words[i] = (byte) ('a' + random.nextInt(random.nextInt(1, 26)));
        }
        return words;
    }

    @Test
    void opaqueBytesAreFoundAgainAnywhereInAGuessOfAnyLength() {
        byte[] predicted = words(3, 100_000);
        byte[] raw = new byte[60_000];
        System.arraycopy(predicted, 70_000, raw, 0, 30_000);
        System.arraycopy(predicted, 1_000, raw, 30_001, 29_999);
        for (Effort effort : Effort.values()) {
            byte[] payload = assertRoundTrip(raw, raw.length, Dtype.OPAQUE, predicted, effort);
            assertThat(BlockCoder.needsPrediction(payload)).isTrue();
            assertThat(payload).hasSizeLessThan(100);
            byte[] longer = assertRoundTrip(predicted, predicted.length, Dtype.OPAQUE, raw, effort);
            assertThat(longer).hasSizeLessThan(predicted.length / 2);
        }
    }

    /** 0xEC30A437 begins a trained dictionary, which would be parsed. */
    @Test
    void aGuessMayLookLikeATrainedDictionary() {
        byte[] predicted = words(5, 20_000);
        byte[] magic = {0x37, (byte) 0xa4, 0x30, (byte) 0xec};
        System.arraycopy(magic, 0, predicted, 0, magic.length);
        byte[] raw = Arrays.copyOfRange(predicted, 100, 19_000);
        assertThat(assertRoundTrip(raw, raw.length, Dtype.OPAQUE, predicted, Effort.BALANCED))
                .hasSizeLessThan(60);
        assertRoundTrip(raw, raw.length, Dtype.OPAQUE, new byte[0], Effort.BALANCED);
    }

    /** Wherever in a word the arrays begin, and whatever is between them. */
    @ParameterizedTest
    @EnumSource(names = {"F32", "F16", "BF16", "F64"})
    void floatsAmongOpaqueBytesAreCodedAsFloats(Dtype dtype) {
        byte[] floats = BlockSamples.make(BlockSamples.Kind.UNRELATED, dtype, 300_000, 11).raw;
        int asFloats = assertRoundTrip(floats, floats.length, dtype, null, Effort.SMALL).length;
        for (Effort effort : Effort.values()) {
            for (int skew = 0; skew < 9; skew++) {
                byte[] raw = joined(words(1, 1000 + skew), floats, words(2, 50_000 + 3 * skew), floats, words(3, 17));
                byte[] payload = assertRoundTrip(raw, raw.length, Dtype.OPAQUE, null, effort);
                assertThat(BlockCoder.needsPrediction(payload)).isFalse();
                assertThat(payload.length).isLessThan((int) (2.05 * asFloats) + 40_000);
            }
        }
    }

    @Test
    void theBytesBetweenFloatsMayBeFoundInAGuess() {
        byte[] floats = BlockSamples.make(BlockSamples.Kind.UNRELATED, Dtype.F32, 200_000, 11).raw;
        byte[] text = words(4, 60_000);
        byte[] raw = joined(text, floats, text);
        byte[] alone = assertRoundTrip(raw, raw.length, Dtype.OPAQUE, null, Effort.BALANCED);
        byte[] payload = assertRoundTrip(raw, raw.length, Dtype.OPAQUE, text, Effort.BALANCED);

        assertThat(BlockCoder.needsPrediction(payload)).isTrue();
        assertThat(payload).hasSizeLessThan(alone.length - 20_000);
    }

    @Test
    void floatsThatAreRepeatedAreMatchesAllTheSame() {
        byte[] floats = BlockSamples.make(BlockSamples.Kind.UNRELATED, Dtype.F32, 200_000, 11).raw;
        byte[] raw = joined(floats, floats, floats, floats);
        assertThat(assertRoundTrip(raw, raw.length, Dtype.OPAQUE, null, Effort.BALANCED))
                .hasSizeLessThan(floats.length * 11 / 10);
        assertThat(assertRoundTrip(raw, raw.length, Dtype.OPAQUE, floats, Effort.BALANCED))
                .hasSizeLessThan(1000);
    }

    @Test
    void damagedMixturesAreRefusedOrDecodeToSomething() {
        byte[] floats = BlockSamples.make(BlockSamples.Kind.UNRELATED, Dtype.F32, 70_000, 11).raw;
        byte[] raw = joined(words(4, 3001), floats);
        byte[] good = assertRoundTrip(raw, raw.length, Dtype.OPAQUE, null, Effort.SMALL);
        SplittableRandom random = new SplittableRandom(5);
        int refused = 0;
        for (int round = 0; round < 500; round++) {
            byte[] bad = damage(good, random);
            try {
                coder.decode(bad, 0, bad.length, Dtype.OPAQUE, null, new byte[raw.length], raw.length);
            } catch (MgitException e) {
                assertThat(e.kind()).isEqualTo(MgitException.Kind.INTEGRITY);
                refused++;
            }
        }
        assertThat(refused).isGreaterThan(100);
    }

    private static byte[] joined(byte[]... parts) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            all.writeBytes(part);
        }
        return all.toByteArray();
    }

    /** What a frame says beside the payload counts. */
    @Test
    void aPredictionIsNotWorthMoreThanItSaves() {
        for (Dtype dtype : new Dtype[] {Dtype.F32, Dtype.I32, Dtype.U8, Dtype.OPAQUE}) {
            for (int length : new int[] {8, 100, 1000, 40_000}) {
                BlockSamples made = BlockSamples.make(BlockSamples.Kind.FINE_TUNE, dtype, length, 5);
                byte[] alone = assertRoundTrip(made.raw, length, dtype, null, Effort.BALANCED);
                for (int naming : new int[] {0, 60, 600, 1 << 20}) {
                    byte[] payload = coder.encode(made.raw, length, dtype, made.prediction, naming, Effort.BALANCED);
                    int all = payload.length + (BlockCoder.needsPrediction(payload) ? naming : 0);
                    assertThat(all).isLessThanOrEqualTo(alone.length);
                }
            }
        }
    }

    /** Their exponents are most of what can be saved: whole-bit codes would leave 0.6% of the size there. */
    @ParameterizedTest
    @EnumSource(names = {"F8_E4M3", "F8_E5M2"})
    void floatsOfOneByteReachTheirEntropy(Dtype dtype) {
        byte[] raw = BlockSamples.make(BlockSamples.Kind.UNRELATED, dtype, 1 << 20, 21).raw;
        int[] counts = new int[256];
        for (byte value : raw) {
            counts[value & 0xff]++;
        }
        int coded = assertRoundTrip(raw, raw.length, dtype, null, Effort.BALANCED).length;

        assertThat(8.0 * coded).isLessThan(1.003 * Entropy.bits(counts, 0, 256));
    }

    /** Eight codes to a word, one of ten off by one: the difference of whole words would be in its upper bits mostly. */
    @ParameterizedTest
    @EnumSource(Effort.class)
    void codesPackedIntoWordsAreComparedByBytes(Effort effort) {
        SplittableRandom random = new SplittableRandom(3);
        byte[] prediction = new byte[1 << 16];
        byte[] raw = new byte[prediction.length];
        for (int i = 0; i < raw.length; i++) {
            int low = random.nextInt(1, 15);
            int high = random.nextInt(1, 15);
            prediction[i] = (byte) (low | high << 4);
            low += random.nextInt(10) == 0 ? random.nextInt(2) * 2 - 1 : 0;
            high += random.nextInt(10) == 0 ? random.nextInt(2) * 2 - 1 : 0;
            raw[i] = (byte) (low | high << 4);
        }
        // 0.57 of four bits a code by their entropy
        assertThat(assertRoundTrip(raw, raw.length, Dtype.I32, prediction, effort))
                .hasSizeLessThan(raw.length / 4);
    }

    @Test
    void aRightPredictionTakesOneByte() {
        BlockSamples made = BlockSamples.make(BlockSamples.Kind.IDENTICAL, Dtype.F32, 5000, 1);
        assertThat(assertRoundTrip(made.raw, 5000, Dtype.F32, made.prediction, Effort.BALANCED))
                .hasSize(1);
    }

    @ParameterizedTest
    @EnumSource(Effort.class)
    void aWrongPredictionCostsNothing(Effort effort) {
        for (Dtype dtype : new Dtype[] {Dtype.F32, Dtype.BF16, Dtype.I32, Dtype.U8, Dtype.OPAQUE}) {
            BlockSamples made = BlockSamples.make(BlockSamples.Kind.UNRELATED, dtype, 60_000, 5);
            int with = assertRoundTrip(made.raw, 60_000, dtype, made.prediction, effort).length;
            assertThat(with).isLessThanOrEqualTo(assertRoundTrip(made.raw, 60_000, dtype, null, effort).length);
        }
    }

    @Test
    void tinyTensorsGain() {
        BlockSamples made = BlockSamples.make(BlockSamples.Kind.FINE_TUNE, Dtype.F32, 384 * 4, 9);
        assertThat(assertRoundTrip(made.raw, 384 * 4, Dtype.F32, made.prediction, Effort.SMALL))
                .hasSizeLessThan(384 * 4 * 6 / 10);
    }

    @Test
    void damagedPayloadsAreRefusedOrDecodeToSomething() {
        SplittableRandom random = new SplittableRandom(77);
        int refused = 0;
        for (Dtype dtype : new Dtype[] {Dtype.F32, Dtype.BF16, Dtype.F64, Dtype.I32, Dtype.U8, Dtype.OPAQUE}) {
            for (BlockSamples.Kind kind : BlockSamples.Kind.values()) {
                BlockSamples made = BlockSamples.make(kind, dtype, 20_000, 3);
                for (Effort effort : Effort.values()) {
                    byte[] good = assertRoundTrip(made.raw, 20_000, dtype, made.prediction, effort);
                    for (int round = 0; round < 60; round++) {
                        refused += decodeDamaged(damage(good, random), dtype, made.prediction) ? 0 : 1;
                    }
                }
            }
        }
        assertThat(refused).isGreaterThan(1000);
    }

    /** True if the payload was taken; fails on anything but a refusal. */
    private boolean decodeDamaged(byte[] payload, Dtype dtype, byte[] prediction) {
        try {
            coder.decode(payload, 0, payload.length, dtype, prediction, new byte[20_000], 20_000);
            return true;
        } catch (MgitException e) {
            assertThat(e.kind()).isEqualTo(MgitException.Kind.INTEGRITY);
            return false;
        }
    }

    private static byte[] damage(byte[] good, SplittableRandom random) {
        if (random.nextInt(3) == 0) {
            return Arrays.copyOf(good, random.nextInt(good.length));
        }
        byte[] bad = good.clone();
        int near = random.nextBoolean() ? Math.min(bad.length, 40) : bad.length;
        for (int i = random.nextInt(1, 4); i > 0; i--) {
            bad[random.nextInt(near)] = (byte) random.nextInt(256);
        }
        return bad;
    }
}
