package dev.mgit.delta.planner;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mgit.delta.Dtype;
import dev.mgit.delta.codec.BlockCoder;
import dev.mgit.delta.numeric.Floats;
import dev.mgit.fixtures.AdamTensor;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Saves of a training some steps apart: do weights and moments follow from each other? Made: AdamW on random gradients. */
class OptimizerStepsTest {
    private static final int COUNT = AdamTensor.ROWS * AdamTensor.COLUMNS;
    private static final List<Long> SHAPE = List.of((long) AdamTensor.ROWS, (long) AdamTensor.COLUMNS);

    private static final String BEFORE = "run@1";
    private static final String NOW = "";

    private final InMemoryTensors shelf = new InMemoryTensors();
    private final Candidates candidates = new Candidates();
    private final BlockCoder coder = new BlockCoder();
    private final Planner planner = new Planner(coder::estimate);

    @ParameterizedTest
    @CsvSource({
        "state.%d.exp_avg, state.%d.exp_avg_sq",
        "linear_%d.w_0_moment1_0, linear_%d.w_0_moment2_0",
        "dense_%d/kernel/Adam, dense_%d/kernel/Adam_1",
        "opt_state.0.mu.layer_%d.kernel, opt_state.0.nu.layer_%d.kernel",
        "optimizer/dense_%d_kernel_momentum, optimizer/dense_%d_kernel_velocity",
    })
    void weightsFollowFromMomentsInAnOrderOfTheirOwn(String first, String second) {
        List<AdamTensor> tensors = trained(4);
        for (int i = 0; i < tensors.size(); i++) {
            AdamTensor tensor = tensors.get(i);
            int place = tensors.size() - 1 - i;
            put("layer." + i + ".weight", Dtype.F32, tensor.weights(), 0, BEFORE);
            put(first.formatted(place), Dtype.F32, tensor.first(), 0, BEFORE);
            put(second.formatted(place), Dtype.F32, tensor.second(), 0, BEFORE);
        }
        tensors.forEach(tensor -> tensor.train(3));

        TensorPlan old = plan("layer.2.weight", Dtype.F32, tensors.get(2).weights());
        assertThat(old.name()).isEqualTo("adam");
        assertThat(old.sources())
                .extracting(source -> source.spec().name())
                .containsExactly("layer.2.weight", first.formatted(1), second.formatted(1));

        for (int i = 0; i < tensors.size(); i++) {
            int place = tensors.size() - 1 - i;
            put(first.formatted(place), Dtype.F32, tensors.get(i).first(), SourceTensor.SAME_VERSION, NOW);
            put(second.formatted(place), Dtype.F32, tensors.get(i).second(), SourceTensor.SAME_VERSION, NOW);
        }
        TensorPlan both = plan("layer.2.weight", Dtype.F32, tensors.get(2).weights());
        assertThat(both.sources()).hasSize(5);
        assertThat(bits(both, Dtype.F32, tensors.get(2).weights()))
                .isLessThan(bits(old, Dtype.F32, tensors.get(2).weights()) - 0.75);
        assertThat(bits(old, Dtype.F32, tensors.get(2).weights()))
                .isLessThan(
                        bits(parent("layer.2.weight"), Dtype.F32, tensors.get(2).weights()) - 0.75);
    }

    @ParameterizedTest
    @EnumSource(names = {"F32", "F16"})
    void firstMomentsFollowFromWhereWeightsMoved(Dtype weights) {
        List<AdamTensor> tensors = trained(3);
        for (int i = 0; i < tensors.size(); i++) {
            put("layer." + i + ".weight", weights, tensors.get(i).weights(), 0, BEFORE);
            put("state." + i + ".exp_avg", Dtype.F32, tensors.get(i).first(), 0, BEFORE);
            put("state." + i + ".exp_avg_sq", Dtype.F32, tensors.get(i).second(), 0, BEFORE);
        }
        tensors.forEach(tensor -> tensor.train(3));
        for (int i = 0; i < tensors.size(); i++) {
            put("layer." + i + ".weight", weights, tensors.get(i).weights(), SourceTensor.SAME_VERSION, NOW);
        }

        float[] moment = tensors.get(1).first();
        TensorPlan plan = plan("state.1.exp_avg", Dtype.F32, moment);
        assertThat(plan.name()).isEqualTo("adam");
        assertThat(plan.sources())
                .extracting(source -> source.spec().name() + source.origin())
                .containsExactly(
                        "state.1.exp_avg" + BEFORE,
                        "layer.1.weight" + BEFORE,
                        "layer.1.weight" + NOW,
                        "state.1.exp_avg_sq" + BEFORE);
        assertThat(bits(plan, Dtype.F32, moment)).isLessThan(bits(parent("state.1.exp_avg"), Dtype.F32, moment) - 1);
    }

