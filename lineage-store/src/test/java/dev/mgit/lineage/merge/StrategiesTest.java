package dev.mgit.lineage.merge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.mgit.delta.Dtype;
import dev.mgit.delta.MgitException;
import dev.mgit.delta.TensorSpec;
import dev.mgit.lineage.version.Glob;
import java.io.IOException;
import java.util.Comparator;
import java.util.List;
import java.util.function.IntToDoubleFunction;
import java.util.stream.IntStream;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The arithmetic of each strategy on made tensors, against plain computations over whole arrays. */
class StrategiesTest {
    /** More than two chunks and a bit. */
    private static final int SIZE = 2 * TensorMerger.CHUNK + 1234;

    private final double[] base = MadeTensors.noise(1, SIZE, 1);
    private final double[] ours = moved(2);
    private final double[] theirs = moved(3);

    private double[] moved(long seed) {
        double[] noise = MadeTensors.noise(seed, SIZE, 0.1);
        return IntStream.range(0, SIZE)
                .mapToDouble(i -> (float) (base[i] + noise[i]))
                .toArray();
    }

    private double[] merge(String strategy) throws IOException {
        return merge(strategy, base, ours, theirs, Dtype.F32);
    }

    private static double[] merge(String strategy, double[] base, double[] ours, double[] theirs, Dtype dtype)
            throws IOException {
        MadeTensors made = new MadeTensors()
                .add(MergeStage.BASE, "w", dtype, base)
                .add(MergeStage.OURS, "w", dtype, ours)
                .add(MergeStage.THEIRS, "w", dtype, theirs);
        MergePlan plan = made.plan(MergeRule.of(Glob.ALL, MergeStrategy.parse(strategy)));
        assertThat(plan.canGoOn()).isTrue();
        return MadeTensors.values(dtype, made.produce(plan.tensors().get(0)));
    }

    private double[] each(IntToDoubleFunction formula) {
        return IntStream.range(0, SIZE).mapToDouble(formula).toArray();
    }

    @Test
    void picksAreBitForBit() throws IOException {
        assertThat(merge("ours")).isEqualTo(ours);
        assertThat(merge("theirs")).isEqualTo(theirs);
        byte[] odd = {1, 0, (byte) 0xa0, 0x7f, 0, 0, 0, (byte) 0x80};
        TensorSpec spec = new TensorSpec("w", Dtype.F32, List.of(2L));
        MadeTensors made = new MadeTensors().add(MergeStage.OURS, spec, odd).add(MergeStage.THEIRS, spec, new byte[8]);
        MergePlan plan = made.plan(MergeRule.of(Glob.ALL, MergeStrategy.parse("ours")));
        assertThat(made.produce(plan.tensors().get(0))).isEqualTo(odd);
    }

    @Test
    void linearIsTheWeightedMeanInFloats() throws IOException {
        assertThat(merge("average")).isEqualTo(each(i -> (0.5f * (float) ours[i] + 0.5f * (float) theirs[i]) / 1f));
        float sum = 0.3f + 0.5f;
        assertThat(merge("linear:ours=0.3,theirs=0.5"))
                .isEqualTo(each(i -> (0.3f * (float) ours[i] + 0.5f * (float) theirs[i]) / sum));
        assertThat(merge("linear:ours=0.3,theirs=0.5,normalize=false"))
                .isEqualTo(each(i -> 0.3f * (float) ours[i] + 0.5f * (float) theirs[i]));
    }

    @Test
    void taskArithmeticAddsWeightedDifferences() throws IOException {
        assertThat(merge("task-arithmetic:ours=0.7,theirs=0.4,lambda=0.9")).isEqualTo(each(i -> {
            float first = ((float) ours[i] - (float) base[i]) * 0.7f;
            float second = ((float) theirs[i] - (float) base[i]) * 0.4f;
            return (float) base[i] + (first + second) * 0.9f;
        }));
    }

