package dev.mgit.lineage.tensors;

import dev.mgit.delta.numeric.Elements;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** A few runs of values of each tensor, to tell before any full comparison which tensors stand for each other. */
public final class TensorSamples {
    private static final int RUNS = 4;
    private static final int RUN = 256;

    /** Correlation of unrelated weights over a sample has a deviation of 1/32. */
    public static final double RELATED = 0.3;

    private final Map<CheckpointTensor, double[]> taken = new HashMap<>();

    /**
     * Correlation of the sampled values of two tensors: near 1 for a fine-tuned, cast or quantized copy, near 0 for
     * unrelated ones.
     *
     * @return empty if shapes differ by more than the order of axes or there are no numbers to compare
     */
    public Optional<Double> correlation(CheckpointTensor a, CheckpointTensor b) throws IOException {
        if (!a.hasNumbers() || !b.hasNumbers()) {
            return Optional.empty();
        }
        if (!a.shape().equals(b.shape())) {
            return AxisPermutation.correlation(a, b);
        }
        return a.object().equals(b.object()) ? Optional.of(1.0) : correlation(of(a), of(b));
    }

    /** Pearson's correlation; empty where one side is constant. */
    public static Optional<Double> correlation(double[] a, double[] b) {
        int count = 0;
        double sumA = 0;
        double sumB = 0;
        for (int i = 0; i < a.length; i++) {
            if (Double.isFinite(a[i]) && Double.isFinite(b[i])) {
                count++;
                sumA += a[i];
                sumB += b[i];
            }
        }
        double squaresA = 0;
        double squaresB = 0;
        double dot = 0;
        for (int i = 0; i < a.length; i++) {
            if (Double.isFinite(a[i]) && Double.isFinite(b[i])) {
                double x = a[i] - sumA / count;
                double y = b[i] - sumB / count;
                squaresA += x * x;
                squaresB += y * y;
                dot += x * y;
            }
        }
        return squaresA == 0 || squaresB == 0 ? Optional.empty() : Optional.of(dot / Math.sqrt(squaresA * squaresB));
    }

    private double[] of(CheckpointTensor weight) throws IOException {
        double[] known = taken.get(weight);
        if (known == null) {
            known = take(weight);
            taken.put(weight, known);
        }
        return known;
    }

    private static double[] take(CheckpointTensor weight) throws IOException {
        long elements = weight.elements();
        if (elements <= RUNS * RUN) {
            return run(weight, 0, (int) elements);
        }
        double[] values = new double[RUNS * RUN];
        for (int i = 0; i < RUNS; i++) {
            long first = (elements - RUN) / (RUNS - 1) * i;
            System.arraycopy(run(weight, first, RUN), 0, values, i * RUN, RUN);
        }
        return values;
    }

    private static double[] run(CheckpointTensor weight, long first, int count) throws IOException {
        int width = weight.spec().dtype().bytes();
        byte[] bytes = new byte[count * width];
        weight.bytes().read(first * width, bytes, 0, bytes.length);
        double[] values = new double[count];
        Elements.read(weight.spec().dtype(), bytes, 0, values, count);
        weight.scaling().ifPresent(scaling -> scaling.apply(first, values, count));
        return values;
    }
}
