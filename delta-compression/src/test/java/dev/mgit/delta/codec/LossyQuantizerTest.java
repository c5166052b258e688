package dev.mgit.delta.codec;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mgit.delta.Dtype;
import dev.mgit.delta.MgitException;
import dev.mgit.delta.numeric.Floats;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.assertj.core.api.Assertions;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Made blocks within a bound, there and back; every seed is fixed. */
class LossyQuantizerTest {
    private static final int[] LENGTHS = {0, 1, 2, 7, 8, 9, 31, 1023, 4096, 40_001, 200_003};
    private static final double[] BOUNDS = {1e-6, 1e-4, 3e-3, 0.5};

    private final BlockCoder coder = new BlockCoder();

    @AfterEach
    void close() {
        coder.close();
    }

    @ParameterizedTest
    @EnumSource(names = {"F64", "F32", "F16", "BF16"})
    void everyElementIsWithinTheBound(Dtype dtype) {
        for (int length : LENGTHS) {
            for (double bound : BOUNDS) {
                Pair pair = update(dtype, length, 3 * bound, length);
                var made = new LossyQuantizer(dtype, bound)
                        .reconstruct(pair.child, length, pair.parent, 96)
                        .orElseThrow();
                assertWithin(bound, dtype, pair.child, made.raw(), length);
                assertThat(Arrays.copyOfRange(made.raw(), length - length % dtype.bytes(), length))
                        .isEqualTo(Arrays.copyOfRange(pair.child, length - length % dtype.bytes(), length));
                for (Effort effort : Effort.values()) {
                    roundTrip(made.raw(), length, dtype, pair.parent, made.quantum(), effort);
                }
            }
        }
    }

    /** The coder takes any step for any block: what is no multiple of it is coded on top. */
    @ParameterizedTest
    @EnumSource(names = {"F64", "F32", "F16", "BF16"})
    void everyBlockComesBackWhateverTheStep(Dtype dtype) {
        for (BlockSamples.Kind kind : BlockSamples.Kind.values()) {
            for (int length : new int[] {9, 1537, 40_001}) {
                BlockSamples made = BlockSamples.make(kind, dtype, length, length);
                for (double step : new double[] {1e-300, 1e-6, 2e-4, 1, 1e300}) {
                    roundTrip(
                            made.raw, length, dtype, made.prediction, new QuantizationStep(step, 50), Effort.BALANCED);
                }
            }
        }
    }

    private byte[] roundTrip(
            byte[] raw, int length, Dtype dtype, byte[] predicted, QuantizationStep quantum, Effort effort) {
        byte[] out = new byte[BlockCoder.maxEncodedLength(length)];
        int size = coder.encode(raw, length, dtype, predicted, quantum, effort, out);
        byte[] back = new byte[length];
        coder.decode(out, 0, size, dtype, predicted, back, length);
        if (!Arrays.equals(raw, 0, length, back, 0, length)) {
            Assertions.fail("%s, %d bytes, %s, method %d", dtype, length, effort, out[0]);
        }
        byte[] payload = Arrays.copyOf(out, size);
        if (out[0] == 8 || out[0] == 9) {
            assertThat(coder.quantum(payload).orElseThrow().step()).isEqualTo(quantum.step());
        } else {
            assertThat(coder.quantum(payload)).isEmpty();
        }
        return payload;
    }

    /** The entropy of a normal variate of deviation 1.5 steps is 2.63 bits. */
    @Test
    void anUpdateTakesItsEntropy() {
        Pair pair = update(Dtype.F32, 1 << 20, 3e-4, 5);
        var made = new LossyQuantizer(Dtype.F32, 1e-4)
                .reconstruct(pair.child, 1 << 20, pair.parent, 768)
                .orElseThrow();
        byte[] payload = roundTrip(made.raw(), 1 << 20, Dtype.F32, pair.parent, made.quantum(), Effort.BALANCED);
        assertThat(payload.length * 8.0 / (1 << 18)).isBetween(2.6, 2.7);
    }

    /** Rows and columns whose updates differ in size cost less than their mixture, whose entropy is 3.2 bits. */
    @Test
    void sizesThatDifferByRowAndColumnAreLearnt() {
        Pair pair = update(Dtype.F32, 1 << 20, 0, 5);
        double[] values = new double[1 << 18];
        Floats.read(Dtype.F32, pair.parent, 0, values, values.length);
        SplittableRandom random = new SplittableRandom(8);
        for (int i = 0; i < values.length; i++) {
            double size = (i / 512 % 7 == 0 ? 1e-3 : 1e-4) * (i % 512 % 5 == 0 ? 5 : 0.5);
            values[i] += size * BlockSamples.gaussian(random);
        }
        Floats.write(Dtype.F32, values, pair.child, 0, values.length);
        var made = new LossyQuantizer(Dtype.F32, 1e-4)
                .reconstruct(pair.child, 1 << 20, pair.parent, 512)
                .orElseThrow();
        int flat = roundTrip(
                        made.raw(),
                        1 << 20,
                        Dtype.F32,
                        pair.parent,
                        new QuantizationStep(made.quantum().step(), 0),
                        Effort.BALANCED)
                .length;
        int learnt = roundTrip(made.raw(), 1 << 20, Dtype.F32, pair.parent, made.quantum(), Effort.BALANCED).length;
        assertThat(learnt).isLessThan(flat * 9 / 10);
    }

