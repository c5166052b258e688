package dev.mgit.lineage.merge;

import dev.mgit.delta.TensorSpec;
import java.io.IOException;

/**
 * Spherical linear interpolation between two tensors taken as vectors (Shoemake 1985): sin((1−t)θ)/sin θ of ours and
 * sin(tθ)/sin θ of theirs, θ being the angle between them; straight where |cos θ| is above 0.9995.
 */
final class SlerpMerger extends TensorMerger {
    private static final double PARALLEL = 0.9995;
    /** Vectors shorter than this are not normalised. */
    private static final double TINY = 1e-8;

    private final double[] ours = new double[(int) Math.min(CHUNK, elements)];
    private final double[] theirs = new double[ours.length];
    private double w1;
    private double w2;

    SlerpMerger(MergeStrategy strategy, TensorSpec spec, MergeTensorInputs inputs) {
        super(strategy, spec, inputs);
    }

    @Override
    void prepare() throws IOException {
        double dot = 0;
        double square1 = 0;
        double square2 = 0;
        for (long at = 0; at < elements; at += CHUNK) {
            int count = (int) Math.min(CHUNK, elements - at);
            inputs.read(MergeStage.OURS, at, ours, count);
            inputs.read(MergeStage.THEIRS, at, theirs, count);
            for (int i = 0; i < count; i++) {
                dot += ours[i] * theirs[i];
                square1 += ours[i] * ours[i];
                square2 += theirs[i] * theirs[i];
            }
        }
        double cosine = dot / divisor(square1) / divisor(square2);
        double t = strategy.t();
        if (Math.abs(cosine) > PARALLEL) {
            w1 = 1 - t;
            w2 = t;
        } else {
            double angle = Math.acos(cosine);
            w1 = Math.sin(angle - angle * t) / Math.sin(angle);
            w2 = Math.sin(angle * t) / Math.sin(angle);
        }
    }

    private static double divisor(double square) {
        double norm = Math.sqrt(square);
        return norm > TINY ? norm : 1;
    }

    @Override
    void mix(long first, double[] result, int count) throws IOException {
        inputs.read(MergeStage.OURS, first, result, count);
        inputs.read(MergeStage.THEIRS, first, theirs, count);
        double a = round(w1);
        double b = round(w2);
        for (int i = 0; i < count; i++) {
            result[i] = round(round(a * result[i]) + round(b * theirs[i]));
        }
    }
}
