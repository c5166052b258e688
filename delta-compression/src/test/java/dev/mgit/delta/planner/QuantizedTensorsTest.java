package dev.mgit.delta.planner;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mgit.delta.Dtype;
import dev.mgit.delta.frame.Prediction;
import dev.mgit.delta.numeric.Floats;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** 8-bit tensors of every kind that quantizers make: is each found to follow from its floats, to the last element? */
class QuantizedTensorsTest {
    private static final int ROWS = 96;
    private static final int COLUMNS = 64;
    private static final int COUNT = ROWS * COLUMNS;

    private final InMemoryTensors shelf = new InMemoryTensors();
    private final Candidates candidates = new Candidates();
    private final Planner planner = new Planner(new EntropyCost());
    private final Random random = new Random(1);

    /** How the scales of channels differ; the floats differ with them, so that every channel uses its integers. */
    private enum Spread {
        EQUAL,
        /** A few powers of ten: values of different channels do not correlate as integers. */
        WIDE,
        /** Floats so small that some scales are subnormal. */
        SUBNORMAL,
        /** Channels with nothing in them, of scale 0. */
        EMPTY_CHANNELS,
        /** All but a few values round to zero. */
        COARSE,
        /** Scales fitted to the bulk of the values: one in five is clipped. */
        CLIPPING
    }

    private enum Zero {
        MIDDLE,
        ONE,
        EACH
    }

    @ParameterizedTest
    @CsvSource({
        // dtype, channels of, spread, zero points, as tensors, times the reciprocal
        "I8, COLUMN, WIDE, MIDDLE, true, false",
        "I8, COLUMN, WIDE, MIDDLE, false, false",
        "I8, ROW, WIDE, MIDDLE, true, false",
        "U8, COLUMN, WIDE, MIDDLE, false, false",
        "U8, ROW, WIDE, MIDDLE, false, true",
        "I8, COLUMN, SUBNORMAL, MIDDLE, false, false",
        "I8, ROW, SUBNORMAL, MIDDLE, true, false",
        "I8, TENSOR, SUBNORMAL, MIDDLE, false, false",
        "I8, COLUMN, EMPTY_CHANNELS, MIDDLE, false, false",
        "U8, ROW, EMPTY_CHANNELS, MIDDLE, false, false",
        "I8, COLUMN, CLIPPING, MIDDLE, true, false",
        "U8, ROW, CLIPPING, MIDDLE, false, false",
        "U8, TENSOR, CLIPPING, ONE, false, false",
        "I8, TENSOR, COARSE, MIDDLE, false, false",
        "U8, TENSOR, COARSE, ONE, false, false",
        "U8, TENSOR, EQUAL, ONE, true, false",
        "U8, TENSOR, EQUAL, ONE, false, false",
        "I8, TENSOR, EQUAL, ONE, false, true",
        "U8, COLUMN, WIDE, ONE, true, false",
        "U8, COLUMN, WIDE, ONE, false, false",
        "U8, COLUMN, WIDE, EACH, true, false",
        "U8, COLUMN, WIDE, EACH, false, false",
        "I8, ROW, WIDE, EACH, false, true",
        "U8, ROW, SUBNORMAL, EACH, false, false",
    })
    void quantizedMatricesFollowFromTheirFloats(
            Dtype dtype, String axis, Spread spread, Zero zero, boolean readable, boolean reciprocal) {
        int run = axis.equals("ROW") ? COLUMNS : axis.equals("COLUMN") ? 1 : COUNT;
        int channels = axis.equals("ROW") ? ROWS : axis.equals("COLUMN") ? COLUMNS : 1;
        Made made = made(dtype, List.of((long) ROWS, (long) COLUMNS), channels, run, spread, zero, reciprocal);
        made.store("onnx::MatMul_1679", Dtype.F32);

        assertFollowsPer(made.child("onnx::MatMul_1679_quantized", List.of((long) channels), readable), axis);
    }

    /** A kernel's channels are those of its first axis where outputs come first, of its last where they come last. */
    @ParameterizedTest
    @CsvSource({"24 16 3 3, 24, 144, channel", "3 3 16 24, 24, 1, column", "24 1 3 3, 24, 9, channel"})
    void convolutionsHaveAScaleForEachOutput(String dimensions, int channels, int run, String axis) {
        Made made = made(Dtype.I8, shape(dimensions), channels, run, Spread.WIDE, Zero.MIDDLE, false);
        made.store("conv1.weight", Dtype.F32);

        assertFollowsPer(made.child("conv1.weight_quantized", List.of((long) channels), false), axis);
    }

