package dev.mgit.delta.planner;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mgit.delta.Dtype;
import dev.mgit.delta.frame.Prediction;
import dev.mgit.delta.numeric.Floats;
import dev.mgit.delta.predictor.AbsmaxScalePredictor;
import dev.mgit.delta.predictor.CombinePredictor;
import dev.mgit.delta.predictor.GgmlQuantization;
import dev.mgit.delta.predictor.LowRankPredictor;
import dev.mgit.delta.predictor.QuantizePredictor;
import dev.mgit.delta.predictor.ScaledSlicePredictor;
import dev.mgit.delta.predictor.SlicesPredictor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Families made with one known step each: does the planner find the step, and does the prediction hit? */
class PlannerTest {
    private final InMemoryTensors shelf = new InMemoryTensors();
    private final Candidates candidates = new Candidates();
    private final Planner planner = new Planner(new EntropyCost());

    private static final List<Long> SHAPE = List.of(96L, 64L);
    private static final int COUNT = 96 * 64;

    @ParameterizedTest
    @EnumSource(
            value = Dtype.class,
            names = {"F32", "F16", "BF16"})
    void fineTunedTensorsFollowTheirParent(Dtype dtype) {
        double[] weights = weights(1, COUNT);
        add("encoder.w", dtype, SHAPE, weights, 0, "base");
        double[] tuned = plus(weights, weights(2, COUNT), 1e-3);

        TensorPlan plan = plan(child("encoder.w", dtype, SHAPE, tuned)).orElseThrow();

        assertThat(plan.name()).isEqualTo("parent");
        assertThat(plan.expectedShare()).isLessThan(0.9);
    }

    @Test
    void leadingPartsOfNamesMayDiffer() {
        double[] weights = weights(1, COUNT);
        add("bert.encoder.layer.0.w", Dtype.F32, SHAPE, weights, 0, "base");
        add("bert.encoder.layer.1.w", Dtype.F32, SHAPE, weights(5, COUNT), 0, "base");

        assertExact(child("encoder.layer.0.w", Dtype.F32, SHAPE, weights), "parent", 1);
    }

    @Test
    void unrelatedTensorsAreStoredAlone() {
        add("w", Dtype.F32, SHAPE, weights(1, COUNT), 0, "base");
        byte[] noise = new byte[COUNT * 4];
        new SplittableRandom(1).nextBytes(noise);

        assertThat(plan(InMemoryTensors.Child.of("w", Dtype.F32, SHAPE, noise))).isEmpty();
        assertThat(plan(child("tiny", Dtype.F32, List.of(2L), new double[] {1, 2})))
                .isEmpty();
        assertThat(plan(child("empty", Dtype.F32, List.of(0L, 4L), new double[0])))
                .isEmpty();
    }

    @ParameterizedTest
    @EnumSource(
            value = Dtype.class,
            names = {"F16", "BF16", "F64", "F8_E4M3", "F8_E5M2"})
    void castsAreFoundWithAndWithoutTheirName(Dtype dtype) {
        double[] weights = weights(1, COUNT);
        add("w", Dtype.F32, SHAPE, weights, 0, "base");
        add("other", Dtype.F32, SHAPE, weights(2, COUNT), 0, "base");
        double[] wide = SampledValues.decode(Dtype.F32, bytes(Dtype.F32, weights), COUNT);

        assertExact(child("w", dtype, SHAPE, wide), "cast", 1);
        assertExact(child("blk.0.q", dtype, SHAPE, wide), "cast", 1);
    }

    @Test
    void transposesAreFoundByTheirValues() {
        for (int i = 0; i < 10; i++) {
            add("layers." + i + ".weight", Dtype.F32, SHAPE, weights(i, COUNT), 0, "base");
            add("layers." + i + ".square", Dtype.F32, List.of(64L, 64L), weights(50 + i, 64 * 64), 0, "base");
        }
        double[] turned = turned(weights(7, COUNT), 96, 64);
        double[] square = turned(weights(53, 64 * 64), 64, 64);

        assertExact(child("onnx::MatMul_787", Dtype.F32, List.of(64L, 96L), turned), "transpose", 1);
        assertExact(child("onnx::MatMul_788", Dtype.F32, List.of(64L, 64L), square), "transpose", 1);
        assertExact(child("onnx::MatMul_789", Dtype.F16, List.of(64L, 96L), turned), "transpose+cast", 1);
    }

