package dev.mgit.delta.predict;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mgit.delta.Dtype;
import dev.mgit.delta.MgitException;
import dev.mgit.delta.numeric.Floats;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Each predictor against the plainest way to compute the same. Data is made unless a test says it is real. */
class PredictorsTest {
    private static final int[] COUNTS = {0, 1, 2, 31, 997, 1024, 1025, 4099};

    static Stream<Dtype> floats() {
        return Stream.of(Dtype.F64, Dtype.F32, Dtype.F16, Dtype.BF16, Dtype.F8_E4M3, Dtype.F8_E5M2);
    }

    static Stream<Dtype> plain() {
        return Stream.of(Dtype.values()).filter(dtype -> !dtype.isBlockType());
    }

    @Test
    void codesAreUniqueAndNeverChange() {
        assertThat(Predictors.all())
                .extracting(p -> p.name() + " " + p.code())
                .containsExactly(
                        "parent 17",
                        "rows 33",
                        "cast 49",
                        "transpose 65",
                        "slice-concat 81",
                        "quantize 97",
                        "low-rank 113",
                        "combine 129",
                        "pruned 145",
                        "scaled-slice 161",
                        "extrapolate 177",
                        "pipe 193",
                        "absmax-scale 209",
                        "reference 225");
        assertThatThrownBy(() -> Predictors.byCode(18))
                .isInstanceOf(MgitException.class)
                .hasMessageContaining("predictor 1 version 2");
    }

    @ParameterizedTest
    @MethodSource("plain")
    void parentCopies(Dtype dtype) {
        for (int count : COUNTS) {
            byte[] parent = noise(count * dtype.bytes());
            assertThat(run(new Parent(), dtype, parent.length, new byte[0], parent))
                    .isEqualTo(parent);
        }
    }

    @ParameterizedTest
    @MethodSource("plain")
    void rowsFollowAnyMapping(Dtype dtype) {
        SplittableRandom random = new SplittableRandom(3);
        for (int rows : COUNTS) {
            int rowBytes = dtype.bytes() * 3;
            byte[] first = noise(rowBytes * (rows / 3));
            byte[] second = noise(rowBytes * (rows - rows / 3) + 1);
            int[] mapping = IntStream.range(0, rows + 2)
                    .map(i -> rows == 0 || random.nextInt(4) == 0 ? -1 : random.nextInt(rows))
                    .toArray();
            for (int i = 1; i < rows / 2; i++) {
                mapping[i] = mapping[i - 1] < 0 || mapping[i - 1] + 1 >= rows ? -1 : mapping[i - 1] + 1;
            }
            byte[] both = concat(first, second);
            byte[] expected = new byte[mapping.length * rowBytes];
            for (int i = 0; i < mapping.length; i++) {
                if (mapping[i] >= 0) {
                    System.arraycopy(both, mapping[i] * rowBytes, expected, i * rowBytes, rowBytes);
                }
            }
            byte[] parameters = Rows.parameters(rowBytes, mapping);
            assertThat(run(new Rows(), dtype, expected.length, parameters, first, second))
                    .isEqualTo(expected);
        }
    }

    @Test
    void castsRoundOnceFromFloatAndThroughFloatFromDouble() {
        for (Dtype from : floats().toList()) {
            for (Dtype to : floats().filter(to -> to != from).toList()) {
                for (int count : COUNTS) {
                    byte[] source = gaussian(from, count);
                    byte[] guess = run(new Cast(), to, count * to.bytes(), Cast.parameters(from), source);
                    byte[] expected = new byte[guess.length];
                    for (int i = 0; i < count; i++) {
                        double[] one = new double[1];
                        Floats.read(from, source, i, one, 1);
                        Floats.write(to, one, expected, i, 1);
                    }
                    assertThat(guess).as("%s to %s", from, to).isEqualTo(expected);
                }
            }
        }
    }

    @Test
    void integersKeepTheirValueWhereItFits() {
        byte[] source = {5, 0, 0, 0, -2, -1, -1, -1};

        assertThat(run(new Cast(), Dtype.I64, 16, Cast.parameters(Dtype.I32), source))
                .isEqualTo(new byte[] {5, 0, 0, 0, 0, 0, 0, 0, -2, -1, -1, -1, -1, -1, -1, -1});
        assertThat(run(new Cast(), Dtype.I8, 2, Cast.parameters(Dtype.I32), source))
                .isEqualTo(new byte[] {5, -2});
    }