    /** By compressed-tensors' names, the parent's dtypes, and scales of groups within rows. */
    @ParameterizedTest
    @CsvSource({
        "F32, 96 1, 96, 64, quantize per row",
        "BF16, 96, 96, 64, quantize per row",
        "F16, 96 4, 384, 16, group-quantize",
        "F64, 1, 1, 6144, quantize per tensor"
    })
    void scalesMayHaveTheShapeOfTheirGroups(Dtype source, String scaleShape, int channels, int run, String recipe) {
        Made made = made(
                Dtype.I8, List.of((long) ROWS, (long) COLUMNS), channels, run, Spread.WIDE, Zero.MIDDLE, false, source);
        made.store("model.layers.0.mlp.up_proj.weight", source);

        assertFollows(made.child("model.layers.0.mlp.up_proj.weight", shape(scaleShape), false), recipe);
    }

    /** Graph optimizers rename tensors, so that only their values tell which they were. */
    @ParameterizedTest
    @CsvSource({"COLUMN, I8", "ROW, I8", "COLUMN, U8"})
    void theFloatsMayHaveAnyName(String axis, Dtype dtype) {
        boolean row = axis.equals("ROW");
        Made made = made(
                dtype,
                List.of((long) ROWS, (long) COLUMNS),
                row ? ROWS : COLUMNS,
                row ? COLUMNS : 1,
                Spread.WIDE,
                Zero.MIDDLE,
                false);
        for (int i = 0; i < 8; i++) {
            made(dtype, made.shape, 1, COUNT, Spread.EQUAL, Zero.MIDDLE, false).store("other." + i, Dtype.F32);
        }
        made.store("encoder.layer.5.output", Dtype.F32);

        assertFollowsPer(made.child("onnx::MatMul_77_quantized", List.of(row ? 96L : 64L), false), axis);
    }

    /** Turned by the exporter, then quantized by columns that were rows. */
    @ParameterizedTest
    @CsvSource({"true", "false"})
    void theFloatsMayBeTurned(boolean sameName) {
        Made made = made(
                Dtype.I8,
                List.of((long) ROWS, (long) COLUMNS),
                COLUMNS,
                1,
                sameName ? Spread.COARSE : Spread.WIDE,
                Zero.MIDDLE,
                false);
        float[] turned = new float[COUNT];
        for (int i = 0; i < COUNT; i++) {
            turned[i % COLUMNS * ROWS + i / COLUMNS] = made.floats[i];
        }
        made.store("encoder.dense.weight", Dtype.F32, List.of((long) COLUMNS, (long) ROWS), turned);

        InMemoryTensors.Child child =
                made.child(sameName ? "encoder.dense.weight_quantized" : "w_quantized", List.of(64L), false);
        TensorPlan plan = planner.plan(child, candidates).orElseThrow();
        assertThat(plan.name()).isEqualTo("transpose+quantize per column");
        assertThat(right(plan, child)).isEqualTo(COUNT);
    }

    /** What a block's frame repeats is what its own rows need. */
    @ParameterizedTest
    @CsvSource({"true", "false"})
    void scalesOfOtherRowsAreNotRepeated(boolean even) {
        Made made = made(Dtype.I8, List.of((long) ROWS, (long) COLUMNS), ROWS, COLUMNS, Spread.WIDE, Zero.EACH, false);
        made.store("w", Dtype.F32);
        TensorPlan plan = planner.plan(made.child("w", List.of((long) ROWS), true), candidates)
                .orElseThrow();

        int offset = even ? 10 * COLUMNS : 10 * COLUMNS + 7;
        Prediction prediction = plan.predictionFor(offset, 5 * COLUMNS).orElseThrow();
        assertThat(prediction.parameters()).hasSizeLessThan(6 * 4 + 6 * 2 + 12);
    }

    private void assertFollowsPer(InMemoryTensors.Child child, String axis) {
        assertFollows(child, "quantize per " + axis);
    }

    private void assertFollows(InMemoryTensors.Child child, String recipe) {
        TensorPlan plan = planner.plan(child, candidates).orElseThrow();
        assertThat(plan.name()).isEqualToIgnoringCase(recipe);
        assertThat(right(plan, child)).isEqualTo(child.bytes().length);
    }

    /** Elements that are predicted right, in blocks that begin anywhere. */
    private int right(TensorPlan plan, InMemoryTensors.Child child) {
        int block = 1000;
        int right = 0;
        for (int at = 0; at < child.bytes().length; at += block) {
            int length = Math.min(block, child.bytes().length - at);
            byte[] predicted = shelf.predicted(
                    plan.predictionFor(at, length).orElseThrow(), child.spec().dtype(), length);
            for (int i = 0; i < length; i++) {
                right += predicted[i] == child.bytes()[at + i] ? 1 : 0;
            }
        }
        return right;
    }

