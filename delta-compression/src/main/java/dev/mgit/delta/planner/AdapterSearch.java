package dev.mgit.delta.planner;

import dev.mgit.delta.Dtype;
import dev.mgit.delta.TensorSpec;
import dev.mgit.delta.predictor.LowRankPredictor;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Finds out whether the child is a base with a stored LoRA adapter merged in. Adapters are pairs of tensors called
 * {@code ...MODULE.lora_A.weight} and {@code ...MODULE.lora_B.weight}, as peft writes them; the scale is found by least
 * squares, because it stands in another file.
 */
final class AdapterSearch {
    private static final String LEFT_MARK = ".lora_A.";
    private static final String PEFT_PREFIX = "base_model.model.";
    /** Rows each way to compute the product is tried on. */
    private static final int TRIED_ROWS = 4;

    private AdapterSearch() {}

    static void search(Trial trial, List<SourceTensor> twins, Candidates candidates) {
        TensorSpec spec = trial.spec();
        if (spec.shape().size() != 2 || spec.elements() == 0 || spec.shape().get(1) > Trial.MAX_ROW) {
            return;
        }
        for (SourceTensor a : candidates.adapters()) {
            if (belongs(a.spec().name(), spec.name())) {
                String other = a.spec().name().replace(LEFT_MARK, ".lora_B.");
                for (SourceTensor b : candidates.named(other)) {
                    if (b.origin().equals(a.origin())) {
                        Factors.of(spec, a, b).ifPresent(factors -> tryOut(trial, twins.get(0), factors));
                    }
                }
            }
        }
    }

    private static boolean belongs(String adapter, String child) {
        String module = adapter.substring(0, adapter.indexOf(LEFT_MARK));
        String bare = module.startsWith(PEFT_PREFIX) ? module.substring(PEFT_PREFIX.length()) : module;
        String own = child.endsWith(".weight") ? child.substring(0, child.length() - ".weight".length()) : child;
        return own.equals(bare) || own.endsWith("." + bare) || bare.endsWith("." + own);
    }

    private static void tryOut(Trial trial, SourceTensor base, Factors factors) {
        Dtype dtype = trial.spec().dtype();
        int columns = factors.columns;
        int rows = Math.min(TRIED_ROWS, factors.rows);
        int length = rows * columns * dtype.bytes();
        byte[] child = trial.readChild(new Trial.Range(0, length));
        byte[] before = new TensorSpan(base, 0, length).read();
        double[] values = SampledValues.decode(dtype, child, rows * columns);
        double[] difference = SampledValues.decode(dtype, before, rows * columns);
        for (int i = 0; i < values.length; i++) {
            difference[i] = values[i] - difference[i];
        }
        double[] product = factors.product(rows);
        double scale = LeastSquares.dot(product, difference) / LeastSquares.dot(product, product);
        if (!Double.isFinite(scale) || scale == 0 || Math.abs(SampledValues.correlation(product, difference)) < 0.1) {
            return;
        }
        LowRankRecipe best = null;
        long bestEqual = -1;
        for (LowRankPredictor.Recipe spelling : factors.spellings(dtype, scale)) {
            LowRankRecipe recipe = new LowRankRecipe(dtype, base, factors, spelling);
            TensorPrediction predicted = recipe.predicted(0, length).orElseThrow();
            byte[] bytes = predicted.bytes(dtype, length);
            long equal = 0;
            for (int i = 0; i < length; i++) {
                equal += bytes[i] == child[i] ? 1 : 0;
            }
            if (equal > bestEqual) {
                bestEqual = equal;
                best = recipe;
            }
            if (equal == length) {
                break;
            }
        }
        if (best != null) {
            trial.offer(best);
        }
    }