    @Test
    void slerpGoesFromOursToTheirsAlongTheArc() throws IOException {
        Offset<Double> near = within(1e-6);
        double[] x = {1, 0};
        double[] y = {0, 1};
        assertThat(merge("slerp:t=0", x, x, y, Dtype.F32)).containsExactly(x, near);
        assertThat(merge("slerp:t=1", x, x, y, Dtype.F32)).containsExactly(y, near);
        double half = Math.sqrt(0.5);
        assertThat(merge("slerp", x, x, y, Dtype.F32)).containsExactly(new double[] {half, half}, near);
        double[] parallel = {2, 0};
        assertThat(merge("slerp:t=0.25", x, x, parallel, Dtype.F32)).containsExactly(new double[] {1.25, 0}, near);
        double[] zero = {0, 0};
        assertThat(merge("slerp", x, zero, y, Dtype.F32)).containsExactly(new double[] {0, half}, near);
    }

    @ParameterizedTest
    @ValueSource(doubles = {1e-9, 0.2, 0.5, 0.999})
    void tiesKeepsTheLargestThatAgreeInSign(double density) throws IOException {
        boolean[] first = largest(ours, density);
        boolean[] second = largest(theirs, density);
        double[] expected = each(i -> {
            float d1 = first[i] ? ((float) ours[i] - (float) base[i]) * 0.7f : 0;
            float d2 = second[i] ? ((float) theirs[i] - (float) base[i]) * 0.4f : 0;
            boolean positive = d1 + d2 >= 0;
            float sum = 0;
            float weights = 0;
            if (d1 != 0 && d1 > 0 == positive) {
                sum += d1;
                weights += 0.7f;
            }
            if (d2 != 0 && d2 > 0 == positive) {
                sum += d2;
                weights += 0.4f;
            }
            return (float) base[i] + (weights == 0 ? sum : sum / weights);
        });
        assertThat(merge("ties:ours=0.7,theirs=0.4,density=" + density)).isEqualTo(expected);
    }

    private boolean[] largest(double[] side, double density) {
        List<Integer> order = IntStream.range(0, SIZE)
                .boxed()
                .sorted(Comparator.comparing(i -> -Math.abs((float) side[i] - (float) base[i])))
                .toList();
        boolean[] kept = new boolean[SIZE];
        order.subList(0, Math.max(1, (int) (density * SIZE))).forEach(i -> kept[i] = true);
        return kept;
    }

    @Test
    void ofEqualMagnitudesTiesKeepsTheFirst() throws IOException {
        double[] zero = new double[8];
        double[] equal = {1, -1, 1, 1, -1, 1, 1, 2};
        double[] kept = merge("ties:density=0.5", zero, equal, zero, Dtype.F32);
        assertThat(kept).containsExactly(1, -1, 1, 0, 0, 0, 0, 2);
    }

    @Test
    void dareKeepsTheWantedShareAndTheSumOfMagnitudes() throws IOException {
        double[] merged = merge("dare:ours=1,theirs=0,density=0.3,seed=7");
        long kept = IntStream.range(0, SIZE).filter(i -> merged[i] != base[i]).count();
        assertThat((double) kept / SIZE).isCloseTo(0.3, within(0.01));
        double before = IntStream.range(0, SIZE)
                .mapToDouble(i -> Math.abs(ours[i] - base[i]))
                .sum();
        double after = IntStream.range(0, SIZE)
                .mapToDouble(i -> Math.abs(merged[i] - base[i]))
                .sum();
        assertThat(after / before).isCloseTo(1, within(1e-5));

        assertThat(merge("dare:ours=1,theirs=0,density=0.3,seed=7")).isEqualTo(merged);
        assertThat(merge("dare:ours=1,theirs=0,density=0.3,seed=8")).isNotEqualTo(merged);
        double[] unscaled = merge("dare:ours=1,theirs=0,density=0.3,seed=7,rescale=false");
        assertThat(unscaled).isEqualTo(each(i -> {
            float difference = (float) ours[i] - (float) base[i];
            return merged[i] == base[i] ? base[i] : (float) base[i] + difference;
        }));
    }