    @Test
    void convolutionsMayTurnAllAxes() {
        double[] kernel = weights(3, 3 * 3 * 16 * 24);
        add("conv.kernel", Dtype.F32, List.of(3L, 3L, 16L, 24L), kernel, 0, "base");
        double[] turned = new double[kernel.length];
        for (int i = 0; i < kernel.length; i++) {
            int out = i % 24;
            int in = i / 24 % 16;
            int rest = i / (24 * 16);
            turned[(out * 16 + in) * 9 + rest] = kernel[i];
        }

        assertExact(child("conv.weight", Dtype.F32, List.of(24L, 16L, 3L, 3L), turned), "transpose", 1);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void onnxQuantizationIsFoundByTheScalesBesideIt(boolean stored) {
        double[] weights = weights(1, 64 * 64);
        List<Long> square = List.of(64L, 64L);
        add("onnx::MatMul_885", Dtype.F32, square, weights, 0, "float");
        float[] values = floats(weights);
        float[] scales = new float[64];
        for (int i = 0; i < values.length; i++) {
            scales[i % 64] = Math.max(scales[i % 64], Math.abs(values[i]) / 64f);
        }
        byte[] quantized = new byte[values.length];
        for (int i = 0; i < values.length; i++) {
            quantized[i] = (byte) Math.rint(values[i] / scales[i % 64]);
        }
        byte[] scaleBytes = new byte[64 * 4];
        Floats.write(Dtype.F32, scales, scaleBytes, 0, 64);
        if (stored) {
            candidates.add(shelf.put(
                    "MatMul_787_scale", Dtype.F32, List.of(64L), scaleBytes, SourceTensor.SAME_VERSION, "child"));
        }
        InMemoryTensors.Child child = InMemoryTensors.Child.of("MatMul_787_quantized", Dtype.I8, square, quantized)
                .beside(InMemoryTensors.Child.of("MatMul_787_scale", Dtype.F32, List.of(64L), scaleBytes))
                .beside(InMemoryTensors.Child.of("MatMul_787_zero_point", Dtype.I8, List.of(64L), new byte[64]));

        TensorPlan plan = assertExact(child, "quantize per column", 1);
        assertThat(plan.sources()).hasSize(stored ? 2 : 1);
    }

    @ParameterizedTest
    @EnumSource(
            value = Dtype.class,
            names = {"Q8_0", "Q4_0"})
    void ggmlBlocksAreFoundUnderTheirOtherName(Dtype dtype) {
        double[] weights = weights(1, COUNT);
        add("model.layers.0.mlp.up_proj.weight", Dtype.BF16, SHAPE, weights, 0, "base");
        byte[] blocks = new byte[(int) dtype.bytesFor(COUNT)];
        GgmlQuantization.quantize(Dtype.BF16, bytes(Dtype.BF16, weights), dtype, blocks, COUNT / 32);

        assertExact(InMemoryTensors.Child.of("blk.0.ffn_up.weight", dtype, SHAPE, blocks), "quantize " + dtype, 1);
    }

    @Test
    void absmaxInt8IsFoundWithoutScales() {
        double[] weights = weights(1, COUNT);
        add("w", Dtype.F16, SHAPE, weights, 0, "base");
        byte[] quantized = new byte[COUNT];
        new QuantizePredictor()
                .predict(
                        List.of(bytes(Dtype.F16, weights)),
                        QuantizePredictor.absmax(Dtype.F16, 64),
                        Dtype.I8,
                        quantized,
                        COUNT);

        assertExact(InMemoryTensors.Child.of("w", Dtype.I8, SHAPE, quantized), "quantize absmax", 1);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void scalesAreTheLargestOfTheirChannels(boolean columns) {
        double[] weights = weights(1, COUNT);
        byte[] stored = bytes(Dtype.BF16, weights);
        add("model.w", Dtype.BF16, SHAPE, weights, 0, "base");
        int axis = columns ? AbsmaxScalePredictor.COLUMNS : AbsmaxScalePredictor.ROWS;
        List<Long> shape = columns ? List.of(64L) : List.of(96L, 1L);
        byte[] scales = new byte[columns ? 64 * 4 : 96 * 4];
        new AbsmaxScalePredictor()
                .predict(
                        List.of(stored),
                        AbsmaxScalePredictor.parameters(Dtype.BF16, axis, 64, 0, 127),
                        Dtype.F32,
                        scales,
                        scales.length);
        byte[] quantized = new byte[COUNT];
        new QuantizePredictor()
                .predict(List.of(stored), QuantizePredictor.absmax(Dtype.BF16, 64), Dtype.I8, quantized, COUNT);
        InMemoryTensors.Child child = InMemoryTensors.Child.of("blk.w_scale", Dtype.F32, shape, scales)
                .beside(InMemoryTensors.Child.of("blk.w", Dtype.I8, SHAPE, quantized));

        assertExact(child, "absmax-scale", 1);
    }

    @Test
    void resizedVocabulariesKeepTheirRows() {
        double[] table = weights(1, 500 * 32);
        add("embed", Dtype.F32, List.of(500L, 32L), table, 0, "base");
        double[] longer = Arrays.copyOf(table, 520 * 32);
        System.arraycopy(weights(2, 20 * 32), 0, longer, table.length, 20 * 32);
        double[] shorter = Arrays.copyOf(table, 450 * 32);

        assertExact(child("embed", Dtype.F32, List.of(520L, 32L), longer), "rows", 500.0 / 520);
        assertExact(child("embed", Dtype.F32, List.of(450L, 32L), shorter), "rows", 1);
    }

    @Test
    void reorderedRowsAreFoundByTheirBytes() {
        double[] table = weights(1, 500 * 32);
        add("embed", Dtype.F32, List.of(500L, 32L), table, 0, "base");
        List<Integer> order = new ArrayList<>();
        for (int i = 0; i < 500; i++) {
            order.add(i);
        }
        Collections.shuffle(order, new Random(4));
        double[] shuffled = new double[table.length];
        for (int i = 0; i < 500; i++) {
            System.arraycopy(table, order.get(i) * 32, shuffled, i * 32, 32);
        }

        assertExact(child("embed", Dtype.F32, List.of(500L, 32L), shuffled), "rows", 1);
    }

    @Test
    void reorderedExpertsAreFoundInFusedTensors() {
        double[] experts = weights(1, 8 * 16 * 32);
        add("experts.w1", Dtype.BF16, List.of(8L, 16L, 32L), experts, 0, "base");
        double[] reordered = new double[experts.length];
        for (int i = 0; i < 8; i++) {
            System.arraycopy(experts, (i * 3 + 1) % 8 * 512, reordered, i * 512, 512);
        }

        assertExact(child("experts.w1", Dtype.BF16, List.of(8L, 16L, 32L), reordered), "rows", 1);
    }

    @Test
    void fusedProjectionsAreSplitAndSplitOnesFused() {
        double[] q = weights(1, 64 * 64);
        double[] k = weights(2, 16 * 64);
        double[] v = weights(3, 16 * 64);
        double[] fused = concat(q, k, v);
        List<Long> fusedShape = List.of(96L, 64L);
        add("h.0.q_proj", Dtype.F16, List.of(64L, 64L), q, 0, "base");
        add("h.0.k_proj", Dtype.F16, List.of(16L, 64L), k, 0, "base");
        add("h.0.v_proj", Dtype.F16, List.of(16L, 64L), v, 0, "base");
        assertExact(child("h.0.qkv", Dtype.F16, fusedShape, fused), "slice-concat", 1);

        Candidates whole = new Candidates();
        whole.add(shelf.put("h.0.qkv", Dtype.F16, fusedShape, bytes(Dtype.F16, fused), 0, "base"));
        InMemoryTensors.Child key = child("h.0.k_proj", Dtype.F16, List.of(16L, 64L), k);
        TensorPlan plan = planner.plan(key, whole).orElseThrow();
        assertThat(plan.name()).isEqualTo("slice-concat");
        assertThat(share(plan, key)).isEqualTo(1);
    }

    @Test
    void shardsOfEitherAxisComeFromTheWhole() {
        double[] up = weights(1, 64 * 96);
        double[] gate = weights(2, 64 * 96);
        add("mlp.up", Dtype.F16, List.of(64L, 96L), up, 0, "base");
        add("mlp.gate", Dtype.F16, List.of(64L, 96L), gate, 0, "base");
        double[] half = new double[64 * 48];
        for (int row = 0; row < 64; row++) {
            System.arraycopy(up, row * 96 + 48, half, row * 48, 48);
        }
        double[] rank1 = concat(Arrays.copyOfRange(gate, 32 * 96, 64 * 96), Arrays.copyOfRange(up, 32 * 96, 64 * 96));

        assertExact(child("mlp.up.1", Dtype.F16, List.of(64L, 48L), half), "slice-concat", 1);
        assertExact(child("mlp.gate_up.1", Dtype.F16, List.of(64L, 96L), rank1), "slice-concat", 1);
    }

    @Test
    void wholesComeFromTheirColumnShards() {
        double[] whole = weights(1, 64 * 96);
        for (int rank = 0; rank < 2; rank++) {
            double[] half = new double[64 * 48];
            for (int row = 0; row < 64; row++) {
                System.arraycopy(whole, row * 96 + rank * 48, half, row * 48, 48);
            }
            add("mlp.down", Dtype.F16, List.of(64L, 48L), half, 0, "rank" + rank);
        }

        assertExact(child("mlp.down", Dtype.F16, List.of(64L, 96L), whole), "slice-concat", 1);
    }

    @ParameterizedTest
    @EnumSource(
            value = Dtype.class,
            names = {"F32", "BF16"})
    void mergesAreSolved(Dtype dtype) {
        double[] base = weights(1, COUNT);
        double[] a = plus(base, weights(2, COUNT), 0.05);
        double[] b = plus(base, weights(3, COUNT), 0.05);
        byte[] baseBytes = bytes(dtype, base);
        byte[] aBytes = bytes(dtype, a);
        byte[] bBytes = bytes(dtype, b);
        add("w", dtype, SHAPE, a, 0, "a");
        add("w", dtype, SHAPE, b, 0, "b");
        byte[] linear = combined(
                dtype, CombinePredictor.parameters(dtype, CombinePredictor.LINEAR, 1, 0.3, 0.7), aBytes, bBytes);
        assertExact(InMemoryTensors.Child.of("w", dtype, SHAPE, linear), "combine", 1);

        add("w", dtype, SHAPE, base, 0, "base");
        byte[] task = combined(
                dtype,
                CombinePredictor.parameters(Dtype.F32, CombinePredictor.TASK, 1, 0.5, 0.25),
                baseBytes,
                aBytes,
                bBytes);
        assertExact(InMemoryTensors.Child.of("w", dtype, SHAPE, task), "combine", 1);
    }

    /** A second parent may count for so little that its weight is rounded away: then there is nothing to mix. */
    @Test
    void parentsOfHardlyAnyWeightAreNoMerge() {
        double[] base = weights(1, COUNT);
        double[] other = plus(base, weights(2, COUNT), 0.05);
        double[] child = plus(base, weights(2, COUNT), 0.05 * 0.003);
        add("w", Dtype.F32, SHAPE, base, 0, "base");
        add("w", Dtype.F32, SHAPE, other, 1, "other");

        assertThat(plan(child("w", Dtype.F32, SHAPE, plus(child, weights(9, COUNT), 1e-3))))
                .isPresent();
    }

    private static byte[] combined(Dtype dtype, byte[] parameters, byte[]... inputs) {
        byte[] out = new byte[inputs[0].length];
        new CombinePredictor().predict(List.of(inputs), parameters, dtype, out, out.length);
        return out;
    }

    @Test
    void stepsOfOneRunAreExtrapolated() {
        double[] first = weights(1, COUNT);
        double[] step = weights(2, COUNT);
        add("w", Dtype.F32, SHAPE, plus(first, step, 1e-2), 1, "run@2");
        add("w", Dtype.F32, SHAPE, first, 2, "run@1");
        double[] third = plus(plus(first, step, 2e-2), weights(3, COUNT), 1e-4);

        TensorPlan plan = plan(child("w", Dtype.F32, SHAPE, third)).orElseThrow();

        assertThat(plan.name()).isEqualTo("extrapolate");
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void mergedAdaptersAreRecomputed(boolean convolution) {
        int rank = 4;
        double[] base = weights(1, COUNT);
        byte[] baseBytes = bytes(Dtype.F32, base);
        long[] ab = convolution ? new long[] {96, 64} : new long[] {64, 96};
        byte[] a = bytes(Dtype.F32, weights(2, (int) (rank * ab[0])));
        byte[] b = bytes(Dtype.F32, weights(3, (int) (rank * ab[1])));
        int layout = convolution ? LowRankPredictor.LEFT_TRANSPOSED | LowRankPredictor.RIGHT_TRANSPOSED : 0;
        var recipe = new LowRankPredictor.Recipe(Dtype.F32, Dtype.F32, layout, rank, 64, 0, 96, 0.5);
        byte[] merged = new byte[baseBytes.length];
        new LowRankPredictor()
                .predict(
                        List.of(baseBytes, convolution ? a : b, convolution ? b : a),
                        recipe.encode(),
                        Dtype.F32,
                        merged,
                        merged.length);
        add("model.layers.0.q_proj.weight", Dtype.F32, SHAPE, base, 0, "base");
        String module = "base_model.model.model.layers.0.q_proj.";
        candidates.add(shelf.put(module + "lora_A.weight", Dtype.F32, List.of(4L, ab[0]), a, 0, "adapter"));
        candidates.add(shelf.put(module + "lora_B.weight", Dtype.F32, List.of(ab[1], 4L), b, 0, "adapter"));

        assertExact(InMemoryTensors.Child.of("model.layers.0.q_proj.weight", Dtype.F32, SHAPE, merged), "low-rank", 1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"tensor", "row", "random"})
    void prunedTensorsAreTheirParentWithZeros(String by) {
        double[] weights = weights(1, COUNT);
        add("w", Dtype.F32, SHAPE, weights, 0, "base");
        SplittableRandom random = new SplittableRandom(9);
        double[] pruned = weights.clone();
        for (int i = 0; i < COUNT; i++) {
            double threshold = by.equals("row") ? 0.02 + Math.floorDiv(i, 64) * 1e-4 : 0.03;
            if (by.equals("random") ? random.nextInt(2) == 0 : Math.abs(pruned[i]) < threshold) {
                pruned[i] = 0;
            }
        }

        TensorPlan plan = assertExact(child("w", Dtype.F32, SHAPE, pruned), "pruned", 1);
        int parameters = plan.predictionFor(0, 96 * 64 * 4).orElseThrow().parameters().length;
        assertThat(parameters)
                .isLessThanOrEqualTo(by.equals("tensor") ? 6 : by.equals("row") ? 4 * 96 + 3 : COUNT / 8 + 1);
    }

    @ParameterizedTest
    @EnumSource(
            value = Dtype.class,
            names = {"F32", "BF16"})
    void upcycledExpertsAreScaledSlices(Dtype dtype) {
        double[] dense = weights(1, COUNT);
        add("layers.0.mlp.up", dtype, SHAPE, dense, 0, "dense");
        byte[] expert = new byte[48 * 64 * dtype.bytes()];
        var piece = new SlicesPredictor.Piece(48L * 64 * dtype.bytes(), 0, 0, 0, expert.length, 1);
        new ScaledSlicePredictor()
                .predict(
                        List.of(bytes(dtype, dense)),
                        ScaledSlicePredictor.parameters(Dtype.F32, Math.sqrt(2), List.of(piece)),
                        dtype,
                        expert,
                        expert.length);

        assertExact(
                InMemoryTensors.Child.of("layers.0.mlp.experts.3.up", dtype, List.of(48L, 64L), expert),
                "scaled-slice",
                1);
    }

    @Test
    void samplingReadsLittleOfWhatItDoesNotChoose() {
        int rows = 4096;
        double[] weights = weights(1, rows * 256);
        add("w", Dtype.F32, List.of(4096L, 256L), weights, 0, "base");
        double[] tuned = plus(weights, weights(2, rows * 256), 1e-3);

        assertThat(plan(child("w", Dtype.F32, List.of(4096L, 256L), tuned))).isPresent();

        assertThat(shelf.bytesRead()).isLessThan(rows * 256 * 4 / 20);
    }

    /** Whatever is chosen must cost less than nothing, by the same measure, over the whole tensor. */
    @Test
    void whatIsChosenNeverCostsMore() {
        EntropyCost cost = new EntropyCost();
        List<Dtype> dtypes = List.of(Dtype.F32, Dtype.BF16, Dtype.I8, Dtype.I32);
        for (int seed = 0; seed < 60; seed++) {
            Candidates made = new Candidates();
            for (int i = 0; i < 3; i++) {
                Dtype dtype = dtypes.get((seed + i) % 4);
                made.add(shelf.put("w", dtype, SHAPE, bytes(dtype, weights(seed % 5 + i, COUNT)), i, "p" + i));
            }
            double[] child = plus(weights(seed % 7, COUNT), weights(seed, COUNT), seed * seed * 1e-3);
            Dtype dtype = dtypes.get(seed % 4);
            InMemoryTensors.Child tensor = child(seed % 2 == 0 ? "w" : "v", dtype, SHAPE, child);
            Optional<TensorPlan> plan = planner.plan(tensor, made);
            if (plan.isPresent()) {
                Prediction prediction =
                        plan.get().predictionFor(0, tensor.bytes().length).orElseThrow();
                byte[] predicted = shelf.predicted(prediction, dtype, tensor.bytes().length);
                double with =
                        cost.cost(tensor.bytes(), predicted.length, dtype, predicted) + prediction.parameters().length;
                assertThat(with).isLessThan(cost.cost(tensor.bytes(), predicted.length, dtype, null));
            }
        }
    }

    private void add(String name, Dtype dtype, List<Long> shape, double[] values, int rank, String origin) {
        candidates.add(shelf.put(name, dtype, shape, bytes(dtype, values), rank, origin));
    }

    private Optional<TensorPlan> plan(InMemoryTensors.Child child) {
        return planner.plan(child, candidates);
    }

    private TensorPlan assertExact(InMemoryTensors.Child child, String name, double share) {
        TensorPlan plan = plan(child).orElseThrow();
        assertThat(plan.name()).isEqualTo(name);
        assertThat(share(plan, child)).isGreaterThanOrEqualTo(share);
        return plan;
    }

    /** The share of bytes that are predicted right, block by block as a store would ask for them. */
    private double share(TensorPlan plan, InMemoryTensors.Child child) {
        int row = (int) child.spec().rowBytes();
        int block = 40 * row;
        int right = 0;
        int length = child.bytes().length;
        for (int at = 0; at < length; at += block) {
            int some = Math.min(block, length - at);
            Prediction prediction = plan.predictionFor(at, some).orElse(null);
            if (prediction != null) {
                byte[] predicted = shelf.predicted(prediction, child.spec().dtype(), some);
                for (int i = 0; i < some; i++) {
                    right += predicted[i] == child.bytes()[at + i] ? 1 : 0;
                }
            }
        }
        return (double) right / length;
    }

    private static InMemoryTensors.Child child(String name, Dtype dtype, List<Long> shape, double[] values) {
        return InMemoryTensors.Child.of(name, dtype, shape, bytes(dtype, values));
    }

    private static byte[] bytes(Dtype dtype, double[] values) {
        byte[] out = new byte[values.length * dtype.bytes()];
        if (dtype.isFloat()) {
            Floats.write(dtype, values, out, 0, values.length);
        } else {
            for (int i = 0; i < values.length; i++) {
                int value = (int) (values[i] * 500);
                for (int b = 0; b < dtype.bytes(); b++) {
                    out[i * dtype.bytes() + b] = (byte) (value >> (8 * b));
                }
            }
        }
        return out;
    }

    private static float[] floats(double[] values) {
        float[] floats = new float[values.length];
        for (int i = 0; i < values.length; i++) {
            floats[i] = (float) values[i];
        }
        return floats;
    }

    private static double[] weights(int seed, int count) {
        Random random = new Random(seed);
        double[] values = new double[count];
        for (int i = 0; i < count; i++) {
            values[i] = random.nextGaussian() * 0.05;
        }
        return values;
    }

    private static double[] plus(double[] a, double[] b, double times) {
        double[] sum = new double[a.length];
        for (int i = 0; i < a.length; i++) {
            sum[i] = a[i] + b[i] * times;
        }
        return sum;
    }

    private static double[] turned(double[] values, int rows, int columns) {
        double[] out = new double[values.length];
        for (int i = 0; i < rows; i++) {
            for (int j = 0; j < columns; j++) {
                out[j * rows + i] = values[i * columns + j];
            }
        }
        return out;
    }

    private static double[] concat(double[]... parts) {
        return Arrays.stream(parts).flatMapToDouble(Arrays::stream).toArray();
    }
}
