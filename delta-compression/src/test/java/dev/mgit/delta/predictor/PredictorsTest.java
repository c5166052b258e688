package dev.mgit.delta.predictor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mgit.delta.Dtype;
import dev.mgit.delta.MgitException;
import dev.mgit.delta.numeric.Floats;
import dev.mgit.delta.numeric.Tiles;
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
                        "reference 225",
                        "group-quantize 241",
                        "mask 257",
                        "adam 273",
                        "decay 289",
                        "scaled 305",
                        "microscale 321",
                        "packed-codes 337");
        assertThatThrownBy(() -> Predictors.byCode(18))
                .isInstanceOf(MgitException.class)
                .hasMessageContaining("predictor 1 version 2");
    }

    @ParameterizedTest
    @MethodSource("plain")
    void parentCopies(Dtype dtype) {
        for (int count : COUNTS) {
            byte[] parent = noise(count * dtype.bytes());
            assertThat(run(new ParentPredictor(), dtype, parent.length, new byte[0], parent))
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
            byte[] parameters = RowsPredictor.parameters(rowBytes, mapping);
            assertThat(run(new RowsPredictor(), dtype, expected.length, parameters, first, second))
                    .isEqualTo(expected);
        }
    }

    @Test
    void castsRoundOnceFromFloatAndThroughFloatFromDouble() {
        for (Dtype from : floats().toList()) {
            for (Dtype to : floats().filter(to -> to != from).toList()) {
                for (int count : COUNTS) {
                    byte[] source = gaussian(from, count);
                    byte[] predicted =
                            run(new CastPredictor(), to, count * to.bytes(), CastPredictor.parameters(from), source);
                    byte[] expected = new byte[predicted.length];
                    for (int i = 0; i < count; i++) {
                        double[] one = new double[1];
                        Floats.read(from, source, i, one, 1);
                        Floats.write(to, one, expected, i, 1);
                    }
                    assertThat(predicted).as("%s to %s", from, to).isEqualTo(expected);
                }
            }
        }
    }

    @Test
    void integersKeepTheirValueWhereItFits() {
        byte[] source = {5, 0, 0, 0, -2, -1, -1, -1};

        assertThat(run(new CastPredictor(), Dtype.I64, 16, CastPredictor.parameters(Dtype.I32), source))
                .isEqualTo(new byte[] {5, 0, 0, 0, 0, 0, 0, 0, -2, -1, -1, -1, -1, -1, -1, -1});
        assertThat(run(new CastPredictor(), Dtype.I8, 2, CastPredictor.parameters(Dtype.I32), source))
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
                    byte[] parameters = TransposePredictor.parameters(width, shape, axes, first, 0);
                    byte[] rest = Arrays.copyOfRange(expected, first * width, expected.length);
                    assertThat(run(new TransposePredictor(), dtype, rest.length, parameters, source))
                            .as("%s %s from %d", Arrays.toString(shape), Arrays.toString(axes), first)
                            .isEqualTo(rest);
                }
            }
        }
    }

    /** Whoever reads a source block by block keeps what the predictor names of each; a pipe names what its first stage does. */
    @Test
    void aMatrixIsTurnedFromPieces() {
        long[][] shapes = {{67, 131}, {131, 67}, {1, 40}, {40, 1}, {3, 50, 40}, {2, 2, 30, 20}};
        for (long[] shape : shapes) {
            int rank = shape.length;
            int[] axes = IntStream.range(0, rank).toArray();
            axes[rank - 1] = rank - 2;
            axes[rank - 2] = rank - 1;
            int total = (int) Arrays.stream(shape).reduce(1, (a, b) -> a * b);
            int matrix = (int) (shape[rank - 1] * shape[rank - 2]);
            byte[] source = noise(total * 2);
            byte[] expected = permuted(source, shape, axes, 2);
            for (int first = 0; first < total; first += 97) {
                int count = Math.min(230, matrix - first % matrix);
                int window = first / matrix * matrix;
                byte[] own = TransposePredictor.parameters(2, shape, axes, first, window);
                byte[] stages = ChainPredictor.parameters(
                        new ChainPredictor.Stage(new TransposePredictor(), Dtype.F16, 2 * count, own),
                        new ChainPredictor.Stage(new ParentPredictor(), Dtype.I16, 2 * count, new byte[0]));
                byte[] whole = Arrays.copyOfRange(source, 2 * window, 2 * (window + matrix));
                byte[] block = Arrays.copyOfRange(expected, 2 * first, 2 * (first + count));
                assertThat(fromPieces(new TransposePredictor(), Dtype.F16, own, whole, block.length))
                        .as("%s from %d", Arrays.toString(shape), first)
                        .isEqualTo(block);
                assertThat(fromPieces(new ChainPredictor(), Dtype.I16, stages, whole, block.length))
                        .isEqualTo(block);
            }
        }
        byte[] two = TransposePredictor.parameters(2, new long[] {3, 50, 40}, new int[] {0, 2, 1}, 1990, 0);
        assertThat(new TransposePredictor().pieces(two, 40, 3 * 50 * 40 * 2))
                .as("of two matrices")
                .isEmpty();
    }

    private static byte[] fromPieces(Predictor predictor, Dtype dtype, byte[] parameters, byte[] source, int length) {
        Pieces pieces = predictor.pieces(parameters, length, source.length).orElseThrow();
        byte[] joined = new byte[pieces.total()];
        for (int at = 0; at < source.length; at += 301) {
            pieces.copy(source, at, Math.min(301, source.length - at), at, joined);
        }
        byte[] target = new byte[length];
        predictor.predictFromPieces(joined, parameters, dtype, target, length);
        return target;
    }

    @Test
    void aTransposeReadsNoMoreThanItsWindow() {
        byte[] source = noise(5 * 3 * 4);
        byte[] window = Arrays.copyOfRange(source, 3 * 4, 5 * 3 * 4);
        long[] shape = {5, 3, 4};
        byte[] expected = permuted(source, shape, new int[] {0, 2, 1}, 1);

        byte[] second = TransposePredictor.parameters(1, shape, new int[] {0, 2, 1}, 12, 12);
        assertThat(run(new TransposePredictor(), Dtype.I8, 12, second, window))
                .isEqualTo(Arrays.copyOfRange(expected, 12, 24));
        assertRefused(
                new TransposePredictor(),
                Dtype.I8,
                12,
                TransposePredictor.parameters(1, shape, new int[] {0, 2, 1}, 0, 12),
                window);
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
        byte[] fuse = SlicesPredictor.parameters(
                List.of(new SlicesPredictor.Piece(0, 4, 0, 8, 4, 6), new SlicesPredictor.Piece(24, 4, 4, 8, 4, 6)));
        assertThat(run(new SlicesPredictor(), Dtype.I8, 48, fuse, query, key)).isEqualTo(fusedColumns);

        byte[] split = SlicesPredictor.parameters(List.of(new SlicesPredictor.Piece(4, 8, 0, 4, 4, 6)));
        assertThat(run(new SlicesPredictor(), Dtype.I8, 24, split, fusedColumns))
                .isEqualTo(Arrays.copyOf(key, 24));
    }

    @Test
    void overlappingPiecesAreRefused() {
        SlicesPredictor.Piece all = new SlicesPredictor.Piece(0, 0, 0, 1, 1, 8);
        assertRefused(new SlicesPredictor(), Dtype.I8, 8, SlicesPredictor.parameters(List.of(all, all)), noise(8));
    }

    /** Real: the token type embeddings of all-MiniLM-L6-v2, and what onnxruntime's quantizer made of them. */
    @Test
    void perTensorUint8IsOnnxruntimes() throws IOException {
        byte[] parameters = QuantizePredictor.affine(
                Dtype.F32, QuantizePredictor.AFFINE, 1, 0, new float[] {Float.intBitsToFloat(993694943)}, new int[] {128
                });

        assertThat(run(new QuantizePredictor(), Dtype.U8, 768, parameters, resource("minilm-token-types.f32")))
                .isEqualTo(resource("minilm-token-types.u8"));
    }

    /** Real: four rows of a query matrix of all-MiniLM-L6-v2, quantized per column with reduced range. */
    @Test
    void perChannelInt8IsOnnxruntimes() throws IOException {
        byte[] stored = resource("minilm-query-scales.f32");
        float[] scales = new float[384];
        Floats.read(Dtype.F32, stored, 0, scales, 384);
        byte[] own = QuantizePredictor.affine(Dtype.F32, QuantizePredictor.AFFINE, 1, 0, scales, new int[] {0});
        byte[] elsewhere =
                QuantizePredictor.affine(Dtype.F32, QuantizePredictor.AFFINE, 1, 0, new float[0], new int[] {0});
        byte[] weights = resource("minilm-query-rows.f32");
        byte[] expected = resource("minilm-query-rows.i8");

        assertThat(run(new QuantizePredictor(), Dtype.I8, expected.length, own, weights))
                .isEqualTo(expected);
        assertThat(run(new QuantizePredictor(), Dtype.I8, expected.length, elsewhere, weights, stored))
                .isEqualTo(expected);
    }

    /** Real weights; the expected blocks are those of the gguf package, which llama.cpp's authors keep bit-exact. */
    @Test
    void ggmlBlocksAreThoseOfTheReference() throws IOException {
        byte[] weights = resource("minilm-token-types.f32");

        assertThat(run(new QuantizePredictor(), Dtype.Q8_0, 816, QuantizePredictor.ggml(Dtype.F32), weights))
                .isEqualTo(resource("minilm-token-types.q8_0"));
        assertThat(run(new QuantizePredictor(), Dtype.Q4_0, 432, QuantizePredictor.ggml(Dtype.F32), weights))
                .isEqualTo(resource("minilm-token-types.q4_0"));
    }

    @Test
    void absmaxScalesEachRowToItsLargest() {
        byte[] source = new byte[6 * 4];
        Floats.write(Dtype.F32, new float[] {1f, -2f, 0.5f, 0f, 0f, 0f}, source, 0, 6);

        assertThat(run(new QuantizePredictor(), Dtype.I8, 6, QuantizePredictor.absmax(Dtype.F32, 3), source))
                .isEqualTo(new byte[] {64, -127, 32, 0, 0, 0});
    }

    @ParameterizedTest
    @MethodSource("floats")
    void absmaxScalesAreTheLargestMagnitudes(Dtype dtype) {
        int columns = 13;
        byte[] matrix = gaussian(dtype, 7 * columns);
        byte[] rows = run(
                new AbsmaxScalePredictor(),
                Dtype.F32,
                7 * 4,
                AbsmaxScalePredictor.parameters(dtype, AbsmaxScalePredictor.ROWS, columns, 0, 127),
                matrix);
        byte[] some = run(
                new AbsmaxScalePredictor(),
                Dtype.F32,
                5 * 4,
                AbsmaxScalePredictor.parameters(dtype, AbsmaxScalePredictor.COLUMNS, columns, 3, 64),
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
                var recipe = new LowRankPredictor.Recipe(dtype, dtype, flags, rank, columns, 4, allRows, 0.5);
                byte[] predicted = run(new LowRankPredictor(), dtype, base.length, recipe.encode(), base, left, right);
                byte[] expected = lowRank(recipe, dtype, base, left, right, rows);
                assertThat(predicted).as("flags %d rows %d", flags, rows).isEqualTo(expected);
            }
        }
    }

    private static byte[] lowRank(
            LowRankPredictor.Recipe r, Dtype dtype, byte[] base, byte[] left, byte[] right, int rows) {
        byte[] out = new byte[base.length];
        for (int i = 0; i < rows; i++) {
            for (int j = 0; j < r.columns(); j++) {
                double sum = 0;
                for (int k = 0; k < r.rank(); k++) {
                    int row = i + r.firstRow();
                    double a = at(
                            dtype,
                            left,
                            r.has(LowRankPredictor.LEFT_TRANSPOSED) ? k * r.leftRows() + row : row * r.rank() + k);
                    double b = at(
                            dtype,
                            right,
                            r.has(LowRankPredictor.RIGHT_TRANSPOSED) ? j * r.rank() + k : k * r.columns() + j);
                    if (r.has(LowRankPredictor.SCALE_FIRST)) {
                        a = Floats.round(a * r.scale(), r.product());
                    }
                    sum = r.has(LowRankPredictor.DOUBLE_SUMS) ? sum + a * b : (float) sum + (float) (a * b);
                }
                double delta = Floats.round(sum, r.product());
                delta = r.has(LowRankPredictor.SCALE_FIRST) ? delta : Floats.round(delta * r.scale(), r.product());
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
            byte[] linear = CombinePredictor.parameters(dtype, CombinePredictor.LINEAR, 3, 1, 1, 1);
            byte[] task = CombinePredictor.parameters(dtype, CombinePredictor.TASK, 1, 0.5, 0.25);
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
            assertThat(run(new CombinePredictor(), dtype, a.length, linear, a, b, c))
                    .isEqualTo(average);
            assertThat(run(new CombinePredictor(), dtype, a.length, task, a, b, c))
                    .isEqualTo(merged);
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
            byte[] parameters = ExtrapolatePredictor.parameters(dtype, 1);
            assertThat(run(new ExtrapolatePredictor(), dtype, last.length, parameters, last, before))
                    .isEqualTo(expected);
        }
    }

    @ParameterizedTest
    @MethodSource("floats")
    void prunedZeroesByThresholdOrMask(Dtype dtype) {
        int width = dtype.bytes();
        for (int count : COUNTS) {
            byte[] parent = gaussian(dtype, count);
            for (int flags : new int[] {0, PrunedPredictor.KEEP_SIGN}) {
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
                    byte[] mask = PrunedPredictor.mask(zeroed, flags);
                    assertThat(run(new PrunedPredictor(), dtype, parent.length, mask, parent))
                            .isEqualTo(expected);
                }
            }
            byte[] one = new byte[width];
            Floats.write(dtype, new double[] {0.0625}, one, 0, 1);
            long magnitude = new PrunedPredictor.Zeroing(one, dtype, false).magnitude(0);
            byte[] predicted =
                    run(new PrunedPredictor(), dtype, parent.length, PrunedPredictor.threshold(magnitude, 0), parent);
            for (int i = 0; i < count; i++) {
                double value = at(dtype, parent, i);
                assertThat(at(dtype, predicted, i)).isEqualTo(Math.abs(value) <= 0.0625 ? 0.0 : value);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("floats")
    void scaledSliceIsSliceThenProduct(Dtype dtype) {
        int width = dtype.bytes();
        byte[] dense = gaussian(dtype, 7 * 10);
        List<SlicesPredictor.Piece> columns =
                List.of(new SlicesPredictor.Piece(3L * width, 10L * width, 0, 4 * width, 4 * width, 7));
        byte[] parameters = ScaledSlicePredictor.parameters(Dtype.F64, Math.sqrt(2), columns);
        byte[] predicted = run(new ScaledSlicePredictor(), dtype, 28 * width, parameters, dense);
        for (int i = 0; i < 28; i++) {
            double expected = at(dtype, dense, i / 4 * 10 + 3 + i % 4) * Math.sqrt(2);
            assertThat(at(dtype, predicted, i)).isEqualTo(Floats.round(expected, dtype));
        }
    }

    @ParameterizedTest
    @MethodSource("floats")
    void weightsMoveAgainstTheirMoments(Dtype dtype) {
        byte[] weights = gaussian(dtype, 1500);
        byte[] first = gaussian(Dtype.F32, 1500);
        byte[] second = Arrays.copyOf(gaussian(Dtype.F32, 1501), first.length);
        byte[] parameters = AdamPredictor.parameters(AdamPredictor.WEIGHTS, Dtype.F32, 0.75, -0.5, 0.25);
        byte[] predicted =
                run(new AdamPredictor(), dtype, weights.length, parameters, weights, first, second, second, first);
        for (int i = 0; i < 1500; i++) {
            double m = at(Dtype.F32, first, i);
            double v = at(Dtype.F32, second, i);
            double expected = 0.75 * at(dtype, weights, i)
                    + -0.5 * (v > 0 ? m / Math.sqrt(v) : 0)
                    + 0.25 * (m > 0 ? v / Math.sqrt(m) : 0);
            assertThat(at(dtype, predicted, i)).isEqualTo(Floats.round(expected, dtype));
        }
    }

    @ParameterizedTest
    @MethodSource("floats")
    void momentsFollowFromMovement(Dtype weights) {
        byte[] moment = gaussian(Dtype.F32, 1030);
        byte[] second = gaussian(Dtype.F32, 1031);
        byte[] before = gaussian(weights, 1030);
        byte[] after = gaussian(weights, 1032);
        byte[] parameters = AdamPredictor.parameters(AdamPredictor.MOMENT, weights, 0.9, -3);
        byte[] predicted = run(
                new AdamPredictor(),
                Dtype.F32,
                moment.length,
                parameters,
                moment,
                before,
                Arrays.copyOf(after, before.length),
                Arrays.copyOf(second, moment.length));
        for (int i = 0; i < 1030; i++) {
            double v = at(Dtype.F32, second, i);
            double gradient = v > 0 ? (at(weights, after, i) - at(weights, before, i)) * Math.sqrt(v) : 0;
            double expected = 0.9 * at(Dtype.F32, moment, i) + -3 * gradient;
            assertThat(at(Dtype.F32, predicted, i)).isEqualTo((float) expected);
        }
    }

    @ParameterizedTest
    @MethodSource("floats")
    void decayRoundsEveryStep(Dtype dtype) {
        byte[] source = gaussian(dtype, 1025);
        for (int rounding = DecayPredictor.PRODUCT; rounding <= DecayPredictor.FUSED; rounding++) {
            double rate = rounding == DecayPredictor.PRODUCT ? 0.9f : 0.1f;
            byte[] parameters = DecayPredictor.parameters(rounding, 3, rate);
            byte[] predicted = run(new DecayPredictor(), dtype, source.length, parameters, source);
            for (int i = 0; i < 1025; i++) {
                double x = at(dtype, source, i);
                for (int step = 0; step < 3; step++) {
                    double product = rounding == DecayPredictor.FUSED ? x * rate : Floats.round(x * rate, dtype);
                    x = rounding == DecayPredictor.PRODUCT ? product : Floats.round(x - product, dtype);
                }
                assertThat(at(dtype, predicted, i)).isEqualTo(x);
            }
        }
    }

    /** Beyond the largest number of a narrow dtype is that number, and what is no number stays none. */
    @Test
    void scaledNumbersAreClipped() {
        byte[] source = new byte[4 * 4];
        Floats.write(Dtype.F32, new float[] {1e9f, -1e9f, 4, Float.NaN}, source, 0, 4);
        assertThat(scaled(Dtype.F8_E4M3, 0, source)).containsExactly(0x7e, 0xfe, 0x48, 0x7f);
        assertThat(scaled(Dtype.F8_E5M2, 0, source)).containsExactly(0x7b, 0xfb, 0x44, 0x7f);
        assertThat(scaled(Dtype.I8, 0, source)).containsExactly(127, 128, 4, 0);
        assertThat(scaled(Dtype.I32, ScaledPredictor.BYTES, source)).containsExactly(255, 0, 132, 128);
    }

    /** A block of a tensor with more elements than an int counts. */
    @Test
    void scaledNumbersMayLieFarBehind() {
        byte[] source = new byte[4 * 4];
        Floats.write(Dtype.F32, new float[] {1, 2, 3, 4}, source, 0, 4);
        var scheme = new ScaledPredictor.Scheme(Dtype.F32, 0, Dtype.F32, Dtype.F32, Dtype.F32, 1, new float[0]);
        var tiles = new Tiles(3, 1L << 33, 3);
        byte[] parameters = ScaledPredictor.parameters(scheme, tiles, 1L << 34, new float[] {2}, new int[0]);
        assertThat(run(new ScaledPredictor(), Dtype.I8, 4, parameters, source)).containsExactly(2, 4, 6, 8);
    }

    private static byte[] scaled(Dtype dtype, int flags, byte[] source) {
        var scheme = new ScaledPredictor.Scheme(Dtype.F32, flags, Dtype.F32, Dtype.F32, Dtype.F32, 1, new float[0]);
        byte[] parameters = ScaledPredictor.parameters(scheme, new Tiles(4, 1, 4), 0, new float[] {1}, new int[0]);
        return run(new ScaledPredictor(), dtype, 4, parameters, source);
    }

    /** The cut-off of the specification, and two ways to round. */
    @Test
    void scalesArePowersOfTwo() {
        byte[] source = new byte[4 * 4];
        Floats.write(Dtype.F32, new float[] {1.8f, 7, 0, 448}, source, 0, 4);
        assertThat(powers(2, source)).containsExactly(125, 127, 0, 133);
        assertThat(powers(1.75f, source)).containsExactly(126, 128, 0, 134);
        assertThat(powers(Math.nextUp(1f), source)).containsExactly(126, 128, 0, 134);
    }

    private static byte[] powers(float threshold, byte[] source) {
        var scheme = new MicroscalePredictor.Scheme(
                Dtype.F32,
                MicroscalePredictor.POWER | MicroscalePredictor.SCALES,
                Dtype.F32,
                Dtype.F32,
                6,
                1,
                threshold,
                1);
        return run(new MicroscalePredictor(), Dtype.U8, 4, scheme.parameters(0), source);
    }

    @Test
    void pipesTurnAndCast() {
        byte[] source = gaussian(Dtype.F32, 6 * 5);
        byte[] turned = permuted(source, new long[] {6, 5}, new int[] {1, 0}, 4);
        byte[] expected = run(new CastPredictor(), Dtype.BF16, 60, CastPredictor.parameters(Dtype.F32), turned);
        byte[] parameters = ChainPredictor.parameters(
                new ChainPredictor.Stage(
                        new TransposePredictor(),
                        Dtype.F32,
                        120,
                        TransposePredictor.parameters(4, new long[] {6, 5}, new int[] {1, 0}, 0, 0)),
                new ChainPredictor.Stage(new CastPredictor(), Dtype.BF16, 60, CastPredictor.parameters(Dtype.F32)));

        assertThat(run(new ChainPredictor(), Dtype.BF16, 60, parameters, source))
                .isEqualTo(expected);
    }

    /** Every predictor, from parameters with damage of every kind: a prediction of the right length or a clear refusal. */
    @Test
    void hostileParametersAreRefusedOrHarmless() {
        SplittableRandom random = new SplittableRandom(5);
        byte[] four = gaussian(Dtype.F32, 24);
        List<byte[]> honest = List.of(
                RowsPredictor.parameters(12, new int[] {1, -1, 0, 2}),
                CastPredictor.parameters(Dtype.F16),
                TransposePredictor.parameters(4, new long[] {6, 4}, new int[] {1, 0}, 0, 0),
                SlicesPredictor.parameters(List.of(new SlicesPredictor.Piece(0, 8, 8, 8, 4, 3))),
                QuantizePredictor.affine(
                        Dtype.F32, QuantizePredictor.AFFINE, 2, 1, new float[] {1, 2}, new int[] {1, 2}),
                QuantizePredictor.absmax(Dtype.F32, 6),
                AbsmaxScalePredictor.parameters(Dtype.F32, AbsmaxScalePredictor.COLUMNS, 6, 0, 127),
                new LowRankPredictor.Recipe(Dtype.F32, Dtype.F32, 0, 1, 24, 0, 24, 1).encode(),
                CombinePredictor.parameters(Dtype.F32, CombinePredictor.TASK, 2, 1, 1),
                PrunedPredictor.mask(new boolean[24], 0),
                ScaledSlicePredictor.parameters(Dtype.F32, 2, List.of(new SlicesPredictor.Piece(0, 8, 8, 8, 4, 3))),
                ExtrapolatePredictor.parameters(Dtype.F32, 1),
                new GroupQuantizePredictor.Scheme(2, 1, 2, Dtype.BF16, 8, 0, 16, 15, 2, 3, new float[] {1, 2, 3})
                        .parameters(Dtype.F32, 1),
                new GroupQuantizePredictor.Scheme(
                                0, 0, GroupQuantizePredictor.SCALES, Dtype.F32, 0, 0, 16, 7, 1, 4, new float[0])
                        .parameters(Dtype.F16, 1),
                MaskPredictor.parameters(Dtype.F32, true, 6, new long[] {1, 2, 3, 4}),
                AdamPredictor.parameters(AdamPredictor.WEIGHTS, Dtype.F32, 1, 0.5),
                AdamPredictor.parameters(AdamPredictor.MOMENT, Dtype.F32, 1, 0.5),
                DecayPredictor.parameters(DecayPredictor.PRODUCT, 3, 0.9),
                ScaledPredictor.parameters(
                        new ScaledPredictor.Scheme(
                                Dtype.F32, ScaledPredictor.DIVIDE, Dtype.F32, Dtype.F32, Dtype.BF16, 1, new float[0]),
                        new Tiles(6, 2, 4),
                        1,
                        new float[] {1, 2, 3, 4},
                        new int[0]),
                ScaledPredictor.parameters(
                        new ScaledPredictor.Scheme(
                                Dtype.U8, ScaledPredictor.PACKED, Dtype.F16, Dtype.F32, Dtype.F32, 2, new float[16]),
                        new Tiles(2, 1, 2),
                        0,
                        new float[0],
                        new int[0]),
                new MicroscalePredictor.Scheme(Dtype.F32, MicroscalePredictor.POWER, Dtype.F32, Dtype.F32, 6, 1, 2, 4)
                        .parameters(1),
                new MicroscalePredictor.Scheme(Dtype.F32, MicroscalePredictor.SCALES, Dtype.BF16, Dtype.F32, 6, 3, 2, 4)
                        .parameters(0),
                PackedCodesPredictor.parameters(
                        Dtype.F32,
                        new PackedCodesPredictor.Form(8, PackedCodesPredictor.DOWN, 6, 3),
                        0,
                        new PackedCodesPredictor.Groups(
                                new int[] {0, 0, 1, 1}, noise(8), Dtype.F16, new byte[] {1, 2, 3, 4}, 1),
                        new float[] {1, 2, 3, 4}),
                ChainPredictor.parameters(new ChainPredictor.Stage(
                        new CastPredictor(), Dtype.F32, 96, CastPredictor.parameters(Dtype.F64))));
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
                    List<byte[]> inputs = Collections.nCopies(random.nextInt(5), four);
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
