package dev.mgit.delta.planner;

import dev.mgit.delta.Dtype;
import dev.mgit.delta.predictor.DecayPredictor;
import java.util.Arrays;
import java.util.List;

/**
 * Finds out whether much of the child is its parent times one number below one, as running means are that got only zeros for
 * some steps, and in which steps that number came about.
 */
final class DecaySearch {
    /** Coefficients of running means that people use. */
    private static final double[] RATES = {
        0.999, 0.9, 0.95, 0.99, 0.98, 0.8, 0.85, 0.995, 0.9995, 0.9999, 0.5, 0.7, 0.6, 0.97, 0.96, 0.997, 0.998
    };

    /** Nearer to one than this, it may be any small change. */
    private static final double LARGEST = 0.99995;

    /** Quotients this near to each other are the same, but for rounding. */
    private static final double SAME = 2e-6;

    /** Elements that have to be decayed, of all. */
    private static final double SHARE = 0.02;

    private DecaySearch() {}

    static void search(Trial trial, SourceTensor before) {
        Dtype dtype = trial.spec().dtype();
        double[] now = trial.values();
        double[] old = trial.values(before);
        double[] quotients = new double[now.length];
        int count = 0;
        for (int i = 0; i < now.length; i++) {
            double quotient = now[i] / old[i];
            if (quotient > 0 && quotient < LARGEST) {
                quotients[count++] = quotient;
            }
        }
        double common = mostCommon(Arrays.copyOf(quotients, count), (int) (SHARE * now.length));
        for (double rate : RATES) {
            double steps = Math.rint(Math.log(common) / Math.log(rate));
            boolean meets = Math.abs(Math.pow(rate, steps) / common - 1) < SAME;
            if (steps > 0 && steps <= DecayPredictor.MOST_STEPS && meets) {
                offer(trial, before, dtype, (int) steps, rate);
            }
        }
    }

    private static void offer(Trial trial, SourceTensor before, Dtype dtype, int steps, double rate) {
        for (int rounding = DecayPredictor.PRODUCT; rounding <= DecayPredictor.FUSED; rounding++) {
            double factor = rounding == DecayPredictor.PRODUCT ? rate : 1 - rate;
            // Scalars become the dtype that a tensor is computed in.
            double given = dtype == Dtype.F64 ? factor : (float) factor;
            byte[] parameters = DecayPredictor.parameters(rounding, steps, given);
            trial.offer(new Elementwise(new DecayPredictor(), dtype, List.of(before), parameters));
        }
    }

    /** The middle of the densest run of quotients; not a number if no run has more than so many. */
    private static double mostCommon(double[] quotients, int least) {
        Arrays.sort(quotients);
        int most = least;
        double middle = Double.NaN;
        int from = 0;
        for (int to = 0; to < quotients.length; to++) {
            while (quotients[from] < quotients[to] * (1 - SAME)) {
                from++;
            }
            if (to - from + 1 > most) {
                most = to - from + 1;
                middle = quotients[(from + to) / 2];
            }
        }
        return middle;
    }
}
