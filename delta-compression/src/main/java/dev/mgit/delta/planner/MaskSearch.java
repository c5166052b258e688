package dev.mgit.delta.planner;

import dev.mgit.delta.Dtype;
import dev.mgit.delta.predictor.MaskPredictor;
import dev.mgit.delta.predictor.PrunedPredictor;
import java.util.List;
import java.util.Optional;

/**
 * Finds out whether the child is the mask of a pruned tensor: ones where the float of its name is not zero, or larger than
 * what was pruned.
 */
final class MaskSearch {
    private static final List<String> ENDS = List.of("_mask", ".mask", "_masks", "");
    /** What pruning leaves aside, and the pruned tensor beside it, in PyTorch's names. */
    private static final List<String> FLOATS = List.of("", "_orig");

    private MaskSearch() {}

    static void search(Trial trial, Candidates candidates) {
        if (trial.spec().elements() > 0 && isMask(trial)) {
            String name = trial.spec().name();
            for (String end : ENDS) {
                if (name.endsWith(end)) {
                    String stem = name.substring(0, name.length() - end.length());
                    for (String floats : FLOATS) {
                        offer(trial, candidates.called(stem + floats));
                    }
                    return;
                }
            }
        }
    }

    private static void offer(Trial trial, List<SourceTensor> sources) {
        for (SourceTensor source : sources) {
            if (source.spec().dtype().isFloat()
                    && source.spec().elements() == trial.spec().elements()) {
                trial.offer(new MaskRecipe(trial.child(), source, false));
                trial.offer(new MaskRecipe(trial.child(), source, true));
            }
        }
    }

    private static boolean isMask(Trial trial) {
        Dtype dtype = trial.spec().dtype();
        boolean may = dtype.isFloat() || dtype == Dtype.BOOL || dtype == Dtype.U8 || dtype == Dtype.I8;
        if (!may) {
            return false;
        }
        double[] values = SampledValues.decode(dtype, trial.raw(), trial.raw().length / dtype.bytes());
        for (double value : values) {
            if (value != 0 && value != 1) {
                return false;
            }
        }
        return true;
    }

    /** Reads the block itself when it is asked for a prediction, because the thresholds are in there. */
    private record MaskRecipe(ChildTensor child, SourceTensor source, boolean inverted) implements Derivation {
        @Override
        public String name() {
            return "mask";
        }

        @Override
        public List<SourceTensor> sources() {
            return List.of(source);
        }

        @Override
        public boolean parametersGrow() {
            return true;
        }

        @Override
        public Optional<TensorPrediction> predicted(long offset, int length) {
            Dtype dtype = child.spec().dtype();
            if (offset % dtype.bytes() != 0 || length % dtype.bytes() != 0 || length == 0) {
                return Optional.empty();
            }
            int count = length / dtype.bytes();
            Dtype floats = source.spec().dtype();
            TensorSpan span = new TensorSpan(source, offset / dtype.bytes() * floats.bytes(), count * floats.bytes());
            byte[] raw = new byte[length];
            child.read(offset, raw, length);
            var values = new PrunedPredictor.Zeroing(span.read(), floats, false);
            double[] mask = SampledValues.decode(dtype, raw, count);
            long columns = SampledValues.innermost(child.spec());
            long all = above(values, mask, 0, count);
            if (all >= 0 || columns < 1 || columns >= count || count % columns != 0) {
                long[] one = {Math.max(0, all)};
                return Optional.of(prediction(floats, span, count, one));
            }
            long[] rows = new long[(int) (count / columns)];
            for (int row = 0; row < rows.length; row++) {
                rows[row] = Math.max(0, above(values, mask, (int) (row * columns), (int) ((row + 1) * columns)));
            }
            return Optional.of(prediction(floats, span, (int) columns, rows));
        }

        private TensorPrediction prediction(Dtype floats, TensorSpan span, int columns, long[] above) {
            byte[] parameters = MaskPredictor.parameters(floats, inverted, columns, above);
            return new TensorPrediction(new MaskPredictor(), List.of(span), parameters);
        }

        /** The largest magnitude that is masked, if it is below all that are kept; -1 otherwise. */
        private long above(PrunedPredictor.Zeroing values, double[] mask, int from, int to) {
            long largestMasked = 0;
            long smallestKept = Long.MAX_VALUE;
            for (int i = from; i < to; i++) {
                long magnitude = values.magnitude(i);
                if ((mask[i] != 0) == inverted) {
                    largestMasked = Math.max(largestMasked, magnitude);
                } else {
                    smallestKept = Math.min(smallestKept, magnitude);
                }
            }
            return largestMasked < smallestKept ? largestMasked : -1;
        }
    }
}