    @ParameterizedTest
    @MethodSource("plain")
    void transposesOfEveryRankAndWindow(Dtype dtype) {
        int width = dtype.bytes();
        long[][] shapes = {{1}, {7}, {1, 5}, {67, 131}, {3, 5, 7}, {2, 3, 1, 5}, {4, 0, 2}};
        for (long[] shape : shapes) {
            for (int[] axes : permutations(shape.length)) {
                int total = (int) Arrays.stream(shape).reduce(1, (a, b) -> a * b);
                byte[] source = noise(total * width);
                byte[] expected = permuted(source, shape, axes, width);
                for (int first : new int[] {0, total / 3, total}) {
                    byte[] parameters = Transpose.parameters(width, shape, axes, first, 0);
                    byte[] rest = Arrays.copyOfRange(expected, first * width, expected.length);
                    assertThat(run(new Transpose(), dtype, rest.length, parameters, source))
                            .as("%s %s from %d", Arrays.toString(shape), Arrays.toString(axes), first)
                            .isEqualTo(rest);
                }
            }
        }
    }

    @Test
    void aTransposeReadsNoMoreThanItsWindow() {
        byte[] source = noise(5 * 3 * 4);
        byte[] window = Arrays.copyOfRange(source, 3 * 4, 5 * 3 * 4);
        long[] shape = {5, 3, 4};
        byte[] expected = permuted(source, shape, new int[] {0, 2, 1}, 1);

        byte[] second = Transpose.parameters(1, shape, new int[] {0, 2, 1}, 12, 12);
        assertThat(run(new Transpose(), Dtype.I8, 12, second, window)).isEqualTo(Arrays.copyOfRange(expected, 12, 24));
        assertRefused(
                new Transpose(), Dtype.I8, 12, Transpose.parameters(1, shape, new int[] {0, 2, 1}, 0, 12), window);
    }

    @Test
    void slicesFuseAndSplitOnBothAxes() {
        byte[] query = noise(6 * 4);
        byte[] key = noise(6 * 4 + 1);
        byte[] fusedColumns = new byte[6 * 8];
        for (int row = 0; row < 6; row++) {
            System.arraycopy(query, row * 4, fusedColumns, row * 8, 4);
            System.arraycopy(key, row * 4, fusedColumns, row * 8 + 4, 4);
        }
        byte[] fuse =
                Slices.parameters(List.of(new Slices.Piece(0, 4, 0, 8, 4, 6), new Slices.Piece(24, 4, 4, 8, 4, 6)));
        assertThat(run(new Slices(), Dtype.I8, 48, fuse, query, key)).isEqualTo(fusedColumns);

        byte[] split = Slices.parameters(List.of(new Slices.Piece(4, 8, 0, 4, 4, 6)));
        assertThat(run(new Slices(), Dtype.I8, 24, split, fusedColumns)).isEqualTo(Arrays.copyOf(key, 24));
    }

    @Test
    void overlappingPiecesAreRefused() {
        Slices.Piece all = new Slices.Piece(0, 0, 0, 1, 1, 8);
        assertRefused(new Slices(), Dtype.I8, 8, Slices.parameters(List.of(all, all)), noise(8));
    }

    /** Real: the token type embeddings of all-MiniLM-L6-v2, and what onnxruntime's quantiser made of them. */
    @Test
    void perTensorUint8IsOnnxruntimes() throws IOException {
        byte[] parameters = Quantise.affine(
                Dtype.F32, Quantise.AFFINE, 1, 0, new float[] {Float.intBitsToFloat(993694943)}, new int[] {128});

        assertThat(run(new Quantise(), Dtype.U8, 768, parameters, resource("minilm-token-types.f32")))
                .isEqualTo(resource("minilm-token-types.u8"));
    }

