package dev.mgit.delta.planner;

import dev.mgit.delta.Dtype;
import dev.mgit.delta.predictor.PrunedPredictor;
import java.util.List;
import java.util.Optional;

/** Finds out whether the child is a parent with elements set to zero. */
final class PruningSearch {
    /** Fewer new zeros than this are fine-tuning, not pruning. */
    private static final double LEAST_ZEROED = 0.005;

    private PruningSearch() {}

    static void search(Trial trial, List<SourceTensor> twins) {
        SourceTensor parent = twins.get(0);
        Dtype dtype = trial.spec().dtype();
        long zeroed = 0;
        long seen = 0;
        for (Trial.Range range : trial.ranges()) {
            Zeros zeros = new Zeros(
                    dtype, trial.readChild(range), new TensorSpan(parent, range.offset(), range.length()).read());
            zeroed += zeros.zeroed;
            seen += zeros.count;
        }
        if (zeroed > seen * LEAST_ZEROED) {
            trial.offer(new PrunedRecipe(trial.child(), parent));
        }
    }

    /** Reads the block itself when it is asked for a prediction, because the exact threshold or mask is in there. */
    private record PrunedRecipe(ChildTensor child, SourceTensor parent) implements Derivation {
        @Override
        public String name() {
            return "pruned";
        }

        @Override
        public List<SourceTensor> sources() {
            return List.of(parent);
        }

        @Override
        public boolean parametersGrow() {
            return true;
        }

        @Override
        public Optional<TensorPrediction> predicted(long offset, int length) {
            Dtype dtype = child.spec().dtype();
            if (offset % dtype.bytes() != 0 || length % dtype.bytes() != 0) {
                return Optional.empty();
            }
            TensorSpan span = new TensorSpan(parent, offset, length);
            byte[] raw = new byte[length];
            child.read(offset, raw, length);
            Zeros zeros = new Zeros(dtype, raw, span.read());
            byte[] parameters = zeros.parameters(SampledValues.innermost(child.spec()));
            return Optional.of(new TensorPrediction(new PrunedPredictor(), List.of(span), parameters));
        }
    }

    /** Which elements of a run are zero in the child and not in the parent. */
    private static final class Zeros {
        final int count;
        final boolean[] mask;
        int zeroed;
        private int negative;
        private final Dtype dtype;
        private final PrunedPredictor.Zeroing before;

        Zeros(Dtype dtype, byte[] child, byte[] parent) {
            count = child.length / dtype.bytes();
            mask = new boolean[count];
            this.dtype = dtype;
            before = new PrunedPredictor.Zeroing(parent, dtype, false);
            PrunedPredictor.Zeroing now = new PrunedPredictor.Zeroing(child, dtype, false);
            for (int i = 0; i < count; i++) {
                if (now.magnitude(i) == 0 && before.magnitude(i) != 0) {
                    mask[i] = true;
                    zeroed++;
                    negative += (child[(i + 1) * dtype.bytes() - 1] & 0x80) != 0 ? 1 : 0;
                }
            }
        }

        /** The shortest way to say which: one threshold, one a row, or the mask. */
        byte[] parameters(long columns) {
            int flags = negative > zeroed / 4 ? PrunedPredictor.KEEP_SIGN : 0;
            long all = bound(0, count);
            if (all >= 0) {
                return PrunedPredictor.threshold(Math.max(0, all - 1), flags);
            }
            byte[] spelt = PrunedPredictor.mask(mask, flags);
            if (columns > 1 && columns < count && count % columns == 0) {
                long[] rows = new long[(int) (count / columns)];
                boolean separable = true;
                for (int i = 0; i < rows.length && separable; i++) {
                    rows[i] = bound((int) (i * columns), (int) ((i + 1) * columns));
                    separable = rows[i] >= 0;
                }
                byte[] thresholds =
                        separable ? PrunedPredictor.rowThresholds(dtype, (int) columns, rows, flags) : spelt;
                return thresholds.length < spelt.length ? thresholds : spelt;
            }
            return spelt;
        }

        /** The shortest magnitude above all zeroed elements of a run and not above the kept ones; -1 if none is. */
        private long bound(int from, int to) {
            long largestZeroed = -1;
            long smallestKept = -1L >>> (65 - 8 * dtype.bytes());
            for (int i = from; i < to; i++) {
                long magnitude = before.magnitude(i);
                if (mask[i]) {
                    largestZeroed = Math.max(largestZeroed, magnitude);
                } else if (magnitude != 0) {
                    smallestKept = Math.min(smallestKept, magnitude);
                }
            }
            for (int bits = 62; bits >= 0; bits--) {
                long rounded = smallestKept >>> bits << bits;
                if (rounded > largestZeroed) {
                    return rounded;
                }
            }
            return -1;
        }
    }
}