    /** One row in four moves, as rows of an embedding do: the others cost the entropy of which they are, 0.81 bits. */
    @Test
    void rowsThatDoNotMoveCostNextToNothing() {
        int columns = 256;
        int rows = 1024;
        Pair pair = update(Dtype.F32, 4 * rows * columns, 3e-4, 5);
        SplittableRandom random = new SplittableRandom(9);
        int moved = 0;
        for (int row = 0; row < rows; row++) {
            boolean moves = random.nextInt(4) == 0;
            moved += moves ? 1 : 0;
            if (!moves) {
                System.arraycopy(pair.parent, 4 * row * columns, pair.child, 4 * row * columns, 4 * columns);
            }
        }
        var made = new LossyQuantizer(Dtype.F32, 1e-4)
                .reconstruct(pair.child, 4 * rows * columns, pair.parent, columns)
                .orElseThrow();
        byte[] payload =
                roundTrip(made.raw(), 4 * rows * columns, Dtype.F32, pair.parent, made.quantum(), Effort.BALANCED);
        double ofMoved = payload.length * 8.0 / (moved * columns);
        assertThat(ofMoved).isBetween(2.6, 2.7);
    }

    @ParameterizedTest
    @EnumSource(names = {"F64", "F32", "F16", "BF16"})
    void whatIsNotFiniteIsLeftAlone(Dtype dtype) {
        for (double bad : new double[] {Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY}) {
            Pair pair = update(dtype, 80_000, 1e-3, 5);
            Floats.write(dtype, new double[] {bad}, pair.child, 7777, 1);
            assertThat(new LossyQuantizer(dtype, 1e-4).reconstruct(pair.child, 80_000, pair.parent, 10))
                    .isEmpty();
        }
        Pair pair = update(dtype, 80_000, 1e-3, 5);
        Floats.write(dtype, new double[] {Double.NaN, Double.POSITIVE_INFINITY}, pair.parent, 7777, 2);
        byte[] made = new LossyQuantizer(dtype, 1e-4)
                .reconstruct(pair.child, 80_000, pair.parent, 10)
                .orElseThrow()
                .raw();
        assertWithin(1e-4, dtype, pair.child, made, 80_000);
    }

    @Test
    void damagedPayloadsAreRefusedOrDecodeToSomething() {
        SplittableRandom random = new SplittableRandom(4);
        Pair pair = update(Dtype.F32, 20_000, 1e-3, 5);
        var made = new LossyQuantizer(Dtype.F32, 1e-4)
                .reconstruct(pair.child, 20_000, pair.parent, 50)
                .orElseThrow();
        byte[] good = roundTrip(made.raw(), 20_000, Dtype.F32, pair.parent, made.quantum(), Effort.BALANCED);
        assertThat(good[0]).isEqualTo((byte) 9);
        int refused = 0;
        for (int round = 0; round < 3000; round++) {
            byte[] bad = random.nextInt(3) == 0 ? Arrays.copyOf(good, random.nextInt(good.length)) : good.clone();
            for (int i = random.nextInt(1, 4); i > 0 && bad.length > 1; i--) {
                bad[random.nextInt(random.nextBoolean() ? Math.min(bad.length, 120) : bad.length)] =
                        (byte) random.nextInt(256);
            }
            try {
                coder.decode(bad, 0, bad.length, Dtype.F32, pair.parent, new byte[20_000], 20_000);
            } catch (MgitException e) {
                assertThat(e.kind()).isEqualTo(MgitException.Kind.INTEGRITY);
                refused++;
            }
        }
        assertThat(refused).isGreaterThan(1000);
    }

    @SuppressWarnings("ArrayRecordComponent") // never compared
    private record Pair(byte[] parent, byte[] child) {}

    private static Pair update(Dtype dtype, int length, double deviation, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        int count = length / dtype.bytes();
        double[] values = new double[count];
        byte[] parent = new byte[length];
        byte[] child = new byte[length];
        random.nextBytes(child);
        Arrays.setAll(values, i -> BlockSamples.gaussian(random) * 0.03);
        Floats.write(dtype, values, parent, 0, count);
        Floats.read(dtype, parent, 0, values, count);
        for (int i = 0; i < count; i++) {
            values[i] += BlockSamples.gaussian(random) * deviation;
        }
        Floats.write(dtype, values, child, 0, count);
        return new Pair(parent, child);
    }

    private static void assertWithin(double bound, Dtype dtype, byte[] original, byte[] made, int length) {
        int count = length / dtype.bytes();
        double[] a = new double[count];
        double[] b = new double[count];
        Floats.read(dtype, original, 0, a, count);
        Floats.read(dtype, made, 0, b, count);
        for (int i = 0; i < count; i++) {
            if (!(Math.abs(a[i] - b[i]) <= bound)) {
                Assertions.fail("%s: element %d is %s instead of %s, bound %s", dtype, i, b[i], a[i], bound);
            }
        }
    }
}