    /** The two factors, and which of them is the left one: weights are [out, in], or [in, out] in Conv1D layers. */
    private record Factors(SourceTensor left, SourceTensor right, int rank, int rows, int columns, boolean turned) {
        static Optional<Factors> of(TensorSpec child, SourceTensor a, SourceTensor b) {
            List<Long> shapeA = a.spec().shape();
            List<Long> shapeB = b.spec().shape();
            boolean plausible = shapeA.size() == 2
                    && shapeB.size() == 2
                    && shapeA.get(0).equals(shapeB.get(1))
                    && a.spec().dtype().isFloat()
                    && a.spec().dtype() == b.spec().dtype()
                    && a.spec().byteLength() + b.spec().byteLength() < 1 << 26;
            if (!plausible) {
                return Optional.empty();
            }
            int rank = Math.toIntExact(shapeA.get(0));
            int rows = Math.toIntExact(child.shape().get(0));
            int columns = Math.toIntExact(child.shape().get(1));
            if (shapeB.get(0) == rows && shapeA.get(1) == columns) {
                return Optional.of(new Factors(b, a, rank, rows, columns, false));
            }
            if (shapeA.get(1) == rows && shapeB.get(0) == columns) {
                return Optional.of(new Factors(a, b, rank, rows, columns, true));
            }
            return Optional.empty();
        }

        /** The first rows of the product, unscaled. */
        double[] product(int count) {
            double[] l = all(left);
            double[] r = all(right);
            double[] product = new double[count * columns];
            for (int i = 0; i < count; i++) {
                for (int k = 0; k < rank; k++) {
                    double factor = turned ? l[k * rows + i] : l[i * rank + k];
                    for (int j = 0; j < columns; j++) {
                        product[i * columns + j] += factor * (turned ? r[j * rank + k] : r[k * columns + j]);
                    }
                }
            }
            return product;
        }

        private static double[] all(SourceTensor tensor) {
            return SampledValues.read(
                    tensor::read, tensor.spec().dtype(), 0, (int) tensor.spec().elements());
        }

        List<LowRankPredictor.Recipe> spellings(Dtype dtype, double scale) {
            Dtype factors = left.spec().dtype();
            int layout = turned ? LowRankPredictor.LEFT_TRANSPOSED | LowRankPredictor.RIGHT_TRANSPOSED : 0;
            List<Dtype> products = new ArrayList<>(List.of(factors));
            if (!products.contains(Dtype.F32)) {
                products.add(Dtype.F32);
            }
            if (!products.contains(dtype)) {
                products.add(dtype);
            }
            List<LowRankPredictor.Recipe> all = new ArrayList<>();
            for (double s : new double[] {LeastSquares.snap(scale, 1), LeastSquares.snap(scale, 2), scale}) {
                for (Dtype product : products) {
                    for (int order : new int[] {0, LowRankPredictor.DOUBLE_SUMS, LowRankPredictor.SCALE_FIRST}) {
                        all.add(new LowRankPredictor.Recipe(
                                factors, product, layout | order, rank, columns, 0, rows, s));
                    }
                }
            }
            return all;
        }
    }

    private record LowRankRecipe(Dtype dtype, SourceTensor base, Factors factors, LowRankPredictor.Recipe spelling)
            implements Derivation {
        @Override
        public String name() {
            return "low-rank";
        }

        @Override
        public List<SourceTensor> sources() {
            return List.of(base, factors.left, factors.right);
        }

        @Override
        public Optional<TensorPrediction> predicted(long offset, int length) {
            long rowBytes = (long) factors.columns * dtype.bytes();
            if (offset % rowBytes != 0 || length % rowBytes != 0) {
                return Optional.empty();
            }
            LowRankPredictor.Recipe s = spelling;
            byte[] parameters = new LowRankPredictor.Recipe(
                            s.factors(),
                            s.product(),
                            s.flags(),
                            s.rank(),
                            s.columns(),
                            (int) (offset / rowBytes),
                            s.leftRows(),
                            s.scale())
                    .encode();
            List<TensorSpan> spans = List.of(
                    new TensorSpan(base, offset, length),
                    new TensorSpan(factors.left, 0, (int) factors.left.spec().byteLength()),
                    new TensorSpan(factors.right, 0, (int) factors.right.spec().byteLength()));
            return Optional.of(new TensorPrediction(new LowRankPredictor(), spans, parameters));
        }
    }
}
