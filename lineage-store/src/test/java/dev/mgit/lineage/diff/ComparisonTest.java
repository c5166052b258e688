package dev.mgit.lineage.diff;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.mgit.delta.Dtype;
import dev.mgit.delta.TensorSpec;
import dev.mgit.delta.layout.MemoryByteSource;
import dev.mgit.delta.numeric.Elements;
import dev.mgit.lineage.diff.measure.RankSketch;
import dev.mgit.lineage.diff.measure.SymmetricEigenvalues;
import dev.mgit.lineage.diff.measure.TensorComparison;
import dev.mgit.lineage.diff.measure.TensorStatistics;
import dev.mgit.lineage.diff.measure.UpdateRank;
import dev.mgit.lineage.tensors.AffineQuantization;
import dev.mgit.lineage.tensors.AxisPermutation;
import dev.mgit.lineage.tensors.CheckpointTensor;
import dev.mgit.lineage.version.ObjectId;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The figures themselves, against values known beforehand or computed the plain way. Made data. */
class ComparisonTest {
    private static CheckpointTensor floats(List<Long> shape, float... values) {
        ByteBuffer bytes = ByteBuffer.allocate(values.length * 4).order(ByteOrder.LITTLE_ENDIAN);
        for (float value : values) {
            bytes.putFloat(value);
        }
        return weight(Dtype.F32, shape, bytes.array(), Optional.empty());
    }

    private static CheckpointTensor weight(
            Dtype dtype, List<Long> shape, byte[] bytes, Optional<AffineQuantization> scaling) {
        return new CheckpointTensor(
                "w",
                new TensorSpec("w", dtype, shape),
                new ObjectId("0".repeat(64)),
                "f",
                new MemoryByteSource(bytes),
                scaling,
                false,
                Optional.empty());
    }

    @Test
    void figuresOfAFewValues() throws IOException {
        TensorStatistics found = TensorComparison.of(floats(List.of(4L), 3, 0, 4, 1), floats(List.of(4L), 3, 2, 0, 1));

        assertThat(found.elements()).isEqualTo(4);
        assertThat(found.changed()).isEqualTo(2);
        assertThat(found.becameZero()).isEqualTo(1);
        assertThat(found.l2()).isCloseTo(Math.sqrt(20), within(1e-12));
        assertThat(found.relativeL2()).isCloseTo(Math.sqrt(20.0 / 26), within(1e-12));
        assertThat(found.cosine()).isCloseTo(10 / Math.sqrt(26.0 * 14), within(1e-12));
        assertThat(found.maxDelta()).isEqualTo(4);
        assertThat(found.zerosA()).isEqualTo(1);
        assertThat(found.zerosB()).isEqualTo(1);
    }

    @Test
    void valuesThatAreNotFiniteAreCountedApart() throws IOException {
        float nan = Float.NaN;
        float infinite = Float.POSITIVE_INFINITY;
        TensorStatistics found = TensorComparison.of(
                floats(List.of(5L), 1, nan, infinite, 2, -0f), floats(List.of(5L), nan, nan, infinite, 2, 0f));

        assertThat(found.nansA()).isEqualTo(1);
        assertThat(found.nansB()).isEqualTo(2);
        assertThat(found.infinitiesB()).isEqualTo(1);
        assertThat(found.changed()).as("1 to NaN, -0 to 0").isEqualTo(2);
        assertThat(found.l2()).isZero();
        assertThat(found.cosine()).isEqualTo(1);
    }

    @ParameterizedTest
    @CsvSource({
        "F16, 0x3c00, 1",
        "F16, 0x0001, 5.960464477539063E-8",
        "F16, 0xfbff, -65504",
        "F16, 0x7c00, Infinity",
        "F16, 0x7e00, NaN",
        "BF16, 0xbf80, -1",
        "BF16, 0x7f80, Infinity",
        "F8_E4M3, 0x7e, 448",
        "F8_E4M3, 0x01, 0.001953125",
        "F8_E4M3, 0xff, NaN",
        "F8_E5M2, 0x7b, 57344",
        "F8_E5M2, 0x7c, Infinity",
        "F8_E8M0, 0x80, 2",
        "I8, 0xff, -1",
        "U8, 0xff, 255",
        "I16, 0x8000, -32768",
        "U16, 0x8000, 32768"
    })
    void elementsAreWidenedExactly(Dtype dtype, String bits, double value) {
        int raw = Integer.decode(bits);
        double[] read = new double[1];
        Elements.read(dtype, new byte[] {(byte) raw, (byte) (raw >> 8)}, 0, read, 1);
        assertThat(read).containsExactly(value);
    }

