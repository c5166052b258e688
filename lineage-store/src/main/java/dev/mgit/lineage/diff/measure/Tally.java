package dev.mgit.lineage.diff.measure;

import dev.mgit.delta.Dtype;
import java.util.Optional;

/** Adds up one run of elements of two tensors. */
final class Tally {
    private final boolean sameDtype;
    private final boolean rounding;
    private final double unit;
    private final double smallest;
    private final double[] deltas = new double[TensorComparison.BATCH];
    private boolean differs;
    private long elements;
    private long changed;
    private long becameZero;
    private long beyond;
    private double squaresA;
    private double squaresB;
    private double squaresDelta;
    private double dot;
    private double maxDelta;
    private long zerosA;
    private long zerosB;
    private long nansA;
    private long nansB;
    private long infinitiesA;
    private long infinitiesB;

    Tally(Dtype a, Dtype b) {
        this.sameDtype = a == b;
        this.rounding = !sameDtype && b.isFloat();
        double[] bounds = rounding ? TensorComparison.roundingOf(b) : new double[2];
        this.unit = bounds[0];
        this.smallest = bounds[1];
    }

    /** Differences of the elements added last, zero where one is not finite. */
    double[] deltas() {
        return deltas;
    }

    /** Whether any of the elements added last has a difference other than zero. */
    boolean differsInBatch() {
        return differs;
    }

    void add(double[] a, double[] b, int count) {
        differs = false;
        elements += count;
        for (int i = 0; i < count; i++) {
            double x = a[i];
            double y = b[i];
            zerosA += x == 0 ? 1 : 0;
            zerosB += y == 0 ? 1 : 0;
            double delta = y - x;
            if (delta == 0) {
                deltas[i] = 0;
                squaresA += x * x;
                squaresB += y * y;
                dot += x * y;
                if (x == 0 && sameDtype && Double.doubleToRawLongBits(x) != Double.doubleToRawLongBits(y)) {
                    changed++;
                }
            } else if (Double.isFinite(delta)) {
                finite(x, y, delta, i);
            } else {
                notFinite(x, y, i);
            }
        }
    }

    private void finite(double x, double y, double delta, int i) {
        differs = true;
        changed++;
        deltas[i] = delta;
        double size = Math.abs(delta);
        becameZero += y == 0 ? 1 : 0;
        beyond += rounding && size > unit * Math.abs(x) + smallest ? 1 : 0;
        squaresA += x * x;
        squaresB += y * y;
        squaresDelta += delta * delta;
        dot += x * y;
        maxDelta = Math.max(maxDelta, size);
    }

    private void notFinite(double x, double y, int i) {
        deltas[i] = 0;
        nansA += Double.isNaN(x) ? 1 : 0;
        nansB += Double.isNaN(y) ? 1 : 0;
        infinitiesA += Double.isInfinite(x) ? 1 : 0;
        infinitiesB += Double.isInfinite(y) ? 1 : 0;
        boolean same = sameDtype
                ? Double.doubleToRawLongBits(x) == Double.doubleToRawLongBits(y)
                : x == y || (Double.isNaN(x) && Double.isNaN(y));
        changed += same ? 0 : 1;
    }

    TensorStatistics statistics() {
        return new TensorStatistics(
                elements,
                changed,
                becameZero,
                beyond,
                squaresA,
                squaresB,
                squaresDelta,
                dot,
                maxDelta,
                zerosA,
                zerosB,
                nansA,
                nansB,
                infinitiesA,
                infinitiesB,
                Optional.empty());
    }
}