    private static List<Long> shape(String dimensions) {
        return List.of(dimensions.split(" ")).stream().map(Long::valueOf).toList();
    }

    private Made made(
            Dtype dtype, List<Long> shape, int channels, int run, Spread spread, Zero zero, boolean reciprocal) {
        return made(dtype, shape, channels, run, spread, zero, reciprocal, Dtype.F32);
    }

    private Made made(
            Dtype dtype,
            List<Long> shape,
            int channels,
            int run,
            Spread spread,
            Zero zero,
            boolean reciprocal,
            Dtype source) {
        Made made = new Made(dtype, shape, channels);
        int count = made.floats.length;
        float[] sizes = new float[channels];
        for (int c = 0; c < channels; c++) {
            sizes[c] = size(spread);
        }
        byte[] stored = new byte[count * source.bytes()];
        for (int i = 0; i < count; i++) {
            made.floats[i] = (float) random.nextGaussian() * sizes[i / run % channels];
            if (spread == Spread.COARSE && i % 97 == 5) {
                made.floats[i] *= 1000;
            }
        }
        Floats.write(source, made.floats, stored, 0, count);
        Floats.read(source, stored, 0, made.floats, count);
        float[] largest = new float[channels];
        for (int i = 0; i < count; i++) {
            largest[i / run % channels] = Math.max(largest[i / run % channels], Math.abs(made.floats[i]));
        }
        int middle = dtype == Dtype.U8 ? 128 : 0;
        for (int c = 0; c < channels; c++) {
            made.scales[c] = spread == Spread.CLIPPING ? sizes[c] / 100 : largest[c] / 100;
            made.zeroPoints[c] = middle + (zero == Zero.MIDDLE ? 0 : zero == Zero.ONE ? 17 : random.nextInt(40) - 20);
        }
        made.quantize(run, reciprocal);
        return made;
    }

    private float size(Spread spread) {
        return switch (spread) {
            case WIDE -> (float) Math.pow(10, -1 - 4 * random.nextDouble());
            case SUBNORMAL -> (float) Math.pow(10, -34 - 5 * random.nextDouble());
            case EMPTY_CHANNELS -> random.nextInt(3) == 0 ? 0 : 0.05f;
            default -> 0.05f;
        };
    }

    /** Floats and what a quantizer made of them. */
    private final class Made {
        private final Dtype dtype;
        private final List<Long> shape;
        private final float[] floats;
        private final float[] scales;
        private final int[] zeroPoints;
        private final byte[] quantized;

        Made(Dtype dtype, List<Long> shape, int channels) {
            this.dtype = dtype;
            this.shape = shape;
            int count = (int) shape.stream().mapToLong(Long::longValue).reduce(1, (a, b) -> a * b);
            this.floats = new float[count];
            this.scales = new float[channels];
            this.zeroPoints = new int[channels];
            this.quantized = new byte[count];
        }

        /** As onnxruntime and PyTorch do. */
        void quantize(int run, boolean reciprocal) {
            int least = dtype == Dtype.U8 ? 0 : -128;
            for (int i = 0; i < floats.length; i++) {
                int c = i / run % scales.length;
                float scaled = reciprocal ? floats[i] * (1 / scales[c]) : floats[i] / scales[c];
                int integer = (int) Math.rint(scaled) + zeroPoints[c];
                quantized[i] = (byte) Math.max(least, Math.min(least + 255, integer));
            }
        }

        void store(String name, Dtype source) {
            store(name, source, shape, floats);
        }

        void store(String name, Dtype source, List<Long> asShape, float[] values) {
            byte[] bytes = new byte[values.length * source.bytes()];
            Floats.write(source, values, bytes, 0, values.length);
            candidates.add(shelf.put(name, source, asShape, bytes, 0, "float"));
        }

        InMemoryTensors.Child child(String name, List<Long> scaleShape, boolean zeroPointsReadable) {
            String stem = QuantizationParameters.floatName(name);
            byte[] scaleBytes = new byte[4 * scales.length];
            Floats.write(Dtype.F32, scales, scaleBytes, 0, scales.length);
            InMemoryTensors.Child child = InMemoryTensors.Child.of(name, dtype, shape, quantized)
                    .beside(InMemoryTensors.Child.of(stem + "_scale", Dtype.F32, scaleShape, scaleBytes));
            byte[] points = new byte[zeroPoints.length];
            for (int i = 0; i < points.length; i++) {
                points[i] = (byte) zeroPoints[i];
            }
            return zeroPointsReadable
                    ? child.beside(InMemoryTensors.Child.of(stem + "_zero_point", dtype, scaleShape, points))
                    : child;
        }
    }
}