    @Test
    void sixtyFourBitIntegersAreRead() {
        byte[] ones = new byte[8];
        java.util.Arrays.fill(ones, (byte) 0xff);
        double[] read = new double[1];
        Elements.read(Dtype.I64, ones, 0, read, 1);
        assertThat(read[0]).isEqualTo(-1);
        Elements.read(Dtype.U64, ones, 0, read, 1);
        assertThat(read[0]).isEqualTo(0x1p64);
    }

    @Test
    void quantizedValuesAreMultipliedOut() throws IOException {
        byte[] integers = {1, 2, 3, 4, 5, 6};
        CheckpointTensor plain = floats(List.of(2L, 3L), 0.5f, 1f, 1.5f, 8f, 10f, 12f);
        var rows = AffineQuantization.of(
                List.of(2L, 3L), List.of(2L, 1L), new double[] {0.5, 2}, Optional.of(new double[] {0.0}), false);
        assertThat(TensorComparison.of(plain, weight(Dtype.I8, List.of(2L, 3L), integers, rows))
                        .changed())
                .isZero();

        CheckpointTensor shifted = floats(List.of(2L, 3L), -1.5f, -1f, -0.5f, 0f, 0.5f, 1f);
        var whole = AffineQuantization.of(List.of(2L, 3L), List.of(), new double[] {0.5}, Optional.empty(), true);
        assertThat(TensorComparison.of(shifted, weight(Dtype.U8, List.of(2L, 3L), integers, whole))
                        .changed())
                .as("the zero point is found from the other side")
                .isZero();
    }

    /** Sizes that take one part, several parts of whole rows, and rows longer than a part. */
    @ParameterizedTest
    @CsvSource({"3,5", "1100,900", "2,600000"})
    void aTransposedMatrixHasTheFiguresItWouldHaveTheOtherWayRound(int rows, int columns) throws IOException {
        var random = new Random(rows);
        float[] a = new float[rows * columns];
        float[] b = new float[a.length];
        float[] turned = new float[a.length];
        for (int i = 0; i < a.length; i++) {
            a[i] = (float) random.nextGaussian();
            b[i] = i % 3 == 0 ? a[i] : a[i] + (float) random.nextGaussian() / 100;
            turned[i % columns * rows + i / columns] = b[i];
        }
        List<Long> shape = List.of((long) rows, (long) columns);
        CheckpointTensor first = floats(shape, a);
        TensorStatistics plain = TensorComparison.of(first, floats(shape, b));

        TensorStatistics found = turned(first, floats(List.of((long) columns, (long) rows), turned));

        assertThat(found.elements()).isEqualTo(a.length);
        assertThat(found.changed()).isEqualTo(plain.changed());
        assertThat(found.maxDelta()).isEqualTo(plain.maxDelta());
        assertThat(found.l2()).isCloseTo(plain.l2(), within(1e-9 * plain.l2()));
        assertThat(found.cosine()).isCloseTo(plain.cosine(), within(1e-9));
        assertThat(found.rank()).isEqualTo(plain.rank());
    }

    @Test
    void aTransposedMatrixOfIntegersIsMultipliedOutAsItIsStored() throws IOException {
        byte[] integers = {1, 2, 3, 4, 5, 6};
        CheckpointTensor turned = floats(List.of(3L, 2L), 0.5f, 8f, 1f, 10f, 1.5f, 12f);
        var rows = AffineQuantization.of(
                List.of(2L, 3L), List.of(2L, 1L), new double[] {0.5, 2}, Optional.of(new double[] {0.0}), false);
        CheckpointTensor quantized = weight(Dtype.I8, List.of(2L, 3L), integers, rows);

        assertThat(turned(turned, quantized).changed()).isZero();
        assertThat(turned(quantized, turned).changed()).isZero();
    }

