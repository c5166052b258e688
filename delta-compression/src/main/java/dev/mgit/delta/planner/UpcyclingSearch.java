package dev.mgit.delta.planner;

import dev.mgit.delta.Dtype;
import dev.mgit.delta.TensorSpec;
import java.util.ArrayList;
import java.util.List;

/**
 * Finds out whether the child is a number times some rows or columns of a dense parent, as the experts of upcycled
 * mixtures are: scale A^(1/2) or A^(1/3) for a small ratio A (Megatron-LM's {@code upcycling_utils.py}).
 */
final class UpcyclingSearch {
    private static final int MAX_SOURCES = 8;
    private static final int MAX_SLICES = 64;
    private static final int RUN = 64;
    /** Rounding to bfloat16 leaves a correlation of 0.99999. */
    private static final double SCALED = 0.9995;

    /** Fine-tuning moves the best scale this far from 1. */
    private static final double NEARLY_ONE = 0.01;

    private static final double SCALE_ERROR = 2e-3;

    private UpcyclingSearch() {}

    static void search(Trial trial, Candidates candidates) {
        TensorSpec child = trial.spec();
        if (child.shape().size() != 2 || child.shape().get(1) < TensorProbe.LEAST) {
            return;
        }
        List<SourceTensor> alike = candidates.ofOtherVersions().stream()
                .filter(s ->
                        s.spec().dtype() == child.dtype() && s.spec().shape().size() == 2)
                .filter(s -> multiple(s.spec(), child, 0) || multiple(s.spec(), child, 1))
                .toList();
        for (SourceTensor source : NameAffinity.nearest(child.name(), alike, MAX_SOURCES)) {
            tryOut(trial, source);
        }
    }

    private static boolean multiple(TensorSpec source, TensorSpec child, int axis) {
        long own = child.shape().get(axis);
        long whole = source.shape().get(axis);
        return source.shape().get(1 - axis).equals(child.shape().get(1 - axis))
                && own > 0
                && whole % own == 0
                && whole / own <= MAX_SLICES;
    }

    private static void tryOut(Trial trial, SourceTensor source) {
        TensorSpec child = trial.spec();
        long rows = child.shape().get(0);
        long columns = child.shape().get(1);
        long sourceColumns = source.spec().shape().get(1);
        boolean byRows = sourceColumns == columns;
        long slices = source.spec().elements() / child.elements();
        Dtype dtype = child.dtype();
        int run = (int) Math.min(RUN, columns);
        double[] own = SampledValues.read(trial.child()::read, dtype, rows / 2 * columns, run);
        for (long slice = 0; slice < slices; slice++) {
            long first = byRows ? slice * rows * columns : slice * columns;
            double[] theirs = SampledValues.read(source::read, dtype, first + rows / 2 * sourceColumns, run);
            if (Math.abs(SampledValues.correlation(own, theirs)) >= SCALED) {
                double scale = LeastSquares.dot(own, theirs) / LeastSquares.dot(theirs, theirs);
                int width = dtype.bytes();
                var piece = new PiecesDerivation.Piece(
                        source, first * width, sourceColumns * width, 0, (int) (columns * width), 0, rows);
                if (Math.abs(scale - 1) < NEARLY_ONE) {
                    trial.offer(new PiecesDerivation(dtype, columns * width, List.of(piece), 1));
                    return;
                }
                for (double candidate : spellings(scale)) {
                    trial.offer(new PiecesDerivation(dtype, columns * width, List.of(piece), candidate));
                }
                return;
            }
        }
    }

    /** The measured scale, and the roots of small ratios near it. */
    private static List<Double> spellings(double scale) {
        List<Double> all = new ArrayList<>(List.of(scale));
        for (int above = 1; above <= 64; above++) {
            for (int below = 1; below <= 8; below++) {
                double ratio = (double) above / below;
                for (double root : new double[] {ratio, Math.sqrt(ratio), Math.cbrt(ratio)}) {
                    boolean near = Math.abs(root - scale) < SCALE_ERROR * Math.abs(scale);
                    if (near && !all.contains(root) && all.size() < 8) {
                        all.add(root);
                    }
                }
            }
        }
        return all;
    }
}