    /** Rows that no batch had: their moments decay, step by step and rounded each time, and nothing is left to store. */
    @ParameterizedTest
    @CsvSource({"1", "5", "50"})
    void momentsOfRowsWithoutGradientsAreFree(int steps) {
        AdamTensor tensor = trained(1).get(0);
        put("state.0.exp_avg", Dtype.F32, tensor.first(), 0, BEFORE);
        put("state.0.exp_avg_sq", Dtype.F32, tensor.second(), 0, BEFORE);
        tensor.giveGradientsTo(4);
        tensor.train(steps);

        TensorPlan second = plan("state.0.exp_avg_sq", Dtype.F32, tensor.second());
        assertThat(second.name()).isEqualTo("decay");
        assertThat(bits(second, Dtype.F32, tensor.second())).isLessThan(32.0 * 4 / AdamTensor.ROWS + 2);
        TensorPlan first = plan("state.0.exp_avg", Dtype.F32, tensor.first());
        assertThat(first.name()).isEqualTo("decay");
        assertThat(bits(first, Dtype.F32, tensor.first())).isLessThan(32.0 * 4 / AdamTensor.ROWS + 2);
    }

    /** Nothing is claimed where moments are of another training. */
    @Test
    void momentsOfStrangersPredictNothing() {
        List<AdamTensor> tensors = trained(2);
        put("layer.0.weight", Dtype.F32, tensors.get(0).weights(), 0, BEFORE);
        put("state.0.exp_avg", Dtype.F32, tensors.get(1).first(), 0, BEFORE);
        put("state.0.exp_avg_sq", Dtype.F32, tensors.get(1).second(), 0, BEFORE);
        tensors.get(0).train(3);
        assertThat(plan("layer.0.weight", Dtype.F32, tensors.get(0).weights()).name())
                .isEqualTo("parent");
    }

    private void put(String name, Dtype dtype, float[] values, int rank, String origin) {
        candidates.add(shelf.put(name, dtype, SHAPE, bytes(dtype, values), rank, origin));
    }

    private TensorPlan plan(String name, Dtype dtype, float[] values) {
        var child = InMemoryTensors.Child.of(name, dtype, SHAPE, bytes(dtype, values));
        return planner.plan(child, candidates).orElseThrow();
    }

    private byte[] parent(String name) {
        byte[] bytes = new byte[COUNT * Dtype.F32.bytes()];
        candidates.named(name).get(0).read(0, bytes, bytes.length);
        return bytes;
    }

    private double bits(TensorPlan plan, Dtype dtype, float[] values) {
        int length = COUNT * dtype.bytes();
        return bits(shelf.predicted(plan.predictionFor(0, length).orElseThrow(), dtype, length), dtype, values);
    }

    /** What an element takes. */
    private double bits(byte[] prediction, Dtype dtype, float[] values) {
        byte[] raw = bytes(dtype, values);
        return coder.estimate(raw, raw.length, dtype, prediction) * 8 / COUNT;
    }

    private static byte[] bytes(Dtype dtype, float[] values) {
        byte[] bytes = new byte[values.length * dtype.bytes()];
        Floats.write(dtype, values, bytes, 0, values.length);
        return bytes;
    }

    private static List<AdamTensor> trained(int count) {
        List<AdamTensor> tensors = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            AdamTensor tensor = new AdamTensor(i + 1L);
            tensor.train(21);
            tensors.add(tensor);
        }
        return tensors;
    }
}