    /** Real: four rows of a query matrix of all-MiniLM-L6-v2, quantised per column with reduced range. */
    @Test
    void perChannelInt8IsOnnxruntimes() throws IOException {
        byte[] stored = resource("minilm-query-scales.f32");
        float[] scales = new float[384];
        Floats.read(Dtype.F32, stored, 0, scales, 384);
        byte[] own = Quantise.affine(Dtype.F32, Quantise.AFFINE, 1, 0, scales, new int[] {0});
        byte[] elsewhere = Quantise.affine(Dtype.F32, Quantise.AFFINE, 1, 0, new float[0], new int[] {0});
        byte[] weights = resource("minilm-query-rows.f32");
        byte[] expected = resource("minilm-query-rows.i8");

        assertThat(run(new Quantise(), Dtype.I8, expected.length, own, weights)).isEqualTo(expected);
        assertThat(run(new Quantise(), Dtype.I8, expected.length, elsewhere, weights, stored))
                .isEqualTo(expected);
    }

    /** Real weights; the expected blocks are those of the gguf package, which llama.cpp's authors keep bit-exact. */
    @Test
    void ggmlBlocksAreThoseOfTheReference() throws IOException {
        byte[] weights = resource("minilm-token-types.f32");

        assertThat(run(new Quantise(), Dtype.Q8_0, 816, Quantise.ggml(Dtype.F32), weights))
                .isEqualTo(resource("minilm-token-types.q8_0"));
        assertThat(run(new Quantise(), Dtype.Q4_0, 432, Quantise.ggml(Dtype.F32), weights))
                .isEqualTo(resource("minilm-token-types.q4_0"));
    }

    @Test
    void absmaxScalesEachRowToItsLargest() {
        byte[] source = new byte[6 * 4];
        Floats.write(Dtype.F32, new float[] {1f, -2f, 0.5f, 0f, 0f, 0f}, source, 0, 6);

        assertThat(run(new Quantise(), Dtype.I8, 6, Quantise.absmax(Dtype.F32, 3), source))
                .isEqualTo(new byte[] {64, -127, 32, 0, 0, 0});
    }

    @ParameterizedTest
    @MethodSource("floats")
    void absmaxScalesAreTheLargestMagnitudes(Dtype dtype) {
        int columns = 13;
        byte[] matrix = gaussian(dtype, 7 * columns);
        byte[] rows = run(
                new AbsmaxScale(),
                Dtype.F32,
                7 * 4,
                AbsmaxScale.parameters(dtype, AbsmaxScale.ROWS, columns, 0, 127),
                matrix);
        byte[] some = run(
                new AbsmaxScale(),
                Dtype.F32,
                5 * 4,
                AbsmaxScale.parameters(dtype, AbsmaxScale.COLUMNS, columns, 3, 64),
                matrix);
        float[] ofRows = new float[7];
        float[] ofColumns = new float[columns];
        for (int i = 0; i < 7 * columns; i++) {
            float magnitude = Math.abs((float) at(dtype, matrix, i));
            ofRows[i / columns] = Math.max(ofRows[i / columns], magnitude);
            ofColumns[i % columns] = Math.max(ofColumns[i % columns], magnitude);
        }
        for (int i = 0; i < 7; i++) {
            assertThat(at(Dtype.F32, rows, i)).isEqualTo(ofRows[i] / 127);
        }
        for (int i = 0; i < 5; i++) {
            assertThat(at(Dtype.F32, some, i)).isEqualTo(ofColumns[i + 3] / 64);
        }
    }

    @ParameterizedTest
    @MethodSource("floats")
    void lowRankAddsTheProduct(Dtype dtype) {
        int rank = 3;
        int columns = 37;
        int allRows = 11;
        byte[] left = gaussian(dtype, allRows * rank);
        byte[] right = gaussian(dtype, rank * columns);
        for (int flags = 0; flags < 16; flags++) {
            for (int rows : new int[] {0, 1, 5}) {
                byte[] base = gaussian(dtype, rows * columns);
                var recipe = new LowRank.Recipe(dtype, dtype, flags, rank, columns, 4, allRows, 0.5);
                byte[] guess = run(new LowRank(), dtype, base.length, recipe.encode(), base, left, right);
                byte[] expected = lowRank(recipe, dtype, base, left, right, rows);
                assertThat(guess).as("flags %d rows %d", flags, rows).isEqualTo(expected);
            }
        }
    }

