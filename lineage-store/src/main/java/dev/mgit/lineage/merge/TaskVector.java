package dev.mgit.lineage.merge;

import java.io.IOException;

/**
 * One side's difference to the base, thinned out to the wanted density, scaled and weighted. Which elements are kept is
 * found by passes over the data that keep no more than a table of counts.
 */
final class TaskVector {
    /** Below this, a sum of magnitudes is not scaled to. */
    private static final double TINY = 1e-7;

    private final TaskArithmeticMerger mixer;
    private final MergeStage side;
    private final double weight;
    private final RandomMask random;
    private final LargestMask largest;
    private final double[] base;
    private final double[] values;
    private double scale = 1;

    TaskVector(TaskArithmeticMerger mixer, MergeStage side, double weight, String tensor) {
        this.mixer = mixer;
        this.side = side;
        this.weight = mixer.round(weight);
        this.random = new RandomMask(mixer.strategy.seed(), tensor, side, mixer.strategy.density());
        this.largest = new LargestMask(mixer.elements, mixer.strategy.density());
        this.values = new double[(int) Math.min(TensorMerger.CHUNK, mixer.elements)];
        this.base = new double[values.length];
    }

    double weight() {
        return weight;
    }

    void prepare() throws IOException {
        if (keepsAll()) {
            return;
        }
        if (!mixer.strategy.method().dropsAtRandom()) {
            pass((first, count) -> largest.countHigh(values, count));
            largest.chooseHigh();
            pass((first, count) -> largest.countLow(values, count));
            largest.chooseLow();
        }
        if (mixer.strategy.rescale()) {
            double[] sums = new double[2];
            pass((first, count) -> {
                addMagnitudes(sums, 0, count);
                thin(first, count);
                addMagnitudes(sums, 1, count);
            });
            largest.restart();
            scale = sums[0] < TINY || sums[1] < TINY ? 1 : mixer.round(mixer.round(sums[0]) / mixer.round(sums[1]));
        }
    }

    private boolean keepsAll() {
        MergeMethod method = mixer.strategy.method();
        return method == MergeMethod.TASK_ARITHMETIC || mixer.strategy.density() >= 1;
    }

    private void addMagnitudes(double[] sums, int which, int count) {
        for (int i = 0; i < count; i++) {
            sums[which] += Math.abs(values[i]);
        }
    }

    /** Elements from {@code first} on, in the order they are in the tensor. The array is reused. */
    double[] weighted(long first, double[] baseValues, int count) throws IOException {
        difference(first, baseValues, count);
        thin(first, count);
        for (int i = 0; i < count; i++) {
            double scaled = scale == 1 ? values[i] : mixer.round(values[i] * scale);
            values[i] = mixer.round(scaled * weight);
        }
        return values;
    }

    private interface Visitor {
        void visit(long first, int count);
    }

    private void pass(Visitor visitor) throws IOException {
        for (long at = 0; at < mixer.elements; at += TensorMerger.CHUNK) {
            int count = (int) Math.min(TensorMerger.CHUNK, mixer.elements - at);
            mixer.inputs.read(MergeStage.BASE, at, base, count);
            difference(at, base, count);
            visitor.visit(at, count);
        }
    }

    private void difference(long first, double[] baseValues, int count) throws IOException {
        mixer.inputs.read(side, first, values, count);
        for (int i = 0; i < count; i++) {
            values[i] = mixer.round(values[i] - baseValues[i]);
        }
    }

    private void thin(long first, int count) {
        if (keepsAll()) {
            return;
        }
        boolean atRandom = mixer.strategy.method().dropsAtRandom();
        for (int i = 0; i < count; i++) {
            boolean kept = atRandom ? random.keeps(first + i) : largest.keepsNext(values[i]);
            values[i] = kept ? values[i] : 0;
        }
    }
}