    @Test
    void bothSidesOfDareAreDrawnApart() throws IOException {
        double[] first = merge("dare:ours=1,theirs=0,density=0.5");
        double[] second = merge("dare:ours=0,theirs=1,density=0.5");
        long both = IntStream.range(0, SIZE)
                .filter(i -> first[i] != base[i] && second[i] != base[i])
                .count();
        assertThat((double) both / SIZE).isCloseTo(0.25, within(0.01));
    }

    @Test
    void dareOfFullDensityIsTaskArithmetic() throws IOException {
        assertThat(merge("dare:ours=0.7,theirs=0.4")).isEqualTo(merge("task-arithmetic:ours=0.7,theirs=0.4"));
    }

    @ParameterizedTest
    @EnumSource(
            value = Dtype.class,
            names = {"BF16", "F16", "F64", "F8_E5M2"})
    void everyFloatDtypeIsComputedWithAndRoundedOnce(Dtype dtype) throws IOException {
        double[] x = {1, 2, 0.25, -3};
        double[] y = {1.5, 1, 0.5, 8};
        byte[] expected = MadeTensors.bytes(dtype, 1.25, 1.5, 0.375, 2.5);
        assertThat(merge("average", x, x, y, dtype)).isEqualTo(MadeTensors.values(dtype, expected));
    }

    @Test
    void aSideOfAnotherDtypeIsCast() throws IOException {
        MadeTensors made = new MadeTensors()
                .add(MergeStage.BASE, "w", Dtype.F32, 1, 2)
                .add(MergeStage.OURS, "w", Dtype.F32, 1, 2)
                .add(MergeStage.THEIRS, "w", Dtype.BF16, 1, 3);
        TensorOutput output = made.plan().tensors().get(0);
        assertThat(output.stored()).isEmpty();
        assertThat(MadeTensors.values(Dtype.F32, made.produce(output))).containsExactly(1, 3);
    }

    @Test
    void emptyTensorsAndScalarsGoThroughEveryStrategy() throws IOException {
        for (MergeMethod method : MergeMethod.values()) {
            double[] none = {};
            double[] one = {3};
            String strategy = method.word();
            assertThat(merge(strategy, none, none, none, Dtype.F32)).isEmpty();
            MadeTensors made = new MadeTensors();
            TensorSpec scalar = new TensorSpec("s", Dtype.F32, List.of());
            made.add(MergeStage.BASE, scalar, MadeTensors.bytes(Dtype.F32, 1));
            made.add(MergeStage.OURS, scalar, MadeTensors.bytes(Dtype.F32, 3));
            made.add(MergeStage.THEIRS, scalar, MadeTensors.bytes(Dtype.F32, 3));
            byte[] merged = made.produce(made.plan(MergeRule.of(Glob.ALL, MergeStrategy.parse(strategy)))
                    .tensors()
                    .get(0));
            assertThat(MadeTensors.values(Dtype.F32, merged)).isEqualTo(one);
        }
    }

    @Test
    void strategiesReadBackAndWrongOnesAreSaidSo() {
        for (MergeMethod method : MergeMethod.values()) {
            MergeStrategy strategy = MergeStrategy.of(method);
            assertThat(MergeStrategy.parse(strategy.toString())).isEqualTo(strategy);
        }
        assertThat(MergeStrategy.parse("ties:density=0.5, ours=2").density()).isEqualTo(0.5);
        for (String wrong : List.of(
                "best",
                "linear:ours",
                "linear:ours=x",
                "linear:ours=NaN",
                "linear:ours=1,theirs=-1",
                "ties:density=0",
                "ties:density=1.1",
                "ties:what=1",
                "average:ours=1",
                "dare:seed=1.5",
                "ties:rescale=maybe")) {
            assertThatThrownBy(() -> MergeStrategy.parse(wrong)).as(wrong).isInstanceOf(MgitException.class);
        }
    }
}