    private static byte[] lowRank(LowRank.Recipe r, Dtype dtype, byte[] base, byte[] left, byte[] right, int rows) {
        byte[] out = new byte[base.length];
        for (int i = 0; i < rows; i++) {
            for (int j = 0; j < r.columns(); j++) {
                double sum = 0;
                for (int k = 0; k < r.rank(); k++) {
                    int row = i + r.firstRow();
                    double a = at(
                            dtype, left, r.has(LowRank.LEFT_TRANSPOSED) ? k * r.leftRows() + row : row * r.rank() + k);
                    double b =
                            at(dtype, right, r.has(LowRank.RIGHT_TRANSPOSED) ? j * r.rank() + k : k * r.columns() + j);
                    if (r.has(LowRank.SCALE_FIRST)) {
                        a = Floats.round(a * r.scale(), r.product());
                    }
                    sum = r.has(LowRank.DOUBLE_SUMS) ? sum + a * b : (float) sum + (float) (a * b);
                }
                double delta = Floats.round(sum, r.product());
                delta = r.has(LowRank.SCALE_FIRST) ? delta : Floats.round(delta * r.scale(), r.product());
                double value = at(dtype, base, i * r.columns() + j) + delta;
                Floats.write(dtype, new double[] {value}, out, i * r.columns() + j, 1);
            }
        }
        return out;
    }

    @ParameterizedTest
    @MethodSource("floats")
    void combineRoundsEveryStep(Dtype dtype) {
        for (int count : COUNTS) {
            byte[] a = gaussian(dtype, count);
            byte[] b = gaussian(dtype, count);
            byte[] c = gaussian(dtype, count);
            byte[] linear = Combine.parameters(dtype, Combine.LINEAR, 3, 1, 1, 1);
            byte[] task = Combine.parameters(dtype, Combine.TASK, 1, 0.5, 0.25);
            byte[] average = new byte[a.length];
            byte[] merged = new byte[a.length];
            for (int i = 0; i < count; i++) {
                double x = at(dtype, a, i);
                double y = at(dtype, b, i);
                double z = at(dtype, c, i);
                double sum = Floats.round(Floats.round(x + y, dtype) + z, dtype);
                Floats.write(dtype, new double[] {sum / 3}, average, i, 1);
                double first = Floats.round(Floats.round(y - x, dtype) * 0.5, dtype);
                double second = Floats.round(Floats.round(z - x, dtype) * 0.25, dtype);
                Floats.write(dtype, new double[] {x + Floats.round(first + second, dtype)}, merged, i, 1);
            }
            assertThat(run(new Combine(), dtype, a.length, linear, a, b, c)).isEqualTo(average);
            assertThat(run(new Combine(), dtype, a.length, task, a, b, c)).isEqualTo(merged);
        }
    }

    @ParameterizedTest
    @MethodSource("floats")
    void extrapolateGoesOnAlongTheLine(Dtype dtype) {
        for (int count : COUNTS) {
            byte[] last = gaussian(dtype, count);
            byte[] before = gaussian(dtype, count);
            byte[] expected = new byte[last.length];
            for (int i = 0; i < count; i++) {
                double step = Floats.round(at(dtype, last, i) - at(dtype, before, i), dtype);
                Floats.write(dtype, new double[] {at(dtype, last, i) + step}, expected, i, 1);
            }
            byte[] parameters = Extrapolate.parameters(dtype, 1);
            assertThat(run(new Extrapolate(), dtype, last.length, parameters, last, before))
                    .isEqualTo(expected);
        }
    }