    private static TensorStatistics turned(CheckpointTensor a, CheckpointTensor b) throws IOException {
        return TensorComparison.of(
                        List.of(new TensorComparison.Matched(a, b, Optional.of(AxisPermutation.TRANSPOSED))),
                        2,
                        true,
                        done -> {})
                .get(0);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 8, 16, 32})
    void theRankOfAnUpdateIsFoundThroughASketch(int rank) throws IOException {
        int rows = 700;
        int columns = 500;
        var random = new Random(rank);
        double[][] left = gaussian(random, rows, rank);
        double[][] right = gaussian(random, columns, rank);
        float[] update = new float[rows * columns];
        for (int i = 0; i < rows; i++) {
            for (int j = 0; j < columns; j++) {
                double sum = 0;
                for (int k = 0; k < rank; k++) {
                    sum += left[i][k] * right[j][k];
                }
                update[i * columns + j] = (float) sum;
            }
        }
        List<Long> shape = List.of((long) rows, (long) columns);
        TensorStatistics found = TensorComparison.of(floats(shape, new float[rows * columns]), floats(shape, update));

        assertThat(found.rank()).contains(new UpdateRank(rank, RankSketch.BUCKETS, false));
    }

    @Test
    void anUpdateOfFullRankDoesNotLookLow() throws IOException {
        var random = new Random(5);
        float[] noise = new float[300 * 300];
        for (int i = 0; i < noise.length; i++) {
            noise[i] = (float) random.nextGaussian();
        }
        List<Long> shape = List.of(300L, 300L);
        UpdateRank rank = TensorComparison.of(floats(shape, new float[noise.length]), floats(shape, noise))
                .rank()
                .orElseThrow();

        assertThat(rank.isLow()).isFalse();
        assertThat(rank.rank()).isGreaterThan(100);
    }

    private static double[][] gaussian(Random random, int rows, int columns) {
        double[][] values = new double[rows][columns];
        for (double[] row : values) {
            java.util.Arrays.setAll(row, i -> random.nextGaussian());
        }
        return values;
    }

    @Test
    void eigenvaluesOfAMatrixMadeFromThem() {
        int n = 40;
        var random = new Random(3);
        double[][] matrix = new double[n][n];
        for (int i = 0; i < n; i++) {
            matrix[i][i] = i < 10 ? 0 : i;
        }
        for (int turn = 0; turn < 30; turn++) {
            reflect(matrix, random);
        }
        double[] found = new SymmetricEigenvalues(matrix).descending();
        for (int i = 0; i < n; i++) {
            double due = n - 1 - i < 10 ? 0 : n - 1 - i;
            assertThat(found[i]).isCloseTo(due, within(1e-9));
        }
    }

    /** A similarity transform by I - 2vvᵀ, which keeps eigenvalues. */
    private static void reflect(double[][] matrix, Random random) {
        int n = matrix.length;
        double[] v = gaussian(random, 1, n)[0];
        double length = 0;
        for (double value : v) {
            length += value * value;
        }
        double[][] reflection = new double[n][n];
        for (int i = 0; i < n; i++) {
            for (int j = 0; j < n; j++) {
                reflection[i][j] = (i == j ? 1 : 0) - 2 * v[i] * v[j] / length;
            }
        }
        double[][] turned = product(product(reflection, matrix), reflection);
        for (int i = 0; i < n; i++) {
            matrix[i] = turned[i];
        }
    }

    private static double[][] product(double[][] a, double[][] b) {
        int n = a.length;
        double[][] c = new double[n][n];
        for (int i = 0; i < n; i++) {
            for (int j = 0; j < n; j++) {
                for (int k = 0; k < n; k++) {
                    c[i][j] += a[i][k] * b[k][j];
                }
            }
        }
        return c;
    }
}