    @ParameterizedTest
    @MethodSource("floats")
    void prunedZeroesByThresholdOrMask(Dtype dtype) {
        int width = dtype.bytes();
        for (int count : COUNTS) {
            byte[] parent = gaussian(dtype, count);
            for (int flags : new int[] {0, Pruned.KEEP_SIGN}) {
                for (int keep : new int[] {2, 300}) {
                    boolean[] zeroed = new boolean[count];
                    byte[] expected = parent.clone();
                    for (int i = 0; i < count; i++) {
                        zeroed[i] = i % keep != 0;
                        if (zeroed[i]) {
                            byte sign = flags == 0 ? 0 : (byte) (parent[(i + 1) * width - 1] & 0x80);
                            Arrays.fill(expected, i * width, (i + 1) * width, (byte) 0);
                            expected[(i + 1) * width - 1] = sign;
                        }
                    }
                    byte[] mask = Pruned.mask(zeroed, flags);
                    assertThat(run(new Pruned(), dtype, parent.length, mask, parent))
                            .isEqualTo(expected);
                }
            }
            byte[] one = new byte[width];
            Floats.write(dtype, new double[] {0.0625}, one, 0, 1);
            long magnitude = new Pruned.Zeroing(one, dtype, false).magnitude(0);
            byte[] guess = run(new Pruned(), dtype, parent.length, Pruned.threshold(magnitude, 0), parent);
            for (int i = 0; i < count; i++) {
                double value = at(dtype, parent, i);
                assertThat(at(dtype, guess, i)).isEqualTo(Math.abs(value) <= 0.0625 ? 0.0 : value);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("floats")
    void scaledSliceIsSliceThenProduct(Dtype dtype) {
        int width = dtype.bytes();
        byte[] dense = gaussian(dtype, 7 * 10);
        List<Slices.Piece> columns = List.of(new Slices.Piece(3L * width, 10L * width, 0, 4 * width, 4 * width, 7));
        byte[] parameters = ScaledSlice.parameters(Dtype.F64, Math.sqrt(2), columns);
        byte[] guess = run(new ScaledSlice(), dtype, 28 * width, parameters, dense);
        for (int i = 0; i < 28; i++) {
            double expected = at(dtype, dense, i / 4 * 10 + 3 + i % 4) * Math.sqrt(2);
            assertThat(at(dtype, guess, i)).isEqualTo(Floats.round(expected, dtype));
        }
    }

    @Test
    void pipesTurnAndCast() {
        byte[] source = gaussian(Dtype.F32, 6 * 5);
        byte[] turned = permuted(source, new long[] {6, 5}, new int[] {1, 0}, 4);
        byte[] expected = run(new Cast(), Dtype.BF16, 60, Cast.parameters(Dtype.F32), turned);
        byte[] parameters = Pipe.parameters(
                new Pipe.Stage(
                        new Transpose(),
                        Dtype.F32,
                        120,
                        Transpose.parameters(4, new long[] {6, 5}, new int[] {1, 0}, 0, 0)),
                new Pipe.Stage(new Cast(), Dtype.BF16, 60, Cast.parameters(Dtype.F32)));

        assertThat(run(new Pipe(), Dtype.BF16, 60, parameters, source)).isEqualTo(expected);
    }

    /** Every predictor, from parameters with damage of every kind: a guess of the right length or a clear refusal. */
    @Test
    void hostileParametersAreRefusedOrHarmless() {
        SplittableRandom random = new SplittableRandom(5);
        byte[] four = gaussian(Dtype.F32, 24);
        List<byte[]> honest = List.of(
                Rows.parameters(12, new int[] {1, -1, 0, 2}),
                Cast.parameters(Dtype.F16),
                Transpose.parameters(4, new long[] {6, 4}, new int[] {1, 0}, 0, 0),
                Slices.parameters(List.of(new Slices.Piece(0, 8, 8, 8, 4, 3))),
                Quantise.affine(Dtype.F32, Quantise.AFFINE, 2, 1, new float[] {1, 2}, new int[] {1, 2}),
                Quantise.absmax(Dtype.F32, 6),
                AbsmaxScale.parameters(Dtype.F32, AbsmaxScale.COLUMNS, 6, 0, 127),
                new LowRank.Recipe(Dtype.F32, Dtype.F32, 0, 1, 24, 0, 24, 1).encode(),
                Combine.parameters(Dtype.F32, Combine.TASK, 2, 1, 1),
                Pruned.mask(new boolean[24], 0),
                ScaledSlice.parameters(Dtype.F32, 2, List.of(new Slices.Piece(0, 8, 8, 8, 4, 3))),
                Extrapolate.parameters(Dtype.F32, 1),
                Pipe.parameters(new Pipe.Stage(new Cast(), Dtype.F32, 96, Cast.parameters(Dtype.F64))));
        List<Dtype> dtypes = List.of(Dtype.values());
        int filled = 0;
        for (Predictor predictor : Predictors.all()) {
            for (byte[] parameters : honest) {
                for (int round = 0; round < 1500; round++) {
                    byte[] hostile = Arrays.copyOf(parameters, random.nextInt(parameters.length + 2));
                    for (int flips = random.nextInt(4); flips > 0 && hostile.length > 0; flips--) {
                        hostile[random.nextInt(hostile.length)] = (byte) random.nextInt();
                    }
                    Dtype dtype = dtypes.get(random.nextInt(dtypes.size()));
                    int length = new int[] {0, 24, 96}[random.nextInt(3)];
                    List<byte[]> inputs = Collections.nCopies(random.nextInt(4), four);
                    try {
                        predictor.predict(inputs, hostile, dtype, new byte[length], length);
                        filled++;
                    } catch (MgitException refused) {
                        assertThat(refused.kind()).isEqualTo(MgitException.Kind.INTEGRITY);
                    }
                }
            }
        }
        assertThat(filled).isPositive();
    }

    private static void assertRefused(Predictor p, Dtype dtype, int length, byte[] parameters, byte[]... inputs) {
        assertThatThrownBy(() -> run(p, dtype, length, parameters, inputs))
                .isInstanceOfSatisfying(
                        MgitException.class,
                        refused -> assertThat(refused.kind()).isEqualTo(MgitException.Kind.INTEGRITY));
    }

    private static byte[] run(Predictor predictor, Dtype dtype, int length, byte[] parameters, byte[]... inputs) {
        byte[] target = new byte[length];
        Arrays.fill(target, (byte) 0x5a);
        predictor.predict(List.of(inputs), parameters, dtype, target, length);
        return target;
    }

    private static double at(Dtype dtype, byte[] bytes, int element) {
        double[] one = new double[1];
        Floats.read(dtype, bytes, element, one, 1);
        return one[0];
    }

    private static byte[] gaussian(Dtype dtype, int count) {
        Random random = new Random(count * 31L + dtype.code());
        byte[] bytes = new byte[count * dtype.bytes()];
        for (int i = 0; i < count; i++) {
            Floats.write(dtype, new double[] {random.nextGaussian() * 0.1}, bytes, i, 1);
        }
        return bytes;
    }

    private static byte[] noise(int length) {
        byte[] bytes = new byte[length];
        new SplittableRandom(length + 1).nextBytes(bytes);
        return bytes;
    }

    private static byte[] concat(byte[] first, byte[] second) {
        byte[] both = Arrays.copyOf(first, first.length + second.length);
        System.arraycopy(second, 0, both, first.length, second.length);
        return both;
    }

    private static byte[] permuted(byte[] source, long[] shape, int[] axes, int width) {
        byte[] out = new byte[source.length];
        int rank = shape.length;
        int[] index = new int[rank];
        for (int i = 0; i * width < source.length; i++) {
            int rest = i;
            for (int axis = rank - 1; axis >= 0; axis--) {
                index[axis] = (int) (rest % shape[axis]);
                rest /= (int) shape[axis];
            }
            int to = 0;
            for (int axis = 0; axis < rank; axis++) {
                to = to * (int) shape[axes[axis]] + index[axes[axis]];
            }
            System.arraycopy(source, i * width, out, to * width, width);
        }
        return out;
    }

    private static List<int[]> permutations(int rank) {
        List<int[]> all = new ArrayList<>();
        for (int code = 0; code < Math.pow(rank, rank); code++) {
            int[] axes = new int[rank];
            int rest = code;
            for (int i = 0; i < rank; i++) {
                axes[i] = rest % rank;
                rest /= rank;
            }
            if (Arrays.stream(axes).distinct().count() == rank) {
                all.add(axes);
            }
        }
        return all;
    }

    private static byte[] resource(String name) throws IOException {
        try (InputStream in = PredictorsTest.class.getResourceAsStream(name)) {
            if (in == null) {
                throw new IOException("no resource " + name);
            }
            return in.readAllBytes();
        }
    }
}
